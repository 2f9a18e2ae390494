import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { Problem } from '../../../kernel/problem.ts';
import type { ParsedFile } from '../parsed-file.ts';
import { warning } from '../reading/fault.ts';
import { locate } from '../reading/locate.ts';
import type { Manifest } from '../reading/manifest.ts';
import { collisions, environmentFaults } from './collisions.ts';
import { readDeclared, without, type Declared } from './declared.ts';
import { compileEnvironment, placedProblems } from './environment.ts';
import { policyFaults } from './policies.ts';
import { danglingEnvironments } from './references.ts';

export interface Compiled {
  /** By name. An environment whose own document is wrong is left out. */
  readonly environments: readonly DesiredEnvironment[];
  readonly problems: readonly Problem[];
  readonly documents: number;
}

/** Problems of one file beyond which nobody reads on. */
const problemsPerFile = 100;

/** Everything that a set of files declares, and everything that is wrong with it, whatever the order of files and documents. */
export function compile(files: readonly ParsedFile[]): Compiled {
  const read = readDeclared(files);
  const declared = without(read, [environmentFaults, danglingEnvironments, policyFaults].flatMap((rule) => rule(read)));
  const environments = [...declared.manifests.RuntimeEnvironment.values()]
    .sort((a, b) => (a.ref.name < b.ref.name ? -1 : 1))
    .flatMap((manifest) => compileEnvironment(declared, manifest) ?? []);
  const shared = collisions(declared).map(({ draft, fault: found }) => locate(draft.document, draft.ref, found));
  const problems = [...declared.problems, ...shared, ...placedProblems(declared), ...unused(declared)];
  return { environments, problems: readable(problems), documents: declared.documents };
}

/** What no service names changes nothing, which its author should know. */
function unused({ manifests, broken }: Declared): readonly Problem[] {
  if (broken.length > 0) return [];
  const services = [...manifests.RuntimeService.values()].flatMap(({ environments, specIn }) => environments.flatMap((name) => specIn(name) ?? []));
  const named = new Set(services.flatMap(({ configuration, secrets }) => [`RuntimeConfiguration ${configuration ?? ''}`, ...secrets.map((secret) => `SecretBinding ${secret}`)]));
  const documents: readonly Manifest[] = [...manifests.RuntimeConfiguration.values(), ...manifests.SecretBinding.values()];
  return documents
    .filter(({ ref }) => !named.has(`${ref.kind} ${ref.name}`))
    .map(({ document, ref }) => locate(document, ref, warning({
      code: 'unused',
      path: ['metadata', 'name'],
      message: 'No service names this document, so nothing happens with it',
    })));
}

/** Once each, in the order of the files, and no more per file than somebody would read. */
function readable(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.map((problem) => [JSON.stringify([problem.location, problem.code, problem.path, problem.message]), problem]));
  const byFile = Map.groupBy([...unique.values()].sort(byPlace), ({ location }) => location.file);
  return [...byFile.values()].flatMap(shortened);
}

function shortened(all: readonly Problem[]): readonly Problem[] {
  const shown = all.slice(0, problemsPerFile);
  const left = all.slice(problemsPerFile);
  const [next] = left;
  if (next === undefined) return shown;
  const severity = left.some((one) => one.severity === 'error') ? 'error' : 'warning';
  const message = `${left.length} more problems of this file are not shown`;
  return [...shown, { ...next, severity, code: 'more-problems', message, expected: null, hint: null, path: '', document: null }];
}

function byPlace(a: Problem, b: Problem): number {
  const [left, right] = [a.location, b.location];
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line || left.column - right.column || (a.code < b.code ? -1 : 1);
}

import type { DesiredService } from '../../../kernel/desired-state.ts';
import { isError } from '../../../kernel/problem.ts';
import { compile, type Compiled } from '../compile/compile.ts';
import { withEdits } from '../editing/with-edits.ts';
import { inMemory } from '../importing/in-memory.ts';
import type { ParsedFile } from '../parsed-file.ts';
import { valueAt } from '../reading/value-at.ts';
import type { AdoptRequest, Left } from './adoption.ts';
import { declaredBy } from './declared-by.ts';
import type { AboutEdit, PlacedEdit } from './placing.ts';

type Surroundings = Pick<AdoptRequest, 'files' | 'environment' | 'service'>;

export interface TrialOutcome {
  /** Null where Git does not declare it any longer, or wrongly. */
  readonly service: DesiredService | null;
  /** What was right and is wrong with the edits, or what else they change. */
  readonly problem: string | null;
}

/** What Git would declare with the edits in it. */
export function outcomeOf({ files, environment, service }: Surroundings, edits: readonly PlacedEdit[]): TrialOutcome {
  const compiled = compile(files.map((file) => edited(file, edits)));
  const known = new Set(declaredBy(files).problems.filter(isError).map(problemKey));
  const problem = compiled.problems.filter(isError).find((one) => !known.has(problemKey(one))) ?? null;
  const found = compiled.environments.find(({ name }) => name === environment.name)?.services.find(({ name }) => name === service.name);
  return { service: found ?? null, problem: problem?.message ?? otherThan({ environment, service }, declaredBy(files), compiled) };
}

/** What somebody did to one app is nobody else's wish. */
function otherThan(own: Pick<Surroundings, 'environment' | 'service'>, before: Compiled, after: Compiled): string | null {
  const digests = new Map(after.environments.flatMap(({ name, services }) => services.map((one) => [`${name} ${one.name}`, one.digest] as const)));
  for (const { name, services } of before.environments) {
    const other = services.find((one) => !(name === own.environment.name && one.name === own.service.name) && digests.get(`${name} ${one.name}`) !== one.digest);
    if (other !== undefined) return `it would change ${other.name} in ${name}, too`;
  }
  return null;
}

function problemKey({ code, path, document }: ReturnType<typeof compile>['problems'][number]): string {
  return [code, path, document?.kind, document?.name].join(' ');
}

function edited(file: ParsedFile, edits: readonly PlacedEdit[]): ParsedFile {
  const own = edits.filter((one) => one.file === file.path).map(({ edit }) => edit);
  if (own.length === 0) return file;
  const documents = file.documents.map((document) => {
    const wanted = withEdits(document.value, own.filter((edit) => edit.kind === valueAt(document.value, ['kind']) && edit.name === valueAt(document.value, ['metadata', 'name'])));
    return 'value' in wanted ? { ...document, value: wanted.value } : document;
  });
  const line = (file.documents.at(-1)?.location.endLine ?? 0) + 1;
  const made = inMemory(file.path, own.flatMap((edit) => ('create' in edit ? [edit.create] : [])), line);
  return { ...file, documents: [...documents, ...made.documents] };
}

export interface Tried {
  readonly edits: readonly PlacedEdit[];
  readonly left: readonly Left[];
  /** As Git would declare it. */
  readonly service: DesiredService | null;
}

/** All of the edits where that is right; otherwise those that are right by themselves, one after the other. */
export function tried(surroundings: Surroundings, edits: readonly AboutEdit[], before: readonly PlacedEdit[] = []): Tried {
  const all = [...before, ...edits];
  const whole = outcomeOf(surroundings, all);
  if (isRight(whole)) return { edits: all, left: [], service: whole.service };
  let [kept, service] = [before, outcomeOf(surroundings, before).service];
  const left: Left[] = [];
  // What is about one place goes together: its parts may be wrong alone.
  for (const [about, own] of Map.groupBy(edits, (edit) => edit.about)) {
    const outcome = outcomeOf(surroundings, [...kept, ...own]);
    if (isRight(outcome)) [kept, service] = [[...kept, ...own], outcome.service];
    else left.push({ path: about, why: outcome.problem ?? 'the manifests would be wrong with it' });
  }
  return { edits: kept, left, service };
}

function isRight({ service, problem }: TrialOutcome): boolean {
  return service !== null && problem === null;
}

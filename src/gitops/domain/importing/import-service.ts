import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import { isError } from '../../../kernel/problem.ts';
import { compile } from '../compile/compile.ts';
import { withEdits } from '../editing/with-edits.ts';
import { inMemory } from './in-memory.ts';
import type { NewManifest } from './manifest-text.ts';
import { pinnedBody, unpinned } from './pinned-images.ts';
import { rawRest, type RawValue } from './raw-rest.ts';
import { draftOf, type Draft } from './service-draft.ts';
import { tenantManifest, type ImportWork } from './surroundings.ts';

export interface ImportedService {
  readonly name: string;
  readonly manifests: readonly NewManifest[];
  readonly notes: readonly string[];
}

/** One app as manifests, found by compiling them and comparing: what they do not say yet goes to `spec.azure`, and what cannot is a note. */
export function importService(app: JsonObject, name: string, work: ImportWork): ImportedService {
  const pinned = pinnedBody(app);
  const first = draftOf(pinned.body, name, work, 'in-words');
  const isWhole = differences(first, pinned.body, name, work).paths.some((path) => path.startsWith('properties.template.containers') && !isWithheld(first, name, path));
  const draft = isWhole ? draftOf(pinned.body, name, work, 'container-in-azure') : first;
  const { paths, problems } = differences(draft, pinned.body, name, work);
  const rest = rawRest(pinned.body, paths.filter((path) => !isWithheld(draft, name, path)));
  const taken = withRest(draft, rest.values, (next) => differences(next, pinned.body, name, work));
  const after = differences(taken.draft, pinned.body, name, work);
  const left = after.paths.filter((path) => !isWithheld(draft, name, path));
  const notes = [
    ...pinned.notes,
    ...draft.notes,
    ...rest.withheld.map((path) => `${path} may be a secret and is not written: put it into a Key Vault`),
    ...new Set([...problems, ...taken.refused, ...after.problems]),
    ...(left.length === 0 ? [] : [`what Git says differs from what runs at ${left.join(', ')}: the first deployment would change it`]),
  ];
  const [service, ...others] = taken.draft.manifests;
  const manifests = service === undefined ? others : [{ ...service, above: notes.map((note) => `Imported: ${note}`) }, ...others];
  return { name, manifests: manifests.map((one) => ({ ...one, value: fieldsOf(unpinned(one.value, pinned.images)) })), notes };
}

/** What Trueup itself sets when it takes an app over. */
function isTrueups(path: string): boolean {
  return path.startsWith('tags') || path === 'properties.template.revisionSuffix' || path === 'properties.configuration.activeRevisionsMode';
}

function isWithheld({ withheld }: Draft, name: string, path: string): boolean {
  return withheld.some((variable) => path.startsWith(`properties.template.containers[${name}].env[${variable}]`));
}

interface Differences {
  readonly paths: readonly string[];
  /** Why the manifests are refused. */
  readonly problems: readonly string[];
}

function differences({ manifests }: Draft, body: JsonObject, name: string, work: ImportWork): Differences {
  const documents = [work.environment, tenantManifest(work.options), ...manifests].map(({ value }) => value);
  const { environments, problems } = compile([inMemory('import.yaml', documents)]);
  const service = environments.flatMap(({ services }) => services).find((one) => one.name === name) ?? null;
  if (service === null) return { paths: [], problems: problems.filter(isError).map(({ path, message, expected }) => `${path}: ${message}${expected === null ? '' : ` (expected: ${expected})`}`) };
  return { paths: pathsOf(service, body), problems: [] };
}

function pathsOf(service: DesiredService, live: JsonObject): readonly string[] {
  const found = compareThreeWay({ lastApplied: null, desired: service.app, live });
  return found.map(({ path }) => path).filter((path) => !isTrueups(path));
}

/** All of it where that is right; otherwise one by one, without what is refused. */
function withRest(draft: Draft, values: readonly RawValue[], check: (draft: Draft) => Differences): { readonly draft: Draft; readonly refused: readonly string[] } {
  const all = values.reduce(withRaw, draft);
  if (check(all).problems.length === 0) return { draft: all, refused: [] };
  let kept = draft;
  const refused: string[] = [];
  for (const value of values) {
    const next = withRaw(kept, value);
    const { problems } = check(next);
    if (problems.length === 0) kept = next;
    else refused.push(...problems);
  }
  return { draft: kept, refused };
}

function withRaw(draft: Draft, { path, value }: RawValue): Draft {
  const [service, ...others] = draft.manifests;
  if (service === undefined) return draft;
  const edited = withEdits(service.value, [{ kind: '', name: '', path: ['spec', 'azure', ...path], value }]);
  return 'value' in edited ? { ...draft, manifests: [{ ...service, value: environmentsLast(fieldsOf(edited.value)) }, ...others] } : draft;
}

/** As people read it: first what is the same everywhere. */
function environmentsLast(document: JsonObject): JsonObject {
  const { environments, ...spec } = fieldsOf(document['spec']);
  return { ...document, spec: { ...spec, environments } };
}

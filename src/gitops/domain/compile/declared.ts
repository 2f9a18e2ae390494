import { isError, type Problem } from '../../../kernel/problem.ts';
import { fileProblem } from '../file-problem.ts';
import type { ParsedFile } from '../parsed-file.ts';
import { kindNames, type KindName } from '../kinds/kinds.ts';
import { documentRef } from '../reading/document-ref.ts';
import { fault, parentOf, type Fault } from '../reading/fault.ts';
import { secretIn } from '../reading/inline-secret.ts';
import { locate } from '../reading/locate.ts';
import { readManifest, type BrokenManifest, type Draft, type Manifest, type ReadDocument } from '../reading/manifest.ts';
import { skeleton } from '../values/names.ts';

type ByName<Name extends KindName> = ReadonlyMap<string, Manifest<Name>>;

/** Every usable document by kind and name, and what could not be used. */
export interface Declared {
  /** Every document whose kind is known, usable or not, in the order of the files. */
  readonly drafts: { readonly [Name in KindName]: readonly Draft<Name>[] };
  readonly manifests: { readonly [Name in KindName]: ByName<Name> };
  readonly broken: readonly BrokenManifest[];
  readonly problems: readonly Problem[];
  readonly documents: number;
}

export function readDeclared(files: readonly ParsedFile[]): Declared {
  const inOrder = [...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(withKnownRefs);
  const read = inOrder.flatMap(readFile);
  const doubles = findDoubles(read);
  const unreadable = inOrder.flatMap(({ problems }) => problems.filter(isError)).map(brokenBy);
  const drafts = read.flatMap(({ draft }) => draft ?? []);
  const usable = read.flatMap(({ manifest }) => (manifest === null || doubles.refused.has(manifest) ? [] : [manifest]));
  const byKind = kindNames.map((kind) => [kind, new Map(usable.filter((one) => one.kind === kind).map((one) => [one.ref.name, one]))]);
  return {
    // One list per kind, holding documents of that kind only.
    drafts: Object.fromEntries(kindNames.map((kind) => [kind, drafts.filter((one) => one.kind === kind)])) as unknown as Declared['drafts'],
    // One map per kind, holding manifests of that kind only.
    manifests: Object.fromEntries(byKind) as unknown as Declared['manifests'],
    broken: [...read.flatMap(({ broken }) => (broken === null ? [] : [broken])), ...[...doubles.refused].map(unusable), ...unreadable],
    problems: [
      ...inOrder.flatMap(({ problems }) => problems),
      ...collidingPaths(inOrder),
      ...read.flatMap(({ problems }) => problems),
      ...doubles.problems,
    ],
    documents: read.length,
  };
}

function brokenBy({ document }: Problem): BrokenManifest {
  return { ref: document, environments: null, value: null, kind: null, written: null };
}

/** The parser knows neither kinds nor secrets: what it took from a document that it could not read may be no kind, and any text. */
function withKnownRefs({ problems, ...file }: ParsedFile): ParsedFile {
  const known = problems.map((problem) => ({
    ...problem,
    path: secretIn(problem.path, '') === null ? problem.path : '',
    document: documentRef(problem.document?.kind, problem.document?.name),
  }));
  return { ...file, problems: known };
}

/** A document with what is wrong about it among the others. */
export interface DraftFault {
  readonly draft: Draft;
  readonly fault: Fault;
}

/** The same without the manifests that have a fault; they may concern any environment, because they may have meant another. */
export function without(declared: Declared, faults: readonly DraftFault[]): Declared {
  const refused = new Set(faults.map(({ draft }) => draft));
  const byKind = kindNames.map((kind) => [kind, new Map([...anyKind(declared, kind)].filter(([, manifest]) => !refused.has(manifest)))]);
  return {
    ...declared,
    // The maps hold what they held before, and less.
    manifests: Object.fromEntries(byKind) as unknown as Declared['manifests'],
    broken: [...declared.broken, ...[...refused].map(unusable)],
    problems: [...declared.problems, ...faults.map(({ draft, fault: found }) => locate(draft.document, draft.ref, found))],
  };
}

function anyKind({ manifests }: Declared, kind: KindName): ReadonlyMap<string, Manifest> {
  return manifests[kind];
}

function unusable({ ref, document, kind }: Draft): BrokenManifest {
  return { ref, environments: null, value: document.value, kind, written: ref?.name ?? null };
}

/** A document in which the parser found something wrong is read for its other problems and not used. */
function readFile({ documents, problems }: ParsedFile): readonly ReadDocument[] {
  const errors = problems.filter(isError);
  return documents.map((document) => {
    const { line, endLine } = document.location;
    const inside = errors.filter(({ location }) => location.line >= line && location.line <= endLine);
    const read = readManifest(document);
    if (inside.length === 0) return read;
    const { draft, manifest, broken } = read;
    return { draft, manifest: null, broken: manifest === null ? broken : unusable(manifest), problems: read.problems.filter((one) => !inside.some((cause) => explains(cause, one))) };
  });
}

/** Whether one problem is only what the parser's makes of it: the value that it could not take, or the fields that a refused key brings. */
function explains(cause: Problem, { code, path, location }: Problem): boolean {
  if (cause.location.line === location.line && cause.location.column === location.column) return true;
  return code === 'missing-field' && refusedKeys.has(cause.code) && parentOf(path) === cause.path;
}

const refusedKeys = new Set(['merge-key', 'key-not-text']);

interface Doubles {
  readonly refused: ReadonlySet<Draft>;
  readonly problems: readonly Problem[];
}

/** Of two documents with one name neither is chosen, even when one of them is wrong anyway. */
function findDoubles(read: readonly ReadDocument[]): Doubles {
  const groups = Map.groupBy(read.flatMap(({ draft }) => draft ?? []), ({ kind, ref }) => (ref === null ? null : `${kind} ${skeleton(ref.name)}`));
  groups.delete(null);
  const doubled = [...groups.values()].filter((group) => group.length > 1);
  return { refused: new Set(doubled.flat()), problems: doubled.flatMap(doubleProblems) };
}

function doubleProblems([first, ...others]: readonly Draft[]): readonly Problem[] {
  if (first === undefined) return [];
  const { file, line } = first.document.location;
  return others.map(({ document, ref }) =>
    locate(document, ref, fault({
      code: 'duplicate-name',
      path: ['metadata', 'name'],
      message: `A ${first.kind} called \`${first.ref?.name ?? ''}\` is declared in ${file} on line ${line} already`,
      expected: 'one document of a kind and name in the repository',
      hint: 'Neither is applied until one is renamed or removed',
    })),
  );
}

/** Two paths that one file system would take for one file. */
function collidingPaths(files: readonly ParsedFile[]): readonly Problem[] {
  const seen = new Map<string, string>();
  return files.flatMap(({ path }) => {
    const folded = path.toLowerCase();
    const first = seen.get(folded);
    seen.set(folded, first ?? path);
    if (first === undefined) return [];
    return [pathCollision(path, first)];
  });
}

function pathCollision(file: string, first: string): Problem {
  return fileProblem({
    file,
    code: 'path-collision',
    message: `The path differs from ${first} in upper and lower case only`,
    expected: 'paths that differ on every file system',
    hint: 'Rename one of them',
  });
}

import { z } from 'zod';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { isError, type DocumentRef, type Problem, type SourceLocation } from '../../../kernel/problem.ts';
import type { Metadata } from '../kinds/metadata.ts';
import { isKindName, kinds, type KindName, type SpecOf } from '../kinds/kinds.ts';
import type { Kind } from '../kinds/kind.ts';
import type { ParsedDocument } from '../parsed-file.ts';
import { maxEnvironments } from '../limits.ts';
import { environmentName } from '../values/names.ts';
import { documentRef, meantKind } from './document-ref.ts';
import { didYouMean } from '../values/nearest.ts';
import { fault, missingField, parentOf, warning, type Fault } from './fault.ts';
import { inlineSecrets } from './inline-secret.ts';
import { annotationFaults, headFaults, unknownKind } from './head.ts';
import { faultsOf } from './issues.ts';
import { locate } from './locate.ts';
import { readable, type Readable } from './readable.ts';
import { valueAt } from './value-at.ts';

/** One document that says what it is, right or wrong: what of it could be read. */
export interface Draft<Name extends KindName = KindName> {
  readonly kind: Name;
  readonly ref: DocumentRef | null;
  readonly tenant: string | null;
  readonly document: ParsedDocument;
  /** Names under `spec.environments`, as far as they could be read. */
  readonly environments: readonly string[];
  /** What could be read of what it says in an environment; null when that is nothing. */
  readonly partsIn: (environment: string) => Readable<SpecOf<Name>> | null;
}

/** A document that can be used. */
export interface Manifest<Name extends KindName = KindName> extends Draft<Name> {
  readonly ref: DocumentRef;
  readonly metadata: Metadata;
  readonly source: SourceLocation;
  /** What it says in an environment; null where it is wrong. */
  readonly specIn: (environment: string) => SpecOf<Name> | null;
}

/** A document that cannot be used: what it says it is, as far as that can be read. */
export interface BrokenManifest {
  readonly ref: DocumentRef | null;
  /** Names under `spec.environments`; null when that cannot be read: it may concern any. */
  readonly environments: readonly string[] | null;
  /** What was written, where it could be parsed. */
  readonly value: unknown;
  /** Its kind, where that is certain although its name may not be. */
  readonly kind: KindName | null;
  /** The name that stands there, be it one or not. */
  readonly written: string | null;
}

export interface ReadDocument {
  /** The manifest itself when there is one. */
  readonly draft: Draft | null;
  readonly manifest: Manifest | null;
  readonly broken: BrokenManifest | null;
  readonly problems: readonly Problem[];
}

const overlay = z.record(z.string(), z.unknown());
const inName = ['metadata', 'name'];

/** Strict: whatever is not understood is a problem with a place, and all of them are found at once. */
export function readManifest(document: ParsedDocument): ReadDocument {
  const { value } = document;
  if (!isObject(value)) {
    return unread(document, null, [fault({
      code: 'wrong-type',
      path: [],
      message: 'The document is not a mapping',
      expected: 'apiVersion, kind, metadata and spec',
    })]);
  }
  const { kind: named } = value;
  const kind = meantKind(named);
  const faults = [...inlineSecrets(value), ...headFaults(value, kind), ...(isKindName(named) ? [] : [unknownKind(named)])];
  const ref = documentRef(named, valueAt(value, inName));
  return kind === null ? unread(document, ref, faults) : readKind(document, value, { kind, ref, faults });
}

interface Head {
  readonly kind: KindName;
  readonly ref: DocumentRef | null;
  readonly faults: readonly Fault[];
}

function readKind(document: ParsedDocument, value: JsonObject, { kind, ref, faults: before }: Head): ReadDocument {
  const { metadata: schema, environments: mode, perEnvironment = [] }: Kind = kinds[kind];
  const metadata = schema.safeParse(value['metadata']);
  const faults = [...before];
  if (!metadata.success) faults.push(...faultsOf(metadata.error, schema, value['metadata'], ['metadata']));
  else faults.push(...annotationFaults(kind, metadata.data));
  const common = commonSpec(value['spec'], perEnvironment);
  const { base, entries, isCompleted, faults: partFaults } = partsOf(common.spec, mode);
  faults.push(...common.faults, ...partFaults);

  const whole = readSpec(kind, base);
  faults.push(...whole.faults.filter((found) => !isCompleted || concernsAll(found, mode)));
  const each = new Map([...entries].map(([name, entry]) => [name, readSpec(kind, applyMergePatch(base, entry))]));
  const problems = onePerMistake([
    faults.map((found) => locate(document, ref, found)),
    ...[...each].map(([name, read]) => read.faults.map((found) => locate(document, ref, found, name))),
  ]);
  const environments = [...entries.keys()];
  const partsIn = (environment: string): Readable<SpecOf<KindName>> | null => (each.get(environment) ?? whole).parts;
  const draft: Draft = { kind, ref, tenant: readable(schema, value['metadata'])?.tenant ?? null, document, environments, partsIn };
  const usable = metadata.success && ref !== null && !faults.some(isError);
  if (!usable) {
    const concerned = mode === 'where-it-runs' && partFaults.length === 0 ? environments : null;
    return { draft, manifest: null, broken: { ref, environments: concerned, value, kind, written: nameIn(value) }, problems };
  }
  const specIn = (environment: string): SpecOf<KindName> | null => (each.get(environment) ?? whole).spec;
  const manifest: Manifest = { ...draft, ref, metadata: metadata.data, source: document.location, specIn };
  return { draft: manifest, manifest, broken: null, problems };
}

/** Of what every environment has in common: an entry may complete what only runs in environments, and each entry has its own warnings. */
function concernsAll({ code, severity }: Fault, mode: Kind['environments']): boolean {
  return severity === 'error' && (mode !== 'where-it-runs' || !completedByEntries.has(code));
}

const completedByEntries = new Set(['missing-field', 'invalid-rollout', 'invalid-memory', 'invalid-cpu']);

interface ReadSpec {
  readonly spec: SpecOf<KindName> | null;
  readonly parts: Readable<SpecOf<KindName>> | null;
  readonly faults: readonly Fault[];
}

function readSpec(kind: KindName, value: unknown): ReadSpec {
  const { spec: schema, check, environments }: Kind = kinds[kind];
  const read = schema.safeParse(value);
  const parts = read.success ? (read.data as Readable<unknown>) : readable(schema, value); // what is right is readable
  const faults = [...(read.success ? [] : faultsOf(read.error, schema, value, ['spec'], environments === 'none' ? [] : ['environments'])), ...(parts === null ? [] : check(parts))];
  const isRight = read.success && !faults.some(isError);
  // The schema of this kind made it.
  return { spec: isRight ? (read.data as SpecOf<KindName>) : null, parts: parts as Readable<SpecOf<KindName>> | null, faults };
}

/** What holds everywhere, without the fields that are for one environment each. */
function commonSpec(spec: unknown, perEnvironment: readonly string[]): { readonly spec: unknown; readonly faults: readonly Fault[] } {
  if (!isObject(spec)) return { spec, faults: [] };
  const misplaced = perEnvironment.filter((key) => Object.hasOwn(spec, key));
  if (misplaced.length === 0) return { spec, faults: [] };
  const faults = misplaced.map((key) =>
    fault({
      code: 'misplaced-field',
      path: ['spec', key],
      at: 'key',
      message: `\`${key}\` is for one environment`,
      expected: `\`spec.environments.<name>.${key}\``,
    }),
  );
  return { spec: Object.fromEntries(Object.entries(spec).filter(([key]) => !misplaced.includes(key))), faults };
}

interface Parts {
  readonly base: unknown;
  readonly entries: ReadonlyMap<string, JsonObject>;
  /** Whether environments say more about it, readably or not. */
  readonly isCompleted: boolean;
  readonly faults: readonly Fault[];
}

const path = ['spec', 'environments'];

function partsOf(spec: unknown, mode: Kind['environments']): Parts {
  if (!isObject(spec) || mode === 'none') return { base: spec, entries: new Map(), isCompleted: false, faults: [] };
  const { environments, ...base } = spec;
  const without = (isCompleted: boolean, ...faults: readonly Fault[]): Parts => ({ base, entries: new Map(), isCompleted, faults });
  if (environments === undefined) {
    const wanted = 'the environments that it runs in, each with what differs there: `staging: {}`';
    return without(false, ...(mode === 'where-it-runs' ? [missingField(path, wanted)] : []));
  }
  if (!isObject(environments)) {
    const read = overlay.safeParse(environments);
    return without(true, ...(read.success ? [] : faultsOf(read.error, overlay, environments, path)));
  }
  const names = Object.keys(environments);
  if (names.length > maxEnvironments) {
    const message = `There are ${names.length} environments here`;
    return without(true, fault({ code: 'out-of-range', path, at: 'key', message, expected: `at most ${maxEnvironments} entries` }));
  }
  if (mode === 'where-it-runs' && names.length === 0) {
    return without(false, warning({ code: 'runs-nowhere', path, at: 'key', message: 'It runs in no environment', expected: 'at least one' }));
  }
  const read = names.map((name) => readEntry(name, environments[name]));
  return { base, entries: new Map(read.flatMap(({ entry }) => entry)), isCompleted: names.length > 0, faults: read.flatMap(({ faults }) => faults) };
}

interface ReadEntry {
  readonly entry: readonly (readonly [string, JsonObject])[];
  readonly faults: readonly Fault[];
}

/** Each on its own: what is wrong about one environment hides nothing of the others. */
function readEntry(name: string, value: unknown): ReadEntry {
  const named = environmentName.safeParse(name);
  const read = overlay.safeParse(value);
  const faults = [
    ...(named.success ? [] : faultsOf(named.error, environmentName, name, [...path, name]).map((found) => ({ ...found, at: 'key' as const }))),
    ...(read.success ? [] : faultsOf(read.error, overlay, value, [...path, name])),
  ];
  if (!read.success) return { entry: [], faults };
  const { environments, ...entry } = read.data;
  if (environments !== undefined) faults.push(fault({ code: 'unknown-field', path: [...path, name, 'environments'], at: 'key', message: 'There are no environments in an environment' }));
  return { entry: named.success ? [[name, entry]] : [], faults };
}

function nameIn(value: JsonObject): string | null {
  const name = valueAt(value, inName);
  return typeof name === 'string' ? name.slice(0, 100) : null;
}

function unread(document: ParsedDocument, ref: DocumentRef | null, faults: readonly Fault[]): ReadDocument {
  const broken = { ref, environments: null, value: document.value, kind: null, written: null };
  return { draft: null, manifest: null, broken, problems: onePerMistake([faults.map((found) => locate(document, ref, found))]) };
}

/** A field that is missing because it is misspelt is one mistake, told where it stands. */
function onceMisspelt(problems: readonly Problem[]): readonly Problem[] {
  const meant = new Set(problems.filter(({ code }) => code === 'unknown-field').map(({ path, hint }) => `${parentOf(path)} ${hint}`));
  return problems.filter(({ code, path }) => {
    const name = path.slice(path.lastIndexOf('.') + 1);
    return code !== 'missing-field' || !meant.has(`${parentOf(path)} ${didYouMean(name, [name])}`);
  });
}

/**
 * A value that several environments share is one mistake, whatever each of them makes of it, and so is a secret where something else is
 * expected. The first group is what they have in common.
 */
function onePerMistake(groups: readonly (readonly Problem[])[]): readonly Problem[] {
  const secrets = new Set(groups.flat().filter(isSecret).map(placeOf));
  const seen = new Set<string>();
  const each = groups.flatMap((group) => {
    const found = group.filter((one) => !seen.has(mistakeOf(one)) && (isSecret(one) || !secrets.has(placeOf(one))));
    for (const one of found) seen.add(mistakeOf(one));
    return found;
  });
  return onceMisspelt(each);
}

function isSecret({ code }: Problem): boolean {
  return code === 'inline-secret';
}

function mistakeOf(problem: Problem): string {
  return `${problem.code} ${placeOf(problem)}`;
}

function placeOf({ path: at, location: { line, column } }: Problem): string {
  return `${line}:${column} ${at}`;
}

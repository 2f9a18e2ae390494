import type { Bindings } from './bindings.ts';
import { masked, withParts, type MaskedText } from './masking.ts';

export interface Difference {
  /** `body.properties.template.containers[0].image`, `header location`, `status`. */
  readonly path: string;
  readonly recorded: string;
  readonly ours: string;
}

/** A place whose value says nothing about how the service behaves. */
export interface OpaquePlace {
  readonly path: RegExp;
  readonly reason: string;
  /** What may stand there all the same. */
  readonly looks: (value: unknown) => boolean;
}

export interface Comparison {
  readonly differences: Difference[];
  /** Values that are the same, character by character. */
  exact: number;
  /** Values of which a part is volatile and stands, one to one, for the recorded one. */
  masked: number;
  /** Values of which only the form was looked at. */
  opaque: number;
}

export function emptyComparison(): Comparison {
  return { differences: [], exact: 0, masked: 0, opaque: 0 };
}

export interface CompareOptions {
  readonly bindings: Bindings;
  readonly opaque: readonly OpaquePlace[];
}

/** Compares two JSON values. A field that is absent is another thing than one that is null. */
export function compareJson(path: string, recorded: unknown, ours: unknown, into: Comparison, options: CompareOptions): void {
  const place = options.opaque.find((one) => one.path.test(path));
  if (place !== undefined && place.looks(recorded)) {
    if (place.looks(ours)) agree('opaque', into);
    else into.differences.push({ path, recorded: shown(recorded), ours: shown(ours) });
    return;
  }
  if (Array.isArray(recorded) && Array.isArray(ours)) return compareLists(path, recorded, ours, into, options);
  if (isRecord(recorded) && isRecord(ours)) return compareObjects(path, recorded, ours, into, options);
  if (typeof recorded === 'string' && typeof ours === 'string') return compareTexts(path, recorded, ours, into, options.bindings);
  if (Object.is(recorded, ours)) agree('exact', into);
  else into.differences.push({ path, recorded: shown(recorded), ours: shown(ours) });
}

function compareLists(path: string, recorded: readonly unknown[], ours: readonly unknown[], into: Comparison, options: CompareOptions): void {
  if (recorded.length !== ours.length) into.differences.push({ path: `${path}.length`, recorded: String(recorded.length), ours: String(ours.length) });
  else if (recorded.length === 0) agree('exact', into);
  const common = Math.min(recorded.length, ours.length);
  for (let index = 0; index < common; index += 1) compareJson(`${path}[${index}]`, recorded[index], ours[index], into, options);
}

function compareObjects(path: string, recorded: Readonly<Record<string, unknown>>, ours: Readonly<Record<string, unknown>>, into: Comparison, options: CompareOptions): void {
  const left = new Set(Object.keys(ours));
  if (left.size === 0 && Object.keys(recorded).length === 0) agree('exact', into);
  for (const [key, value] of Object.entries(recorded)) {
    const own = ownKey(key, left, options.bindings);
    if (own === undefined) {
      into.differences.push({ path: `${path}.${key}`, recorded: shown(value), ours: 'absent' });
      continue;
    }
    left.delete(own);
    if (masked(key).parts.length > 0) compareTexts(`${path}.${key}`, key, own, into, options.bindings);
    compareJson(`${path}.${key}`, value, ours[own], into, options);
  }
  for (const key of left) into.differences.push({ path: `${path}.${key}`, recorded: 'absent', ours: shown(ours[key]) });
}

/** The local key that stands for a recorded one: what it is known to be, or one of the same form. */
function ownKey(key: string, left: ReadonlySet<string>, bindings: Bindings): string | undefined {
  const known = withParts(key, (part) => bindings.localOf(part));
  if (left.has(known)) return known;
  const { template, parts } = masked(key);
  return parts.length === 0 ? undefined : [...left].find((one) => masked(one).template === template);
}

export function compareTexts(path: string, recorded: string, ours: string, into: Comparison, bindings: Bindings): void {
  const [expected, found] = [masked(recorded), masked(ours)];
  if (expected.template !== found.template) {
    // What is named otherwise is the same thing all the same, for what is asked and compared later.
    if (kindsOf(expected) === kindsOf(found)) for (const [index, part] of expected.parts.entries()) bindings.bind(part, found.parts[index] ?? part);
    into.differences.push({ path, recorded: shown(recorded), ours: shown(ours) });
    return;
  }
  // The templates are the same, so there are as many parts.
  const conflicts = expected.parts.flatMap((part, index) => bindings.bind(part, found.parts[index] ?? part) ?? []);
  if (conflicts.length > 0) into.differences.push({ path, recorded: shown(recorded), ours: `${shown(ours)}: ${conflicts.join('; ')}` });
  else agree(recorded === ours ? 'exact' : 'masked', into);
}

export function agree(how: 'exact' | 'masked' | 'opaque', into: Comparison): void {
  into[how] += 1;
}

function kindsOf({ parts }: MaskedText): string {
  return parts.map(({ kind }) => kind).join(' ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const longest = 160;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

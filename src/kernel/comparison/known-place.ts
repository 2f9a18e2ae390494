import { parsePathPattern } from './path-pattern.ts';
import { itemOf, keyOf, root } from './rule-book.ts';
import { rules } from './rules.ts';
import { writableFields } from './writable-fields.ts';

/** Every place that a rule or a writable field names or lies below. */
const known: ReadonlySet<string> = new Set(['', ...[...writableFields, ...rules.map(({ pattern }) => pattern)].flatMap(waysTo)]);

/** Findings name the vaults of an identity below it, which no body has. */
const furtherDown = 'identity.userAssignedIdentities';

export interface UnknownStep {
  /** The place so far, as people write it. */
  readonly below: string;
  readonly name: string;
  /** Keys that are known there; none where only items of a list are. */
  readonly keys: readonly string[];
  /** What is there is a list: its items are named in brackets. */
  readonly isList: boolean;
}

/** The first step of a pattern that leads to nothing which a container app is known to have. Null where each leads somewhere, and from a `*` on. */
export function unknownStepOf(pattern: string): UnknownStep | null {
  const parsed = parsePathPattern(pattern);
  let place = root;
  for (const { of, name } of 'steps' in parsed ? parsed.steps : []) {
    const next = of === 'object' ? keyOf(place, name) : itemOf(place, name);
    if (place.pattern === furtherDown || (of === 'object' && name === '*')) return null;
    if (!known.has(next.pattern)) return { below: place.shown, name, keys: keysAt(place.pattern), isList: known.has(`${place.pattern}[]`) };
    place = next;
  }
  return null;
}

function keysAt(pattern: string): readonly string[] {
  const start = pattern === '' ? '' : `${pattern}.`;
  return [...known].filter((one) => one.startsWith(start) && one !== '' && /^[^.[*]+$/.test(one.slice(start.length))).map((one) => one.slice(start.length));
}

/** `a.b[].c`: `a`, `a.b`, `a.b[]` and itself. */
function waysTo(pattern: string): readonly string[] {
  const parts = pattern.split(/(?=\.|\[\])/);
  return parts.map((_, index) => parts.slice(0, index + 1).join(''));
}

import type { IgnoredPath, JsonObject } from '../desired-state.ts';
import { canonicalAt, isObject } from './canonical.ts';
import { isAdded } from './differences.ts';
import { honouredBody } from './honoured-body.ts';
import { fieldIn, fieldsOf, spelledIn } from './named-field.ts';
import { keyOf, ownedAt, root, rulesAt, type Place } from './rule-book.ts';

export interface PatchParts {
  readonly lastApplied: object | null;
  readonly desired: object;
  /** Null or left out: nobody knows what runs, and then nothing is taken away that was added to it. */
  readonly live?: object | null;
  /** Places that Git leaves to somebody else: what is live there stays. */
  readonly ignores?: readonly IgnoredPath[];
}

/**
 * The JSON merge patch (RFC 7396) that makes a live app as declared: everything that is declared, lists as a whole, and null for what was
 * applied before, was added to what runs, or is ours by rule, and is not declared. It names nothing else, so that what others own stays.
 */
export function mergePatch({ lastApplied, desired, live = null, ignores = [] }: PatchParts): JsonObject {
  return patchObject(root, { lastApplied, desired: honouredBody(desired, live, ignores), live });
}

interface Parts {
  readonly lastApplied: unknown;
  readonly desired: unknown;
  readonly live: unknown;
}

function patchObject(place: Place, parts: Parts): JsonObject {
  const [before, declared, live] = [fieldsOf(parts.lastApplied), fieldsOf(parts.desired), fieldsOf(parts.live)];
  const isDeclared = (key: string) => (declared[key] ?? null) !== null;
  const named = [...Object.keys(declared).filter(isDeclared), ...Object.keys(before), ...ownedAt(place)];
  const added = Object.keys(live).filter((key) => (fieldIn(place, declared, key) ?? null) === null && isAdded(keyOf(place, key), live[key]));
  // As it is spelled live, so that no second one comes beside it.
  const keys = new Set([...named, ...added].map((key) => spelledIn(place, live, key) ?? spelledIn(place, declared, key) ?? key));
  const entries = [...keys].map((key) => {
    const at = keyOf(place, key);
    return [key, patchValue(at, { lastApplied: fieldIn(place, before, key), desired: fieldIn(place, declared, key), live: live[key] })] as const;
  });
  return Object.fromEntries(entries.filter(([key]) => !rulesAt(keyOf(place, key)).ignored));
}

function patchValue(place: Place, { desired, ...others }: Parts): unknown {
  // By the one name that a field has, where Azure knows two.
  return isObject(desired) ? patchObject(place, { desired: canonicalAt(rulesAt(place), desired), ...others }) : (desired ?? null);
}

/** RFC 7396: null deletes, objects merge, everything else replaces. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = applyMergePatch(result[key], value);
  }
  return result;
}

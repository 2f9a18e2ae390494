import type { JsonObject } from '../desired-state.ts';
import { isObject } from './canonical.ts';
import { keyOf, ownedAt, root, rulesAt, type Place } from './rule-book.ts';

/**
 * The JSON merge patch (RFC 7396) that makes a live app as declared: everything that is declared, lists as a whole, and null for what
 * was applied before, or is ours by rule, and is declared no more. It names nothing else, so that what others own stays.
 */
export function mergePatch(lastApplied: object | null, desired: object): JsonObject {
  return patchObject(root, lastApplied, desired);
}

function patchObject(place: Place, lastApplied: unknown, desired: object): JsonObject {
  const before = isObject(lastApplied) ? lastApplied : {};
  const declared = desired as JsonObject; // an object's own fields, whatever they are
  const isDeclared = (key: string) => (declared[key] ?? null) !== null;
  const keys = new Set([...Object.keys(declared).filter(isDeclared), ...Object.keys(before), ...ownedAt(place)]);
  const entries = [...keys].map((key) => [key, patchValue(keyOf(place, key), before[key], declared[key])] as const);
  return Object.fromEntries(entries.filter(([key]) => !rulesAt(keyOf(place, key)).ignored));
}

function patchValue(place: Place, lastApplied: unknown, desired: unknown): unknown {
  return isObject(desired) ? patchObject(place, lastApplied, desired) : (desired ?? null);
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

import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';

/** Reading JSON that a client sent: what has another shape counts as absent, as the service's own model binding does. */
export function objectAt(holder: unknown, key: string): JsonObject | null {
  const value = isObject(holder) ? holder[key] : null;
  return isObject(value) ? value : null;
}

/** The objects of a list; anything else in it is dropped. */
export function listAt(holder: unknown, key: string): readonly JsonObject[] {
  const value = isObject(holder) ? holder[key] : null;
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Null for an empty text too: Azure makes no difference. */
export function textAt(holder: unknown, key: string): string | null {
  const value = isObject(holder) ? holder[key] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Numbers may come as text: `"80"` is accepted as a port. */
export function numberAt(holder: unknown, key: string): number | null {
  const value = isObject(holder) ? holder[key] : null;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** The same without the fields that are null. */
export function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined));
}

import type { JsonObject } from '../desired-state.ts';
import { isObject } from './canonical.ts';
import { rulesAt, type Place } from './rule-book.ts';

/** Fields of an object; none of what is no object. */
export function fieldsOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The key as these fields spell it, where keys compare without case; null when they have none such. */
export function spelledIn(place: Place, fields: JsonObject, key: string): string | null {
  if (Object.hasOwn(fields, key)) return key;
  if (rulesAt(place).map !== true) return null;
  const sought = key.toLowerCase();
  return Object.keys(fields).find((name) => name.toLowerCase() === sought) ?? null;
}

/** Undefined when there is none. */
export function fieldIn(place: Place, fields: JsonObject, key: string): unknown {
  const name = spelledIn(place, fields, key);
  return name === null ? undefined : fields[name];
}

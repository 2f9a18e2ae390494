import type { JsonObject } from '../../kernel/desired-state.ts';
import { isObject } from '../../kernel/comparison/canonical.ts';

/** What a client sent at `key`; an empty object when it is none. */
export function objectAt(holder: unknown, key: string): JsonObject {
  const value = isObject(holder) ? holder[key] : null;
  return isObject(value) ? value : {};
}

/** Null when it is no text. */
export function textAt(holder: unknown, key: string): string | null {
  const value = isObject(holder) ? holder[key] : null;
  return typeof value === 'string' ? value : null;
}

/** Tags hold texts only; anything else in them is dropped. */
export function tagsOf(body: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(objectAt(body, 'tags')).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

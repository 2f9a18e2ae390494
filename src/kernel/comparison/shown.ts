import { digestOf } from '../digest.ts';
import { isObject } from './canonical.ts';
import { isWritable, itemOf, keyOf, rulesAt, type Place } from './rule-book.ts';

/**
 * A value as it may be shown: without what Azure alone sets or what is write-only, and with a fingerprint in place of a text that may
 * be a secret. `git` holds what Git knows at the same place; empty means that the value itself comes from Git.
 */
export function shown(place: Place, value: unknown, git: readonly unknown[]): unknown {
  const rules = rulesAt(place);
  if (rules.ignored) return null;
  if (Array.isArray(value)) return value.map((item) => shown(itemOf(place, ''), item, itemsLike(item, git)));
  if (isObject(value)) {
    const keys = Object.keys(value).filter((key) => !rulesAt(keyOf(place, key)).ignored);
    return Object.fromEntries(keys.map((key) => [key, shown(keyOf(place, key), value[key], git.map((known) => (isObject(known) ? known[key] : null)))]));
  }
  const secret = (rules.masked || !isWritable(place)) && typeof value === 'string' && git.length > 0 && !git.includes(value);
  return secret ? `(not shown, ${digestOf(value).slice(0, 8)})` : (value ?? null);
}

function itemsLike(item: unknown, git: readonly unknown[]): readonly unknown[] {
  const name = isObject(item) ? item['name'] : undefined;
  return git.map((list) => {
    if (!Array.isArray(list)) return null;
    return isObject(item) ? list.find((known) => name !== undefined && isObject(known) && known['name'] === name) : list.find((known) => known === item);
  });
}

import { canonicalJson } from '../digest.ts';
import type { FieldDifference } from '../plan.ts';
import { canonicalAt, canonicalDeep, isObject, present } from './canonical.ts';
import { isWritable, itemOf, keyOf, root, rulesAt, type Place } from './rule-book.ts';
import { shown } from './shown.ts';

interface Three {
  readonly lastApplied: unknown;
  readonly desired: unknown;
  readonly live: unknown;
}

/** Where live is not as declared, of whole bodies. */
export function differencesOf(bodies: Three): FieldDifference[] {
  return compareObjects(root, bodies);
}

/** Whether this live value, which nobody declares, is a difference. */
export function isAdded(place: Place, live: unknown): boolean {
  return compareAt(place, { lastApplied: null, desired: null, live }).length > 0;
}

/** Whether two values say the same at this place. */
export function isSameAt(place: Place, desired: unknown, live: unknown): boolean {
  return compareAt(place, { lastApplied: null, desired, live }).length === 0;
}

/** `isHidden`: Azure shows no item of the list that this is in but by what it is known by. */
function compareAt(place: Place, raw: Three, isHidden = true): FieldDifference[] {
  const rules = rulesAt(place);
  if (rules.ignored || isOfOthers(place, raw)) return [];
  const three = each(raw, (value) => canonicalAt(rules, value));
  if (rules.mayBeHidden && isHidden && present(raw.live) === null) return [];
  if (rules.presence && (three.desired === null) !== (three.live === null)) return [difference(place, raw)];
  if (isList(three)) return compareLists(place, three, raw);
  if (isObject(three.desired) || isObject(three.live)) return compareObjects(place, three, isHidden);
  return canonicalJson(three.desired) === canonicalJson(three.live) ? [] : [difference(place, filled(raw, rules.absentMeans))];
}

function isOfOthers(place: Place, { lastApplied, desired }: Three): boolean {
  return present(desired) === null && present(lastApplied) === null && (rulesAt(place).others === true || !isWritable(place));
}

function isList({ desired, live }: Three): boolean {
  return Array.isArray(desired) || Array.isArray(live);
}

function compareObjects(place: Place, three: Three, isHidden = true): FieldDifference[] {
  const parts = each(three, (value) => fieldsOf(place, value));
  const keys = new Set([...parts.desired.keys(), ...parts.lastApplied.keys(), ...parts.live.keys()]);
  const differences = [...keys].flatMap((key) => {
    const [name] = parts.desired.get(key) ?? parts.live.get(key) ?? parts.lastApplied.get(key) ?? [key];
    return compareAt(keyOf(place, name), each(parts, (fields) => fields.get(key)?.[1]), isHidden);
  });
  const oneSided = three.desired === null || three.live === null;
  return oneSided && differences.length > 0 ? [difference(place, three)] : differences;
}

/** Fields by the key that compares, with the name as it is written. Null declares nothing. */
function fieldsOf(place: Place, value: unknown): ReadonlyMap<string, readonly [string, unknown]> {
  if (!isObject(value)) return new Map();
  const caseless = rulesAt(place).map === true;
  const fields = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return new Map(fields.map(([name, item]) => [caseless ? name.toLowerCase() : name, [name, item]]));
}

function compareLists(place: Place, three: Three, raw: Three): FieldDifference[] {
  const { itemKey, othersAllowed } = rulesAt(place);
  if (itemKey === undefined) {
    const { desired, live } = each(three, (value) => canonicalJson(canonicalDeep(place, value)));
    return desired === live ? [] : [difference(place, raw)];
  }
  const parts = each(three, (value) => itemsOf(place, value, itemKey));
  const isHidden = ![...parts.live.values()].some((item) => showsMore(place, item));
  const others = othersAllowed ? [] : [...parts.lastApplied.keys(), ...parts.live.keys()];
  const keys = new Set([...parts.desired.keys(), ...others]);
  return [...keys].flatMap((key) => compareAt(itemOf(place, key), each(parts, (items) => items.get(key)), isHidden));
}

/** More than a list shows that hides what its items are made of. */
function showsMore(place: Place, item: unknown): boolean {
  return isObject(item) && Object.keys(item).some((key) => rulesAt(keyOf(itemOf(place, ''), key)).mayBeHidden && present(item[key]) !== null);
}

function itemsOf(place: Place, list: unknown, itemKey: readonly string[]): ReadonlyMap<string, unknown> {
  const items = new Map<string, unknown>();
  if (!Array.isArray(list)) return items;
  for (const item of list) {
    const key = nameOf(place, item, itemKey);
    let unique = key;
    for (let count = 2; items.has(unique); count++) unique = `${key}#${count}`;
    items.set(unique, item);
  }
  return items;
}

/** Of an item of this list, by which it is found again. */
export function nameOf(place: Place, item: unknown, itemKey: readonly string[]): string {
  if (!isObject(item)) return String(item);
  const at = itemOf(place, '');
  const parts = itemKey.map((key) => [key, canonicalAt(rulesAt(keyOf(at, key)), item[key])] as const);
  const said = parts.filter(([, value]) => value !== null && value !== false);
  return said.map(([key, value]) => (value === true ? key : String(value))).join(' ');
}

function each<From, To>(
  three: { readonly lastApplied: From; readonly desired: From; readonly live: From },
  of: (value: From) => To,
): { readonly lastApplied: To; readonly desired: To; readonly live: To } {
  return { lastApplied: of(three.lastApplied), desired: of(three.desired), live: of(three.live) };
}

function filled(raw: Three, absentMeans: unknown): Three {
  return { ...raw, desired: present(raw.desired) ?? absentMeans, live: present(raw.live) ?? absentMeans };
}

function difference(place: Place, raw: Three): FieldDifference {
  const { lastApplied, desired, live } = each(raw, present);
  return {
    path: place.shown,
    lastApplied: shown(place, lastApplied, []),
    desired: shown(place, desired, []),
    live: shown(place, live, [desired, lastApplied]),
  };
}

import type { IgnoredPath, JsonObject } from '../desired-state.ts';
import { canonicalJson } from '../digest.ts';
import { revisionSuffixOf } from '../revision-suffix.ts';
import { canonicalAt, isObject, present } from './canonical.ts';
import { isSameAt, nameOf } from './differences.ts';
import { fieldIn, fieldsOf, spelledIn } from './named-field.ts';
import { leadsOf, leadsTo, type Leads } from './path-pattern.ts';
import { isWritable, itemOf, keyOf, root, rulesAt, type Place } from './rule-book.ts';

/**
 * A declared body with what is live at every ignored place, and the suffix that follows from its template where that became another. The
 * same body where nothing is ignored or nothing is there. Tags of this code base and what rollouts decide are never taken from live.
 */
export function honouredBody<Body extends object>(desired: Body, live: object | null, ignores: readonly IgnoredPath[]): Body {
  if (live === null || ignores.length === 0) return desired;
  const leads = leadsOf(ignores.map(({ path }) => path));
  // Only places below the root are taken from live, so that what the body has to have is there.
  return withSuffix(desired, honour({ place: root, desired, live, leads }) as Body);
}

const notForOthers = /^(?:properties\.template\.revisionSuffix|properties\.configuration\.(?:activeRevisionsMode|ingress\.traffic)|tags\.trueup-.*)$/i;

interface At {
  readonly place: Place;
  readonly desired: unknown;
  readonly live: unknown;
  readonly leads: Leads;
}

function honour(at: At): unknown {
  const { place, desired, live, leads } = at;
  if (leads.length === 0 || notForOthers.test(place.shown) || rulesAt(place).ignored) return desired;
  if (leads.some(({ length }) => length === 0)) return taken(place, desired, live);
  if (Array.isArray(desired) || Array.isArray(live)) return honourItems(at);
  return isObject(desired) || isObject(live) ? honourFields(at) : desired;
}

function honourFields({ place, leads, ...sides }: At): unknown {
  const { desired, live } = { desired: fieldsOf(sides.desired), live: fieldsOf(sides.live) };
  const keys = [...Object.keys(desired), ...Object.keys(live).filter((key) => spelledIn(place, desired, key) === null)];
  const fields = defined(keys.map((key) => [key, honour({ place: keyOf(place, key), desired: desired[key], live: fieldIn(place, live, key), leads: leadsTo(leads, place, { of: 'object', name: key }) })]));
  return isObject(sides.desired) || Object.keys(fields).length > 0 ? fields : sides.desired;
}

/** An item that only one side has is taken or left as a whole: a part of it would be no item. */
function honourItems({ place, desired, live, leads }: At): unknown {
  if (rulesAt(place).itemKey === undefined) return desired;
  const [declared, running] = [itemsOf(place, desired), itemsOf(place, live)];
  const list = [...new Set([...declared.keys(), ...running.keys()])].map((name) => {
    const at = { place: itemOf(place, name), desired: declared.get(name), live: running.get(name), leads: leadsTo(leads, place, { of: 'list', name }) };
    const isWhole = at.leads.some(({ length }) => length === 0);
    return isWhole || (at.desired !== undefined && at.live !== undefined) ? honourItem(at) : at.desired;
  });
  const items = list.filter((item) => item !== undefined);
  return Array.isArray(desired) || items.length > 0 ? items : desired;
}

/** By the one name that a kind of rule has where Azure knows two; as it is declared where nothing of it is another, since its spelling makes the revision's name. */
function honourItem(at: At): unknown {
  const [desired, live] = [at.desired, at.live].map((item) => canonicalAt(rulesAt(at.place), item) ?? undefined);
  const item = honour({ ...at, desired, live });
  return canonicalJson(item) === canonicalJson(desired) ? at.desired : item;
}

function itemsOf(place: Place, list: unknown): ReadonlyMap<string, unknown> {
  const { itemKey = [] } = rulesAt(place);
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return new Map(items.map((item) => [nameOf(place, item, itemKey), item]));
}

/** What is live, as somebody declares it: as it is declared where that says the same, without what Azure fills in, and without what is never taken from live. */
function taken(place: Place, desired: unknown, live: unknown): unknown {
  const rules = rulesAt(place);
  if (notForOthers.test(place.shown) || isSameAt(place, desired, live)) return desired;
  if (rules.ignored || present(live) === null || !isWritable(place)) return undefined;
  if (Array.isArray(live)) return takenItems(place, desired, live);
  if (!isObject(live)) return canonicalAt(rules, live) === rules.absentMeans ? undefined : live;
  const declared = fieldsOf(desired);
  const keys = [...Object.keys(declared), ...Object.keys(live).filter((key) => spelledIn(place, declared, key) === null)];
  return defined(keys.map((key) => [key, taken(keyOf(place, key), declared[key], fieldIn(place, live, key))]));
}

function takenItems(place: Place, desired: unknown, live: readonly unknown[]): readonly unknown[] {
  if (rulesAt(place).itemKey === undefined) return live.map((item) => taken(itemOf(place, ''), undefined, item));
  const declared = itemsOf(place, desired);
  return [...itemsOf(place, live)].map(([name, item]) => taken(itemOf(place, name), declared.get(name), item));
}

function defined(entries: readonly (readonly [string, unknown])[]): JsonObject {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function templateOf(body: unknown): JsonObject | null {
  const { properties } = fieldsOf(body);
  const { template } = fieldsOf(properties);
  return isObject(template) ? template : null;
}

function withSuffix<Body extends object>(declared: Body, honoured: Body): Body {
  const [before, template] = [templateOf(declared), templateOf(honoured)];
  if (before === null || template === null || canonicalJson(before) === canonicalJson(template)) return honoured;
  const { properties } = fieldsOf(honoured);
  return { ...honoured, properties: { ...fieldsOf(properties), template: { ...template, revisionSuffix: revisionSuffixOf(template) } } };
}

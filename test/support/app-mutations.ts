import { isObject } from '../../src/kernel/comparison/canonical.ts';
import { nameOf } from '../../src/kernel/comparison/differences.ts';
import { itemOf, keyOf, root, rulesAt, type Place } from '../../src/kernel/comparison/rule-book.ts';
import type { Node, Populated, Step } from './populated-app.ts';

/** One edit of a live app behind Git's back. */
export interface Mutation {
  readonly way: 'changed' | 'removed' | 'added';
  readonly place: Place;
  readonly desired: object;
  readonly live: object;
  /** Paths of which one has to be found. */
  readonly right: readonly string[];
  /** Nothing may be found that does not begin so. */
  readonly within: string;
}

/** From a body that declares everything: every field with another value, every place taken away. */
export function uponDeclared({ body, nodes, otherAt }: Populated): readonly Mutation[] {
  return nodes.flatMap((node): readonly Mutation[] => {
    const about = { place: placeAt(body, node.steps), desired: body, ...told(body, node, node.steps.length) };
    const removed = { way: 'removed' as const, ...about, live: withValue(body, node.steps, undefined) };
    return node.is === 'value' ? [{ way: 'changed', ...about, live: withValue(body, node.steps, otherAt(node)) }, removed] : [removed];
  });
}

/** To a body that declares little: every place that it does not have, with no more than that needs; what it has, with another value or beside another item. */
export function uponMinimal(desired: object, everything: Populated): readonly Mutation[] {
  return everything.nodes.flatMap((node): readonly Mutation[] => {
    const steps = stepsIn(desired, node);
    if (steps === null) return [];
    const value = valueAt(everything.body, node.steps);
    const isSame = JSON.stringify(valueAt(desired, steps)) === JSON.stringify(value);
    const live = withNeeds(desired, { ...node, steps }, everything.body, isSame ? everything.otherAt(node) : value);
    const depth = steps.findIndex((_, index) => valueAt(desired, steps.slice(0, index + 1)) === undefined);
    const { right, within } = told(live, { ...node, steps }, depth === -1 ? steps.length : depth + 1);
    // Of another name, the item that is gone is found first.
    return [{ way: 'added', place: placeAt(live, steps), desired, live, right: [...right, ...told(desired, { ...node, steps }, steps.length).right], within }];
  });
}

/** Where it goes: an item beside those that are there, a field where it is. Null: there already, and each of its fields has its turn. */
function stepsIn(desired: object, { steps, is }: Node): readonly Step[] | null {
  if (is === 'value' || valueAt(desired, steps) === undefined) return steps;
  const list = valueAt(desired, steps.slice(0, -1));
  return Array.isArray(list) ? [...steps.slice(0, -1), list.length] : null;
}

/** A place is told as itself, or as that above it which is there on one side only (`depth` steps of its way). */
function told(body: object, { steps, is }: Node, depth: number): Pick<Mutation, 'right' | 'within'> {
  const shown = (length: number): string => placeAt(body, steps.slice(0, length)).shown;
  const lists = steps.flatMap((_, index) => (Array.isArray(valueAt(body, steps.slice(0, index))) ? [index] : []));
  // A list whose items have no names is told as a whole.
  const unnamed = lists.find((length) => rulesAt(placeAt(body, steps.slice(0, length))).itemKey === undefined) ?? steps.length;
  const [from, to] = [Math.min(depth, unnamed), unnamed];
  const right = Array.from({ length: to - from + 1 }, (_, index) => shown(from + index));
  const isNamed = is === 'list' && rulesAt(placeAt(body, steps)).itemKey !== undefined;
  if (isNamed) return { right: [...right, placeAt(body, [...steps, 0]).shown], within: shown(from) };
  const isKey = is === 'value' && lists.at(-1) === steps.length - 2 && rulesAt(placeAt(body, steps.slice(0, -2))).itemKey?.includes(String(steps.at(-1))) === true;
  return isKey ? { right: [...right, shown(steps.length - 1)], within: shown(Math.min(from, steps.length - 2)) } : { right, within: shown(from) };
}

/** Above the place only what identifies an item, so that nothing else is added. */
function withNeeds(desired: object, { steps }: Node, everything: object, value: unknown): object {
  const items = steps.flatMap((step, index) => (typeof step === 'number' && index < steps.length - 1 ? [steps.slice(0, index + 1)] : []));
  const missing = items.filter((item) => valueAt(desired, item) === undefined);
  const named = missing.reduce((live, item) => keysOf(everything, item).reduce((one, [key, of]) => withValue(one, [...item, key], of), live), desired);
  return withValue(named, steps, value);
}

function keysOf(everything: object, item: readonly Step[]): readonly (readonly [string, unknown])[] {
  const fields = valueAt(everything, item);
  const { itemKey = [] } = rulesAt(placeAt(everything, item.slice(0, -1)));
  return isObject(fields) ? itemKey.map((key) => [key, fields[key]] as const) : [];
}

/** As a difference shows it, with items by the names that they have in this body. */
function placeAt(body: object, steps: readonly Step[]): Place {
  return steps.reduce<Place>((place, step, index) => {
    if (typeof step === 'string') return keyOf(place, step);
    const { itemKey } = rulesAt(place);
    return itemOf(place, itemKey === undefined ? '' : nameOf(place, valueAt(body, steps.slice(0, index + 1)), itemKey));
  }, root);
}

function childOf(value: unknown, step: Step): unknown {
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  return isObject(value) ? value[step] : undefined;
}

function valueAt(body: object, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(childOf, body);
}

/** A copy with another value at one place; `undefined` takes it away. */
function withValue(body: object, steps: readonly Step[], value: unknown): object {
  return replaced(body, steps, value) as object; // the root stays one
}

function replaced(body: unknown, [step, ...rest]: readonly Step[], value: unknown): unknown {
  if (step === undefined) return value;
  const inner = replaced(childOf(body, step), rest, value);
  if (typeof step === 'number') return (Array.isArray(body) ? body : []).toSpliced(step, 1, ...(inner === undefined ? [] : [inner]));
  const fields = Object.entries({ ...(isObject(body) ? body : {}), [step]: inner });
  return Object.fromEntries(fields.filter(([, one]) => one !== undefined));
}

import { itemOf, keyOf, root, rulesAt, type Place } from '../../src/kernel/comparison/rule-book.ts';
import type { Shape } from './app-fields.ts';

export type Step = string | number;

/** One place of a body in which every field is set. */
export interface Node {
  /** Keys and positions from the root. */
  readonly steps: readonly Step[];
  /** `value`: a field with a value of its own; everything else is made of others. */
  readonly is: Shape['is'];
}

export interface Populated {
  readonly body: object;
  readonly nodes: readonly Node[];
  /** Another value for a field with a value of its own. */
  readonly otherAt: (node: Node) => unknown;
}

/** A body in which every field that a write may set has a value that is no default. */
export function populated(shape: Shape): Populated {
  const nodes: Node[] = [];
  const others = new Map<Node, unknown>();
  let numbers = 1000;

  function make(one: Shape, steps: readonly Step[], place: Place): unknown {
    const node = { steps, is: one.is };
    if (steps.length > 0) nodes.push(node);
    if (one.is === 'value') {
      numbers += 2;
      const [value, other] = one.kind === 'number' ? [numbers, numbers + 1] : valuesOf(one, place);
      others.set(node, other);
      return value;
    }
    if (one.is === 'list') return [make(one.of, [...steps, 0], itemOf(place, ''))];
    const fields = one.is === 'object' ? Object.entries(one.fields) : [['some-key', one.of] as const];
    return Object.fromEntries(fields.map(([key, field]) => [key, make(field, [...steps, key], keyOf(place, key))]));
  }

  const body = make(shape, [], root);
  return { body: body as object, nodes, otherAt: (node) => others.get(node) }; // the shape of an app is an object's
}

/** Two values that are no numbers, the first no default. */
function valuesOf({ kind, choices }: Extract<Shape, { is: 'value' }>, { pattern }: Place): readonly [unknown, unknown] {
  const { absentMeans } = rulesAt({ pattern, shown: '' });
  if (kind === 'flag') return [true, false];
  if (choices.length === 0) return [`some-${pattern.split('.').at(-1) ?? ''}`, 'other-text'];
  const isDefault = (choice: string) => choice.toLowerCase() === String(absentMeans).toLowerCase();
  const [last, ...rest] = [...choices.filter(isDefault), ...choices.filter((choice) => !isDefault(choice))].toReversed();
  return [last, rest.at(0) ?? 'other-text'];
}

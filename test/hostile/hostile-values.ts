import { fc } from '../support/property.ts';

/** Texts that have brought parsers to fall somewhere, as pieces: what holds one of them holds it anywhere. */
const pieces = [
  '', ' ', '\t', '\n', '\r\n', '\0', '\u001b[31m', '\u202e', '\u200b', '\ufeff', '\ud800', '．', 'рrod', '①', '🚀', '__proto__', 'constructor', 'toString', '../', '..\\', '%2e%2e/', '/', '//', '.', '..', '*', '**', '?', '[', ']', '(', '{', '}', '$(id)', '`', '```', '<!--', '-->', '@', '#', ':', ',', ';', '=', '-', '--', '0', '-1', '1e400', '9'.repeat(400), 'NaN', 'Infinity', '0x1F', '1_000', 'null', 'true', '~', '&a', '*a', '!!js/function', '<<', '---\n', '|', '>', '"', "'", '\\', 'a'.repeat(300),
];

/** Any text: hostile pieces, characters of all planes, and what the caller knows to be near to something good. */
export function hostileText(...near: readonly string[]) {
  return fc.array(fc.oneof(fc.constantFrom(...pieces, ...near), fc.string({ maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 6 }).map((parts) => parts.join(''));
}

const prototypeKeys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', 'toJSON', ''];

/** Any value that JSON can hold, with keys that objects have by themselves as keys of its own. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, tie('leaf'), fc.array(tie('value'), { maxLength: 3 }), fc.array(fc.tuple(fc.oneof(fc.constantFrom(...prototypeKeys), fc.string({ maxLength: 4 })), tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries))),
  leaf: fc.oneof(fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 0.5, 1e21, 2 ** 53, 2 ** 53 + 2, Number.MAX_VALUE, ''), hostileText()),
})).value;

/** A good value of which one part, at any depth, is another or gone. */
export function spoiled(good: unknown): fc.Arbitrary<unknown> {
  return fc.tuple(fc.array(fc.nat(20), { maxLength: 5 }), hostileJson, fc.boolean()).map(([way, other, isGone]) => replaced(good, way, other, isGone));
}

function replaced(value: unknown, [turn, ...way]: readonly number[], other: unknown, isGone: boolean): unknown {
  if (turn === undefined || typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  const at = turn % (entries.length + 1);
  const changed = entries.flatMap(([key, item], index) => (index !== at ? [[key, item] as const] : isGone && way.length === 0 ? [] : [[key, replaced(item, way, other, isGone)] as const]));
  // One more key than there are: something that nobody asked for.
  const all = at === entries.length ? [...changed, ['__proto__', other] as const, ['extra', other] as const] : changed;
  return Array.isArray(value) ? all.map(([, item]) => item) : Object.fromEntries(all);
}

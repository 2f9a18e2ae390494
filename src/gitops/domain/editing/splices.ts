import type { Pair, Scalar, YAMLMap } from 'yaml';
import type { Spot } from './find-spot.ts';
import { writeKey, writeScalar, type Quoting } from './write-scalar.ts';

/** Characters from `start` up to `end` become `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

type Spliced = Splice | { readonly refused: string };

const indentStep = '  ';

/** The one change that puts the value there. Only lines that hold the value change, and lines that are made for it. */
export function spliceAt(text: string, spot: Exclude<Spot, { readonly is: 'refused' }>, value: string): Spliced {
  switch (spot.is) {
    case 'scalar':
      return inPlace(spot.node, value);
    case 'empty':
      return afterKey(text, spot.pair, spot.node, flow(spot.path, value));
    case 'missing':
      return spot.map.flow === true ? inBraces(text, spot.map, spot.path, value) : onItsOwnLines(text, spot.map, spot.path, value);
  }
}

const quotings: Readonly<Record<string, Quoting>> = { PLAIN: 'plain', QUOTE_SINGLE: 'single', QUOTE_DOUBLE: 'double' };

function inPlace({ range, type = 'PLAIN' }: Scalar, value: string): Spliced {
  const quoting = quotings[type];
  if (quoting === undefined || !range) return { refused: 'the value is a block of text' };
  return { start: range[0], end: range[1], text: writeScalar(value, quoting) };
}

/** `a: { b: "c" }` without the first key. */
function flow([key, ...rest]: readonly string[], value: string): string {
  return key === undefined ? writeScalar(value, 'plain') : `{ ${writeKey(key)}: ${flow(rest, value)} }`;
}

function afterKey(text: string, { key }: Pair<{ readonly range?: readonly number[] | null } | null, unknown>, node: Scalar | null, written: string): Spliced {
  if (node?.range && node.range[1] > node.range[0]) return { start: node.range[0], end: node.range[1], text: written };
  const after = key?.range?.[1] ?? text.length;
  const colon = text.indexOf(':', after);
  if (colon === -1 || text.slice(after, colon).trim() !== '') return { refused: 'the key stands there without a value' };
  return { start: colon + 1, end: colon + 1, text: ` ${written}` };
}

function inBraces(text: string, { items, range }: YAMLMap, [key = '', ...rest]: readonly string[], value: string): Spliced {
  const [start = 0, end = 0] = range ?? [];
  const entry = `${writeKey(key)}: ${flow(rest, value)}`;
  const last = items.at(-1);
  if (last !== undefined) {
    const at = endOf(last);
    return { start: at, end: at, text: `, ${entry}` };
  }
  if (text.slice(start + 1, end - 1).trim() !== '') return { refused: 'a comment stands alone in the braces' };
  return { start, end, text: `{ ${entry} }` };
}

/** After the last entry, before whatever comments follow it. */
function onItsOwnLines(text: string, { items }: YAMLMap, path: readonly string[], value: string): Spliced {
  const [first] = items;
  const last = items.at(-1);
  if (first === undefined || last === undefined) return { refused: 'the mapping is empty' };
  const keyStart = (first.key as { readonly range?: readonly number[] | null }).range?.[0] ?? 0; // the parser gives every key a range
  const indent = text.slice(text.lastIndexOf('\n', keyStart - 1) + 1, keyStart);
  if (/[^ ]/.test(indent)) return { refused: 'something stands before the first key on its line' };
  const newline = text.indexOf('\n', endOf(last) - trailingSpace(text, endOf(last)));
  const lineEnd = newline === -1 ? text.length : newline - (text[newline - 1] === '\r' ? 1 : 0);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = path.map((key, index) => `${eol}${indent}${indentStep.repeat(index)}${writeKey(key)}:`).join('');
  return { start: lineEnd, end: lineEnd, text: `${lines} ${writeScalar(value, 'plain')}` };
}

function endOf({ key, value }: Pair): number {
  // The parser builds maps of nodes with ranges.
  const [keyRange, valueRange] = [key, value].map((node) => (node as { readonly range?: readonly number[] | null } | null)?.range);
  return Math.max(keyRange?.[1] ?? 0, valueRange?.[1] ?? 0);
}

function trailingSpace(text: string, end: number): number {
  const before = text.slice(0, end);
  return before.length - before.trimEnd().length;
}

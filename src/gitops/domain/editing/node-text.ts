import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { SaidElsewhere } from './with-edits.ts';

/** Where things stand in a text that was parsed. All offsets are of characters. */

export type NodePair = Pair<Node | null, Node | null>;
export type Collection = YAMLMap | YAMLSeq;

/** The parser builds collections of nodes. */
export function pairsOf({ items }: YAMLMap): readonly NodePair[] {
  return items as NodePair[];
}

export function itemsOf({ items }: YAMLSeq): readonly (Node | null)[] {
  return items as (Node | null)[];
}

/** Null for a key that is no text. */
export function keyOf({ key }: NodePair): string | null {
  return isScalar(key) && typeof key.value === 'string' ? key.value : null;
}

/** What a node says, as plain JSON; an alias stands for itself. Of two equal keys the first counts. */
export function valueOf(node: Node | null): unknown {
  if (isAlias(node)) return new SaidElsewhere('an alias stands there');
  if (isSeq(node)) return itemsOf(node).map(valueOf);
  if (isMap(node)) return Object.fromEntries(pairsOf(node).toReversed().flatMap((pair) => {
    const key = keyOf(pair);
    return key === null ? [] : [[key, valueOf(pair.value)]];
  }).toReversed());
  return isScalar(node) ? (node.value ?? null) : null;
}

/** Why a change of the node would change more than it. */
export function sharedBy(node: Node | null): string | null {
  if (isAlias(node)) return 'an alias stands there';
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) return 'an anchor stands there, which other places may repeat';
  if (isMap(node) && pairsOf(node).some((pair) => keyOf(pair) === '<<')) return 'a merge key stands there';
  return node?.tag === undefined ? null : 'a tag stands there';
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Without the characters that end it. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  if (newline === -1) return text.length;
  return newline > at && text[newline - 1] === '\r' ? newline - 1 : newline;
}

export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

/** Whether nothing but spaces stands before it on its line. */
export function isFirstOnLine(text: string, at: number): boolean {
  return /^ *$/.test(text.slice(lineStart(text, at), at));
}

/** Of an entry of a mapping or a list: from its key or dash to the end of its value, without the comments behind it. */
export interface Entry {
  readonly start: number;
  readonly end: number;
  /** Behind its colon or dash; null where it has none. */
  readonly after: number | null;
}

export function entriesOf(text: string, collection: Collection): readonly Entry[] {
  if (isMap(collection)) return pairsOf(collection).map((pair) => entryOfPair(text, pair));
  let from = collection.range?.[0] ?? 0;
  const column = columnOf(text, from);
  return itemsOf(collection).map((item, index) => {
    const [start, end] = [item?.range?.[0] ?? from, endOf(text, item) ?? from];
    if (collection.flow === true) return { start, end, after: null };
    const dash = index === 0 ? from : dashBefore(text, start, column);
    from = Math.max(end, dash + 1);
    return { start: dash, end: from, after: dash + 1 };
  });
}

function entryOfPair(text: string, { key, value }: NodePair): Entry {
  const [start, keyEnd] = [key?.range?.[0] ?? 0, key?.range?.[1] ?? 0];
  const colon = text.indexOf(':', keyEnd);
  const after = colon !== -1 && text.slice(keyEnd, colon).trim() === '' ? colon + 1 : null;
  return { start, end: Math.max(after ?? keyEnd, isEmpty(value) ? 0 : (endOf(text, value) ?? 0)), after };
}

/** Of a list's items all dashes stand in one column, each first on its line but for the first. */
function dashBefore(text: string, at: number, column: number): number {
  let start = lineStart(text, at);
  while (start > 0 && !(text[start + column] === '-' && isFirstOnLine(text, start + column) && start + column < at)) start = lineStart(text, start - 1);
  return start + column;
}

/** Whether there is no value at all, not even a null that is written. */
export function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && (node.range?.[0] ?? 0) === (node.range?.[1] ?? 0));
}

export function isBlock(node: Node | null): node is Collection {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

/** Where the last of it ends. */
function endOf(text: string, node: Node | null): number | null {
  if (isBlock(node) && node.items.length > 0) return entriesOf(text, node).at(-1)?.end ?? null;
  if (!node?.range) return null;
  const [start, end] = node.range;
  const isText = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
  return isText ? start + endOfText(text.slice(start, end)) : end;
}

/** A block of text ends before the line ends that follow it and are none of it. */
function endOfText(block: string): number {
  const [header = ''] = block.split(/[\r\n#]/, 1);
  return header.includes('+') ? block.replace(/\r?\n$/, '').length : block.trimEnd().length;
}

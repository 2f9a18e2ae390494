import { isAlias, isMap, isScalar, isSeq, visit, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { addedAfter, newEntries, newItems, removed, wholeLines } from './entries.ts';
import { entriesOf, isBlock, isEmpty, isFirstOnLine, itemsOf, keyOf, pairsOf, sharedBy, type Collection, type Entry } from './node-text.ts';
import { NotEditable, type Splice } from './splice.ts';
import { quotingAt } from './style-of.ts';
import { isMapping, isSame, type Mapping } from './with-edits.ts';
import { writeScalar, type Scalar } from './write-scalar.ts';
import { inLine, type Style } from './write-value.ts';

/** A text that is read, and how what is added to it is written. */
export interface Source {
  readonly text: string;
  readonly style: Style;
}

/**
 * The next changes that bring a node from what it says to what it is to say: all that can be made at one reading of the text. Made again
 * and again, nothing is left to do.
 * @param holder the entry whose value it is; null for the root.
 * @throws NotEditable
 */
export function changesOf(source: Source, node: Node | null, before: unknown, wanted: unknown, holder: Entry | null): readonly Splice[] {
  if (isSame(before, wanted)) return [];
  const why = sharedBy(node);
  if (why !== null) throw new NotEditable(why);
  if (isMap(node) && isMapping(before) && isMapping(wanted) && canStay(pairsOf(node).length, before, wanted)) return changesOfMap(source, node, before, wanted);
  if (isSeq(node) && Array.isArray(before) && Array.isArray(wanted) && wanted.length > 0) return changesOfList(source, node, before, wanted);
  return replaced(source, node, wanted, holder);
}

/** Whether an entry stays: of a block of lines without any nothing would be left. */
function canStay(entries: number, before: Mapping, wanted: Mapping): boolean {
  return Object.keys(wanted).length > 0 && (entries > Object.keys(before).length || entries === 0 || Object.keys(before).some((key) => Object.hasOwn(wanted, key)));
}

function changesOfMap({ text, style }: Source, map: YAMLMap, before: Mapping, wanted: Mapping): readonly Splice[] {
  const keys = pairsOf(map).map(keyOf);
  const twice = keys.find((key, index) => key !== null && keys.indexOf(key) !== index && !isSame(before[key], Object.hasOwn(wanted, key) ? wanted[key] : undefined));
  if (twice !== undefined) throw new NotEditable(`\`${twice ?? ''}\` stands there twice`);
  const entries = entriesOf(text, map);
  const kept = pairsOf(map).flatMap((pair, index) => {
    const key = keys[index] ?? null;
    if (key === null || keys.indexOf(key) !== index || !Object.hasOwn(wanted, key)) return [];
    return changesOf({ text, style }, pair.value, before[key], wanted[key], entries[index] ?? null);
  });
  const gone = keys.findIndex((key) => key !== null && !Object.hasOwn(wanted, key));
  if (gone !== -1) {
    const { key, value } = pairsOf(map)[gone] ?? {};
    refuseRemoval(key ?? null);
    refuseRemoval(value ?? null);
    return [...kept, removed(text, map, gone)];
  }
  const added = Object.entries(wanted).filter(([key]) => !Object.hasOwn(before, key));
  return added.length === 0 ? kept : [...kept, addedAfter(text, map, entries.length - 1, newEntries(added), style)];
}

function changesOfList({ text, style }: Source, list: YAMLSeq, before: readonly unknown[], wanted: readonly unknown[]): readonly Splice[] {
  const items = itemsOf(list);
  const entries = entriesOf(text, list);
  const { first, last } = sameEnds(before, wanted);
  const [ours, theirs] = [before.length - first - last, wanted.length - first - last];
  const common = Math.min(ours, theirs);
  const kept = Array.from({ length: common }, (_, offset) => {
    const index = first + offset;
    return changesOf({ text, style }, items[index] ?? null, before[index], wanted[index], entries[index] ?? null);
  }).flat();
  if (ours > theirs) {
    refuseRemoval(items[first + common] ?? null);
    if (items[first + common]?.tag !== undefined) throw new NotEditable('a tag stands there');
    return [...kept, removed(text, list, first + common)];
  }
  const added = wanted.slice(first + common, first + theirs);
  return added.length === 0 ? kept : [...kept, addedAfter(text, list, first + common - 1, newItems(added), style)];
}

/** How many items are the same from the front, and of the others from the back. */
function sameEnds(before: readonly unknown[], wanted: readonly unknown[]): { readonly first: number; readonly last: number } {
  const shorter = Math.min(before.length, wanted.length);
  let [first, last] = [0, 0];
  while (first < shorter && isSame(before[first], wanted[first])) first += 1;
  while (last < shorter - first && isSame(before.at(-1 - last), wanted.at(-1 - last))) last += 1;
  return { first, last };
}

/** Another value in the place of the whole node, within its line. */
function replaced({ text, style }: Source, node: Node | null, wanted: unknown, holder: Entry | null): readonly Splice[] {
  refuseRemoval(node);
  if (node === null || isEmpty(node)) {
    const after = holder?.after ?? null;
    if (after === null) throw new NotEditable('the key stands there without a value');
    return [{ start: after, end: after, text: ` ${inLine(wanted, style)}` }];
  }
  if (isBlock(node) && node.items.length > 0) return replacedLines({ text, style }, node, wanted, holder);
  const quoting = isScalar(node) ? quotingAt(node) : 'plain';
  if (quoting === null || !node.range) throw new NotEditable('the value is a block of text');
  const wasText = isScalar(node) && typeof node.value === 'string';
  const written = wasText && typeof wanted === 'string' ? writeScalar(wanted as Scalar, quoting) : inLine(wanted, style);
  return [{ start: node.range[0], end: node.range[1], text: written }];
}

function replacedLines({ text, style }: Source, node: Collection, wanted: unknown, holder: Entry | null): readonly Splice[] {
  const entries = entriesOf(text, node);
  const [start, end] = [entries[0]?.start ?? 0, entries.at(-1)?.end ?? 0];
  const written = inLine(wanted, style);
  if (!isFirstOnLine(text, start)) return [{ start, end, text: written }];
  const after = holder?.after ?? null;
  if (after === null) throw new NotEditable('nothing would be left of the document');
  return [{ start: after, end: after, text: ` ${written}` }, wholeLines(text, start, end)];
}

/** What other places repeat must stay. */
function refuseRemoval(node: Node | null): void {
  if (node === null || isAlias(node)) return;
  visit(node, {
    Node(_, inside) {
      if (!isAlias(inside) && (isMap(inside) || isSeq(inside) || isScalar(inside)) && inside.anchor !== undefined) throw new NotEditable('an anchor stands there, which other places may repeat');
    },
  });
}

import { columnOf, entriesOf, isFirstOnLine, lineEnd, lineStart, type Collection, type Entry } from './node-text.ts';
import { NotEditable, type Splice } from './splice.ts';
import { isInLine, styleBeside } from './style-of.ts';
import { isMapping } from './with-edits.ts';
import { entryLines, inLine, inLineEntry, itemLines, type Style } from './write-value.ts';

/** What is added after the entry of this index, in the mapping's or the list's own style. -1: before the first. */
export function addedAfter(text: string, collection: Collection, index: number, write: Writer, style: Style): Splice {
  const entries = entriesOf(text, collection);
  const beside = styleBeside(style, collection);
  return collection.flow === true ? addedInBraces(text, collection, entries, index, write, beside) : addedOnLines(text, collection, entries, index, write, beside);
}

interface Writer {
  inLine(style: Style): string;
  lines(indent: number, style: Style, oneLine: boolean): readonly string[];
}

/** In one line only what reads well there: a mapping or a list of plain values. */
function fitsOneLine(value: unknown, written: string): boolean {
  const parts = Array.isArray(value) ? value : isMapping(value) ? Object.values(value) : [];
  return written.length <= 100 && parts.every((part) => typeof part !== 'object' || part === null);
}

export function newEntries(added: readonly (readonly [string, unknown])[]): Writer {
  return {
    inLine: (style) => added.map(([key, value]) => inLineEntry(key, value, style)).join(', '),
    lines: (indent, style, oneLine) =>
      added.flatMap(([key, value]) => {
        const written = inLineEntry(key, value, style);
        return oneLine && fitsOneLine(value, written) ? [`${' '.repeat(indent)}${written}`] : entryLines(key, value, indent, style);
      }),
  };
}

export function newItems(added: readonly unknown[]): Writer {
  return {
    inLine: (style) => added.map((value) => inLine(value, style)).join(', '),
    lines: (indent, style, oneLine) =>
      added.flatMap((value) => {
        const written = inLine(value, style);
        return oneLine && fitsOneLine(value, written) ? [`${' '.repeat(indent)}- ${written}`] : itemLines(value, indent, style);
      }),
  };
}

function addedInBraces(text: string, { range, items }: Collection, entries: readonly Entry[], index: number, write: Writer, style: Style): Splice {
  const [start = 0, end = 0] = range ?? [];
  const written = write.inLine(style);
  if (items.length === 0) {
    if (text.slice(start + 1, end - 1).trim() !== '') throw new NotEditable('a comment stands alone in the braces');
    return { start, end, text: text[start] === '[' ? `[${written}]` : `{ ${written} }` };
  }
  const before = entries[index];
  const first = entries[0]?.start ?? start + 1;
  if (before === undefined) return { start: first, end: first, text: `${written}, ` };
  const ownLine = isFirstOnLine(text, before.start) ? `${style.eol}${' '.repeat(columnOf(text, before.start))}` : ' ';
  return { start: before.end, end: before.end, text: `,${ownLine}${written}` };
}

/** After the line on which the entry ends, before whatever comments follow it. */
function addedOnLines(text: string, collection: Collection, entries: readonly Entry[], index: number, write: Writer, style: Style): Splice {
  const [first] = entries;
  if (first === undefined) throw new NotEditable('the mapping is empty');
  const indent = columnOf(text, first.start);
  if (/\t/.test(text.slice(lineStart(text, first.start), first.start))) throw new NotEditable('a tab stands before the first key on its line');
  const lines = write.lines(indent, style, isInLine(collection));
  const before = entries[index];
  if (before === undefined) return { start: first.start, end: first.start, text: `${lines.join(style.eol).trimStart()}${style.eol}${' '.repeat(indent)}` };
  const at = lineEnd(text, before.end);
  return { start: at, end: at, text: lines.map((line) => `${style.eol}${line}`).join('') };
}

/** Takes one entry of several away, with the lines that it stands on. */
export function removed(text: string, collection: Collection, index: number): Splice {
  const entries = entriesOf(text, collection);
  const [entry, before, next] = [entries[index], entries[index - 1], entries[index + 1]];
  if (entry === undefined) throw new NotEditable('the entry is not found');
  if (collection.flow === true) return before === undefined ? upToNext(text, entry, next) : sinceLast(text, before, entry);
  return isFirstOnLine(text, entry.start) ? wholeLines(text, entry.start, entry.end) : upToNext(text, entry, next);
}

/** Lines from the one to the other, with their ends. */
export function wholeLines(text: string, from: number, to: number): Splice {
  const start = lineStart(text, from);
  const end = text.indexOf('\n', to);
  if (end !== -1) return { start, end: end + 1, text: '' };
  return { start: start === 0 ? 0 : lineEnd(text, lineStart(text, start - 1)), end: text.length, text: '' };
}

function upToNext(text: string, { start, end }: Entry, next: Entry | undefined): Splice {
  if (next === undefined || !/^[\s,]*$/.test(text.slice(end, next.start))) throw new NotEditable('a comment stands behind what is to be removed');
  return { start, end: next.start, text: '' };
}

function sinceLast(text: string, before: Entry, { start, end }: Entry): Splice {
  if (!/^[\s,]*$/.test(text.slice(before.end, start))) throw new NotEditable('a comment stands before what is to be removed');
  return { start: before.end, end, text: '' };
}

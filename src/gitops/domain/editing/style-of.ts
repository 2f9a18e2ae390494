import { isMap, isScalar, isSeq, visit, type Document, type Node } from 'yaml';
import { columnOf, isBlock, itemsOf, pairsOf, type Collection } from './node-text.ts';
import { isPlain, type Quoting } from './write-scalar.ts';
import type { Style } from './write-value.ts';

const usual = { step: 2, listStep: 2 };

/** How a document is indented, by the first places that show it. */
export function styleOfDocument(text: string, document: Document.Parsed): Style {
  let [step, listStep]: readonly (number | null)[] = [null, null];
  visit(document, {
    Pair(_, pair) {
      const node = pair.value;
      if (!isBlock(node as Node | null) || !isScalar(pair.key)) return undefined; // the parser builds maps of nodes
      const by = columnOf(text, (node as Collection).range?.[0] ?? 0) - columnOf(text, pair.key.range?.[0] ?? 0);
      if (isMap(node) && by > 0) step ??= by;
      if (isSeq(node) && by >= 0) listStep ??= by;
      return step !== null && listStep !== null ? visit.BREAK : undefined;
    },
  });
  return { keys: 'plain', texts: 'plain', step: step ?? usual.step, listStep: listStep ?? usual.listStep, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** The same with the quotes of those beside whom something is added, where they have quotes that they do not need. */
export function styleBeside(style: Style, collection: Collection): Style {
  const keys = isMap(collection) ? pairsOf(collection).map(({ key }) => key) : [];
  const values = isMap(collection) ? pairsOf(collection).map(({ value }) => value) : itemsOf(collection);
  return { ...style, keys: quotingOf(keys), texts: quotingOf(values) };
}

const quotings: Readonly<Record<string, Quoting>> = { PLAIN: 'plain', QUOTE_SINGLE: 'single', QUOTE_DOUBLE: 'double' };

/** Null for a block of text. */
export function quotingAt(node: Node): Quoting | null {
  return isScalar(node) ? (quotings[node.type ?? 'PLAIN'] ?? null) : null;
}

function quotingOf(nodes: readonly (Node | null)[]): Quoting {
  const texts = nodes.flatMap((node) => (isScalar(node) && typeof node.value === 'string' ? [{ quoting: quotingAt(node), value: node.value }] : []));
  const [first] = texts;
  const isCommon = texts.every(({ quoting }) => quoting === first?.quoting) && texts.some(({ value }) => isPlain(value));
  return isCommon ? (first?.quoting ?? 'plain') : 'plain';
}

/** Whether what is added beside them goes into one line, as all of them do that could have gone on lines of their own. */
export function isInLine(collection: Collection): boolean {
  const nested = (isMap(collection) ? pairsOf(collection).map(({ value }) => value) : itemsOf(collection)).filter((node) => (isMap(node) || isSeq(node)) && node.items.length > 0);
  return nested.length > 0 && nested.every((node) => !isBlock(node));
}

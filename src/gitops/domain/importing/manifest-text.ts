import { Document, isMap, isScalar, isSeq, visit, type Node } from 'yaml';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { isPlain } from '../editing/write-scalar.ts';

/** A document of a file that is written for people, with words for whoever reads it. */
export interface NewManifest {
  readonly value: JsonObject;
  /** Above the document, a line each. */
  readonly above: readonly string[];
  /** Behind the value at a path. */
  readonly behind: readonly { readonly path: readonly string[]; readonly words: string }[];
}

const options = { lineWidth: 0, flowCollectionPadding: true, defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN' } as const;
const widest = 90;

/** YAML as the examples of the reference are written: small mappings in braces, everything else on lines of its own. */
export function manifestText(manifests: readonly NewManifest[]): string {
  return manifests.map(textOf).join('---\n');
}

function textOf({ value, above, behind }: NewManifest): string {
  const document = new Document(value);
  visit(document, {
    Scalar(key, node) {
      if (typeof node.value === 'string' && !isPlain(node.value)) node.type = 'QUOTE_DOUBLE';
      if (key === 'key' && typeof node.value === 'string' && isPlain(node.value)) node.type = 'PLAIN';
    },
    Collection(key, node) {
      const size = JSON.stringify(node.toJSON()).length;
      if (key !== null && size <= widest && isShallow(node.items)) node.flow = true;
    },
  });
  for (const { path, words } of behind) {
    const node: unknown = document.getIn(path, true);
    if (isScalar(node)) node.comment = ` ${shownLine(words)}`;
  }
  const head = above.map((line) => `# ${shownLine(line)}\n`).join('');
  return `${head}${document.toString(options)}`;
}

/** A mapping of plain values, or of one such mapping. */
function isShallow(items: readonly unknown[]): boolean {
  const nested = items.flatMap((item) => nodesOf(item)).filter((node) => (isMap(node) || isSeq(node)) && node.items.length > 0);
  return nested.length === 0 || (items.length === 1 && nested.every((node) => isMap(node) && node.items.every((item) => isScalar(item.value))));
}

function nodesOf(item: unknown): readonly Node[] {
  if (typeof item === 'object' && item !== null && 'value' in item && 'key' in item) return [item.value as Node]; // a pair of nodes
  return [item as Node]; // an item of a list of nodes
}

/** A comment ends with its line. */
function shownLine(words: string): string {
  return words.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}

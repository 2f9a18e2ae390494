import { isAlias, isMap, isScalar, type Document, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';

type NodePair = Pair<Node | null, Node | null>;

/** Where a value goes. Ranges of nodes are offsets in the text. */
export type Spot =
  | { readonly is: 'scalar'; readonly node: Scalar }
  /** The mapping lacks the first of these keys. */
  | { readonly is: 'missing'; readonly map: YAMLMap; readonly path: readonly string[] }
  /** The key has no value, or null; what is to be below it. */
  | { readonly is: 'empty'; readonly pair: NodePair; readonly node: Scalar | null; readonly path: readonly string[] }
  | { readonly is: 'refused'; readonly why: string };

/** Follows the path as far as it goes. What the file says in several places at once is refused, because a change there changes more. */
export function findSpot({ contents }: Document.Parsed, path: readonly string[]): Spot {
  let node: Node | null = contents;
  for (const [index, key] of path.entries()) {
    const why = sharedBy(node);
    if (why !== null) return { is: 'refused', why };
    if (!isMap(node)) return { is: 'refused', why: `\`${path.slice(0, index).join('.')}\` is no mapping` };
    // The parser builds maps of nodes.
    const pairs = node.items as NodePair[];
    if (pairs.some((pair) => isScalar(pair.key) && pair.key.value === '<<')) return { is: 'refused', why: 'a merge key stands there' };
    const [pair, second] = pairs.filter((one) => isScalar(one.key) && one.key.value === key);
    if (second !== undefined) return { is: 'refused', why: `\`${key}\` stands there twice` };
    const rest = path.slice(index + 1);
    if (pair === undefined) return { is: 'missing', map: node, path: path.slice(index) };
    const { value } = pair;
    if (value === null || (isScalar(value) && value.value === null && sharedBy(value) === null)) return { is: 'empty', pair, node: value, path: rest };
    node = value;
  }
  const why = sharedBy(node);
  if (why !== null) return { is: 'refused', why };
  return isScalar(node) ? { is: 'scalar', node } : { is: 'refused', why: `\`${path.join('.')}\` is no single value` };
}

function sharedBy(node: Node | null): string | null {
  if (isAlias(node)) return 'an alias stands there';
  if ((isMap(node) || isScalar(node)) && node.anchor !== undefined) return 'an anchor stands there, which other places may repeat';
  return node?.tag === undefined ? null : 'a tag stands there';
}

import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type LineCounter, type Node, type Pair, type Range, type Scalar } from 'yaml';
import { maxAliases, maxDepth, maxKeyLength, maxValues } from '../domain/limits.ts';
import type { ParsedDocument } from '../domain/parsed-file.ts';
import { pathPart } from '../domain/reading/fault.ts';

type Place = ParsedDocument['places'][string];

/** Something in the tree that is YAML and yet refused. */
interface NodeProblem {
  readonly code: string;
  readonly message: string;
  readonly expected: string | null;
  readonly hint: string | null;
  readonly place: Place;
  readonly path: string;
}

export interface Converted {
  readonly value: unknown;
  readonly places: Record<string, Place>;
  readonly problems: readonly NodeProblem[];
}

/** Thrown within this file only: going on would cost what the limits are there to save. */
class LimitReached extends Error {}

interface At {
  readonly path: string;
  readonly depth: number;
  /** Anchored nodes whose content is being written out, so that none contains itself. */
  readonly within: readonly Node[];
  /** What stands in an alias has the alias's place. */
  readonly aliased: Place | null;
}

interface Work {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly places: Record<string, Place>;
  readonly problems: NodeProblem[];
  values: number;
  aliases: number;
}

/** A YAML tree as plain JSON, with the place of every value and key. Aliases are written out, within limits. */
export function convert(document: Document.Parsed, lines: LineCounter): Converted {
  const work: Work = { document, lines, places: {}, problems: [], values: 0, aliases: 0 };
  let value: unknown = null;
  try {
    value = convertNode(work, document.contents, { path: '', depth: 1, within: [], aliased: null });
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
  }
  return { value, places: work.places, problems: work.problems };
}

export function placeOf(lines: LineCounter, range: Range | null | undefined): Place {
  const [start = 0, end = start] = range ?? [];
  const { line, col } = lines.linePos(start);
  return { line: Math.max(line, 1), column: Math.max(col, 1), endLine: Math.max(line, lines.linePos(Math.max(start, end - 1)).line, 1) };
}

function convertNode(work: Work, node: Node | null, at: At): unknown {
  work.values += 1;
  const place = at.aliased ?? placeOf(work.lines, node?.range);
  if (at.path !== '' && at.aliased === null) work.places[at.path] = place;
  if (work.values > maxValues) stop(work, at, place, 'too-many-values', `The file holds more than ${maxValues} values`, 'Split it into several files');
  if (at.depth > maxDepth) stop(work, at, place, 'too-deep', `The values are nested more than ${maxDepth} deep`, null);
  if (isAlias(node)) return convertAlias(work, node, at, place);
  if (node !== null && node.tag !== undefined && !coreTags.has(node.tag)) {
    report(work, at, place, 'custom-tag', 'Tags are not understood here', 'a plain value', 'Remove the tag');
    return null;
  }
  if (isMap(node)) return convertMap(work, node.items, at);
  if (isSeq(node)) return node.items.map((item, index) => convertNode(work, item as Node | null, below(at, index))); // the parser builds lists of nodes
  return isScalar(node) ? scalarValue(work, node, at, place) : null;
}

const coreTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`));

function convertAlias(work: Work, alias: Alias, at: At, place: Place): unknown {
  work.aliases += 1;
  if (work.aliases > maxAliases) stop(work, at, place, 'too-many-aliases', `The document has more than ${maxAliases} aliases`, 'Write the values out');
  const target = alias.resolve(work.document);
  if (target === undefined) {
    report(work, at, place, 'unknown-alias', 'The alias names no anchor above it', null, null);
    return null;
  }
  if (at.within.includes(target)) {
    report(work, at, place, 'alias-cycle', 'The alias stands within its own anchor', null, 'Write the value out');
    return null;
  }
  return convertNode(work, target, { ...at, depth: at.depth + 1, within: [...at.within, target], aliased: place });
}

function convertMap(work: Work, items: readonly Pair[], at: At): unknown {
  const entries = new Map<string, unknown>();
  for (const item of items) {
    // The parser builds maps of nodes.
    const pair = item as Pair<Node | null, Node | null>;
    const keyPlace = at.aliased ?? placeOf(work.lines, pair.key?.range);
    const key = keyOf(work, pair.key, at, keyPlace);
    if (key === null) continue;
    const next = below(at, key);
    if (entries.has(key)) {
      report(work, next, keyPlace, 'duplicate-key', 'The key is here twice', 'each key once', 'Remove one of them');
      continue;
    }
    if (at.aliased === null) work.places[`${next.path}#key`] = keyPlace;
    entries.set(key, convertNode(work, pair.value, next));
  }
  return Object.fromEntries(entries);
}

function keyOf(work: Work, key: Node | null, at: At, place: Place): string | null {
  if (!isScalar(key) || typeof key.value !== 'string') {
    report(work, at, place, 'key-not-text', 'A key is a text', 'a text', isScalar(key) ? 'Put it in quotes' : null);
    return null;
  }
  if (key.value === '<<') {
    report(work, at, place, 'merge-key', 'Merge keys are not understood here', 'the fields themselves', 'Write them out');
    return null;
  }
  if (key.value === '__proto__') {
    report(work, at, place, 'unsafe-key', 'This key has a meaning of its own in programs', 'another key', null);
    return null;
  }
  if (key.value.length <= maxKeyLength && key.value.isWellFormed()) return key.value;
  report(work, at, place, 'invalid-key', `The key has ${key.value.length} characters`, `at most ${maxKeyLength}, well-formed`, null);
  return null;
}

/** Joiners are left alone: several scripts are written with them. */
const hidden = /(?![\t\n\r])[\p{Cc}\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff]/u;

function scalarValue(work: Work, node: Scalar, at: At, place: Place): unknown {
  const { value, source = '' } = node;
  if (typeof value === 'number') return numberValue(work, value, source, at, place);
  if (typeof value !== 'string') return value ?? null;
  if (value.isWellFormed() && !hidden.test(value)) return value;
  report(work, at, place, 'hidden-character', 'There is a character here that cannot be seen', 'text', 'Remove the character');
  return value.toWellFormed();
}

/** `014`, `0o14`, `0x1F`, `.inf` and numbers that lose digits are read differently by different people and programs. */
function numberValue(work: Work, value: number, source: string, at: At, place: Place): unknown {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    report(work, at, place, 'number-out-of-range', 'The number is too large to be exact', 'at most 9007199254740991', 'Put it in quotes if it is a text');
    return null;
  }
  if (!/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(source)) {
    report(work, at, place, 'number-spelling', 'The number is not written in plain digits', `${value}`, 'Put it in quotes if it is a text');
  }
  return value;
}

function below(at: At, part: string | number): At {
  return { ...at, path: `${at.path}${pathPart(part, at.path === '')}`, depth: at.depth + 1 };
}

function report(work: Work, { path }: At, place: Place, code: string, message: string, expected: string | null, hint: string | null): void {
  if (work.problems.length < 200) work.problems.push({ code, message, expected, hint, place, path });
}

function stop(work: Work, at: At, place: Place, code: string, message: string, hint: string | null): never {
  work.problems.push({ code, message, expected: null, hint, place, path: at.path });
  throw new LimitReached(code);
}

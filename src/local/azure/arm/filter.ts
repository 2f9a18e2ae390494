/** An OData `$filter`, as far as Azure Resource Manager, Authorization and Monitor understand it. */
export type Filter = FilterJoin | FilterLeaf;
export type FilterLeaf = FilterComparison | FilterCall;

interface FilterJoin {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Filter[];
}

export interface FilterComparison {
  readonly kind: 'compare';
  readonly field: string;
  readonly operator: 'eq' | 'ne';
  readonly value: string;
}

interface FilterCall {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly string[];
}

const tokenPattern = /\s*(?:('(?:[^']|'')*')|([\w./-]+)|([(),]))/y;

/** Null when it is not such an expression. */
export function parseFilter(text: string): Filter | null {
  const tokens = tokenize(text);
  if (tokens === null) return null;
  const reader = { tokens, at: 0 };
  const filter = either(reader);
  return reader.at === tokens.length ? filter : null;
}

interface TokenReader {
  readonly tokens: readonly string[];
  at: number;
}

function tokenize(text: string): readonly string[] | null {
  const tokens: string[] = [];
  const pattern = new RegExp(tokenPattern);
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const match = pattern.exec(trimmed);
    if (match === null) return null;
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

function either(reader: TokenReader): Filter | null {
  return joined(reader, 'or', all);
}

function all(reader: TokenReader): Filter | null {
  return joined(reader, 'and', single);
}

function joined(reader: TokenReader, word: 'and' | 'or', part: (reader: TokenReader) => Filter | null): Filter | null {
  const parts: Filter[] = [];
  do {
    const next = part(reader);
    if (next === null) return null;
    parts.push(next);
  } while (take(reader, word));
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind: word, parts };
}

function single(reader: TokenReader): Filter | null {
  if (take(reader, '(')) {
    const inner = either(reader);
    return take(reader, ')') ? inner : null;
  }
  const name = reader.tokens[reader.at++];
  if (name === undefined || !/^\w/.test(name)) return null;
  if (take(reader, '(')) return call(reader, name);
  const operator = reader.tokens[reader.at++]?.toLowerCase();
  const value = reader.tokens[reader.at++];
  if ((operator !== 'eq' && operator !== 'ne') || value === undefined) return null;
  return { kind: 'compare', field: name, operator, value: literal(value) };
}

function call(reader: TokenReader, name: string): Filter | null {
  const values: string[] = [];
  while (!take(reader, ')')) {
    const value = reader.tokens[reader.at++];
    if (value === undefined) return null;
    values.push(literal(value));
    take(reader, ',');
  }
  return { kind: 'call', name, arguments: values };
}

function take(reader: TokenReader, word: string): boolean {
  if (reader.tokens[reader.at]?.toLowerCase() !== word) return false;
  reader.at += 1;
  return true;
}

function literal(token: string): string {
  return token.startsWith("'") ? token.slice(1, -1).replaceAll("''", "'") : token;
}

/** Decides by `test`, which says true, false or, for what it does not know, null; then the whole is null too. */
export function holds(filter: Filter, test: (leaf: FilterLeaf) => boolean | null): boolean | null {
  if (!('parts' in filter)) return test(filter);
  const results = filter.parts.map((part) => holds(part, test));
  if (results.includes(null)) return null;
  return filter.kind === 'and' ? results.every(Boolean) : results.some(Boolean);
}

/** Every comparison and call in it. */
export function leaves(filter: Filter): readonly FilterLeaf[] {
  return 'parts' in filter ? filter.parts.flatMap(leaves) : [filter];
}

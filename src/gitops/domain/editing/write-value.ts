import { isMapping } from './with-edits.ts';
import { writeScalar, type Quoting, type Scalar } from './write-scalar.ts';

/** How what is added is written: as its neighbours are. */
export interface Style {
  readonly keys: Quoting;
  readonly texts: Quoting;
  /** Spaces by which a mapping stands in from its key, and a list. */
  readonly step: number;
  readonly listStep: number;
  /** Line end. */
  readonly eol: string;
}

/** A value within a line: `{ a: b }`, `[a, b]`, `"8080"`. */
export function inLine(value: unknown, style: Style): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map((item) => inLine(item, inside(style))).join(', ')}]`;
  if (!isMapping(value)) return writeScalar(value as Scalar, style.texts); // plain JSON has nothing else
  const entries = Object.entries(value).map(([key, item]) => inLineEntry(key, item, inside(style)));
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

export function inLineEntry(key: string, value: unknown, style: Style): string {
  return `${writeScalar(key, style.keys)}: ${inLine(value, style)}`;
}

/** An entry of a mapping on lines of its own, each without its end. */
export function entryLines(key: string, value: unknown, indent: number, style: Style): readonly string[] {
  const head = `${' '.repeat(indent)}${writeScalar(key, style.keys)}:`;
  if (!isNested(value)) return [`${head} ${inLine(value, style)}`];
  return [head, ...blockLines(value, indent + (Array.isArray(value) ? style.listStep : style.step), inside(style))];
}

/** An item of a list on lines of its own: `- name: a`. */
export function itemLines(value: unknown, indent: number, style: Style): readonly string[] {
  const dash = `${' '.repeat(indent)}- `;
  if (!isNested(value)) return [`${dash}${inLine(value, style)}`];
  const [first = '', ...rest] = blockLines(value, indent + 2, inside(style));
  return [`${dash}${first.trimStart()}`, ...rest];
}

/** A mapping or a list that holds something, on lines of its own. */
export function blockLines(value: unknown, indent: number, style: Style): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, indent, style));
  return isMapping(value) ? Object.entries(value).flatMap(([key, item]) => entryLines(key, item, indent, style)) : [];
}

/** The quotes of neighbours say nothing about what is further inside. */
function inside(style: Style): Style {
  return { ...style, texts: 'plain' };
}

function isNested(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isMapping(value) && Object.keys(value).length > 0;
}

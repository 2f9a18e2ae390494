import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface SourcePattern {
  readonly source: string;
  readonly flags: string;
  /** `src/kernel/ids.ts:12`, every place where it stands. */
  readonly at: readonly string[];
}

export interface SourcePatterns {
  /** Each once: literals, constant texts that are given to `RegExp`, and the `pattern` of a shape. */
  readonly patterns: readonly SourcePattern[];
  /** Made of something that only a run knows: `src/kernel/bound-query.ts: new RegExp(...)`. */
  readonly computed: readonly string[];
}

type Take = (pattern: { readonly source: string; readonly flags: string } | { readonly computed: string }, node: ts.Node) => void;

/** Every regular expression of the product's own files, read by the compiler and not by another expression. */
export function patternsInSource(root: string): SourcePatterns {
  const found = new Map<string, { source: string; flags: string; at: string[] }>();
  const computed: string[] = [];
  for (const file of globSync('src/**/*.{ts,mjs}', { cwd: root }).filter((name) => !name.endsWith('.test.ts')).sort()) {
    const parsed = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
    visit(parsed, (pattern, node) => {
      if ('computed' in pattern) return void computed.push(`${file}: ${pattern.computed}`);
      const known = found.get(patternKey(pattern)) ?? { ...pattern, at: [] };
      known.at.push(`${file}:${parsed.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
      found.set(patternKey(pattern), known);
    });
  }
  return { patterns: [...found.values()], computed };
}

export function patternKey({ source, flags }: Pick<SourcePattern, 'source' | 'flags'>): string {
  return `/${source}/${flags}`;
}

function visit(node: ts.Node, take: Take): void {
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/');
    take({ source: node.text.slice(1, end), flags: node.text.slice(end + 1) }, node);
  }
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) visitCall(node, take);
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === 'pattern') {
    const text = constantText(node.initializer);
    if (text !== null) take({ source: text, flags: '' }, node);
  }
  ts.forEachChild(node, (child) => visit(child, take));
}

function visitCall(node: ts.NewExpression | ts.CallExpression, take: Take): void {
  if (!ts.isIdentifier(node.expression) || node.expression.text !== 'RegExp') return;
  const [source, flags] = node.arguments ?? [];
  const isConstant = source !== undefined && ts.isStringLiteralLike(source) && (flags === undefined || ts.isStringLiteralLike(flags));
  take(isConstant ? { source: source.text, flags: flags?.text ?? '' } : { computed: node.getText() }, node);
}

/** A text, also one that is written raw. */
function constantText(node: ts.Expression): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  const isRaw = ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'String.raw' && ts.isNoSubstitutionTemplateLiteral(node.template);
  return isRaw && ts.isNoSubstitutionTemplateLiteral(node.template) ? (node.template.rawText ?? null) : null;
}

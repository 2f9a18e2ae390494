import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** What calls say an error code with, and where among their arguments it stands. */
const says: Readonly<Record<string, number>> = { refused: 1, ArmError: 1, refusal: 2, noRecord: 0 };

interface Found {
  readonly code: string;
  readonly place: string;
}

interface CodesInSource {
  readonly codes: readonly Found[];
  /** Where a code is passed on that was said elsewhere. */
  readonly passedOn: readonly string[];
}

/** Every error code that the local Azure says, found by the ways of saying one. */
export function codesInSource(): CodesInSource {
  const files = globSync('src/local/azure/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
  const all = files.map((file) => codesIn(file, readFileSync(file, 'utf8')));
  return { codes: all.flatMap(({ codes }) => codes), passedOn: all.flatMap(({ passedOn }) => passedOn) };
}

export function codesIn(file: string, text: string): CodesInSource {
  const codes: Found[] = [];
  const passedOn: string[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const take = (said: ts.Expression | undefined) => {
    if (said === undefined) return;
    if (ts.isStringLiteralLike(said)) codes.push({ code: said.text, place: file });
    else if (ts.isNumericLiteral(said)) codes.push({ code: `AADSTS${said.text}`, place: file });
    else passedOn.push(`${file}: ${said.getText()}`);
  };
  const visit = (node: ts.Node): void => {
    const call = callOf(node);
    if (call !== null && call.name in says) take(call.arguments[says[call.name] ?? 0]);
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'code' && !isLookUp(node.parent)) take(node.initializer);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) codes.push(...[...node.text.matchAll(/\b(?:AKV|IDX)\d+/g)].map(([code]) => ({ code, place: file })));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { codes, passedOn };
}

function callOf(node: ts.Node): { readonly name: string; readonly arguments: readonly ts.Expression[] } | null {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return null;
  return { name: node.expression.getText(), arguments: [...(node.arguments ?? [])] };
}

/** What one part tells another, nobody outside. */
function isLookUp(object: ts.ObjectLiteralExpression): boolean {
  return object.properties.some((property) => property.name?.getText() === 'ok');
}

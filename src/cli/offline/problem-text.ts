import type { Problem } from '../../kernel/problem.ts';
import { visible } from './visible.ts';

export const problemFormats = ['human', 'json', 'github'] as const;
export type ProblemFormat = (typeof problemFormats)[number];

/** One problem as a person reads it in a terminal, with the lines of the file that show it. */
export function humanProblem({ severity, code, message, expected, hint, location: { file, line, column }, path }: Problem, shown: readonly string[] = []): string {
  const head = `${file}:${line}:${column} ${severity} ${code}${path === '' ? '' : ` at ${path}`}`;
  const rest = [message, ...(expected === null ? [] : [`expected: ${expected}`]), ...(hint === null ? [] : [`hint: ${hint}`])];
  return [head, ...shown, ...rest.map((text) => `  ${text}`)].map(visible).join('\n');
}

/** A workflow command: GitHub Actions shows it on the line of the pull request. */
export function githubProblem({ severity, code, message, expected, hint, location, path }: Problem): string {
  const text = [`${path === '' ? '' : `${path}: `}${message}`, ...(expected === null ? [] : [`Expected: ${expected}`]), ...(hint === null ? [] : [hint])].map(visible).join('\n');
  const properties = { file: location.file, line: location.line, endLine: location.endLine, col: location.column, title: `trueup ${code}` };
  const parts = Object.entries(properties).map(([key, value]) => `${key}=${escaped(visible(String(value)), true)}`);
  return `::${severity} ${parts.join(',')}::${escaped(text, false)}`;
}

/** Docs: actions/toolkit, command.ts. */
function escaped(text: string, property: boolean): string {
  const data = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return property ? data.replaceAll(':', '%3A').replaceAll(',', '%2C') : data;
}

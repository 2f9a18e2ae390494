import { lstat, readFile } from 'node:fs/promises';
import { maxFileBytes } from '../../gitops/domain/limits.ts';
import { secretIn } from '../../gitops/domain/reading/inline-secret.ts';
import type { Problem } from '../../kernel/problem.ts';
import { visible } from './visible.ts';

/** The line of a problem with a mark below its column; empty when it cannot be shown as it is, or must not be. */
export type Pointer = (problem: Problem) => readonly string[];

/** Reads the files of the problems, once each, and none that the manifests themselves are not read from. */
export async function pointerInto(problems: readonly Problem[]): Promise<Pointer> {
  const files = [...new Set(problems.map(({ location }) => location.file))];
  const texts = new Map(await Promise.all(files.map(async (file) => [file, await linesOf(file)] as const)));
  const secrets = problems.filter(({ code }) => code === 'inline-secret').map(({ location }) => location);
  return ({ location: { file, line, column } }) => {
    const text = texts.get(file)?.[line - 1] ?? '';
    const isSecret = secrets.some((one) => one.file === file && one.line <= line && line <= one.endLine) || mayBeSecret(text);
    if (text.trim() === '' || text.length > 160 || visible(text) !== text || isSecret) return [];
    return [`${String(line).padStart(5)} | ${text}`, `${' '.repeat(5)} | ${' '.repeat(column - 1)}^`];
  };
}

/** What is printed ends in the logs of somebody's CI: rather a line too few. */
function mayBeSecret(line: string): boolean {
  return secretIn(line, '') !== null || line.split(/[\s"',:=[\]{}@]+/).some((word) => secretIn(word, 'token') !== null);
}

async function linesOf(file: string): Promise<readonly string[]> {
  const stats = await lstat(file).catch(() => null);
  return stats?.isFile() && stats.size <= maxFileBytes ? (await readFile(file, 'utf8')).split(/\r?\n/) : [];
}

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GitFailed, gitText, runGit } from './git.ts';

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  /** Bytes; null for what is not a blob. */
  readonly size: number | null;
}

export async function readTree(directory: string, tree: string, options: { readonly recursive: boolean; readonly path?: string }): Promise<TreeEntry[]> {
  const flags = options.recursive ? ['-r', '-t'] : [];
  const paths = options.path === undefined ? [] : ['--', options.path];
  const { stdout } = await runGit(directory, ['ls-tree', '-z', '--long', '--full-tree', ...flags, tree, ...paths]);
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '')
    .map(parseEntry);
}

function parseEntry(line: string): TreeEntry {
  const tab = line.indexOf('\t');
  const [mode = '', type = '', sha = '', size = '-'] = line.slice(0, tab).split(/ +/);
  // ls-tree knows no other type.
  return { path: line.slice(tab + 1), mode, type: type as TreeEntry['type'], sha, size: size === '-' ? null : Number(size) };
}

/** Writes all contents with one process, in order. */
export async function writeBlobs(directory: string, contents: readonly Uint8Array[]): Promise<string[]> {
  if (contents.length === 0) return [];
  const stream = contents.flatMap((content, index) => [
    Buffer.from(`blob\nmark :${index + 1}\ndata ${content.byteLength}\n`),
    content,
    Buffer.from(`\nget-mark :${index + 1}\n`),
  ]);
  const text = await gitText(directory, ['fast-import', '--quiet', '--date-format=now'], { input: Buffer.concat([...stream, Buffer.from('done\n')]) });
  return text.split('\n');
}

export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  /** Null deletes. */
  readonly sha: string | null;
}

/** The tree `base` with changes. @throws GitFailed for a path that Git refuses (`..`, `.git`) or an object that is not there. */
export async function writeTree(directory: string, base: string | null, changes: readonly TreeChange[]): Promise<string> {
  // `update-index` ignores such a path without failing.
  const bad = changes.find(({ path }) => !isTreePath(path));
  if (bad) throw new GitFailed('update-index', null, `${bad.path} cannot be in a tree`);
  const index = join(directory, `index-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    if (base !== null) await runGit(directory, ['read-tree', base], { env });
    const lines = changes.map(({ path, mode, sha }) => (sha === null ? `0 ${'0'.repeat(40)}\t${path}` : `${mode} ${sha}\t${path}`));
    await runGit(directory, ['update-index', '--add', '--replace', '-z', '--index-info'], { env, input: lines.map((line) => `${line}\0`).join('') });
    return await gitText(directory, ['write-tree'], { env });
  } finally {
    await rm(index, { force: true });
  }
}

function isTreePath(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && name.toLowerCase() !== '.git');
}

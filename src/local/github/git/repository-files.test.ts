import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changedFiles } from './diff.ts';
import { runGit } from './git.ts';
import { objectReader, type ObjectReader } from './object-reader.ts';
import { readTree, writeBlobs, writeTree } from './trees.ts';

let directory: string;
let objects: ObjectReader;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trueup-git-'));
  await runGit(directory, ['init', '--quiet', '--bare']);
  objects = objectReader(directory);
});
afterAll(async () => {
  objects.close();
  await rm(directory, { recursive: true, force: true });
});

async function treeOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const shas = await writeBlobs(directory, Object.values(files).map((content) => Buffer.from(content)));
  return writeTree(directory, null, Object.keys(files).map((path, index) => ({ path, mode: '100644', sha: shas[index] ?? null })));
}

test('many objects of any size and content are read at once, each as it was written', async () => {
  const contents = [Buffer.alloc(0), Buffer.from('\n'), Buffer.from('a blob 1\nmissing\n'), Buffer.alloc(300_000, 'xy\n'), Buffer.from([0, 10, 255])];
  const shas = await writeBlobs(directory, contents);
  const read = await Promise.all([...shas, 'f'.repeat(40), ...shas].map((sha) => objects.read(sha)));
  expect(read.map((object) => object?.content.toString('base64') ?? null)).toEqual([...contents, null, ...contents].map((content) => content?.toString('base64') ?? null));
});

test('a name that would be two lines is no object', async () => {
  expect(await objects.read(`HEAD\n${'f'.repeat(40)}`)).toBeNull();
});

test('a difference knows additions, removals, renames, binaries and odd names', async () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
  const before = await treeOf({ 'gone.yaml': 'a\n', 'old name.yaml': `${lines}\n`, 'same.yaml': 's\n', 'bin': new Uint8Array([0, 1]), 'tab\there.yaml': '1\n' });
  const after = await treeOf({ 'new.yaml': 'one\ntwo\n', 'dir/new name.yaml': `${lines}\n`, 'same.yaml': 's\n', 'bin': new Uint8Array([0, 2]), 'tab\there.yaml': '2\n' });
  const files = await changedFiles(directory, before, after);
  expect(files.map(({ path, previousPath, status, additions, deletions, patch }) => ({ path, previousPath, status, additions, deletions, patch }))).toEqual([
    { path: 'bin', previousPath: null, status: 'modified', additions: 0, deletions: 0, patch: null },
    { path: 'dir/new name.yaml', previousPath: 'old name.yaml', status: 'renamed', additions: 0, deletions: 0, patch: null },
    { path: 'gone.yaml', previousPath: null, status: 'removed', additions: 0, deletions: 1, patch: '@@ -1 +0,0 @@\n-a' },
    { path: 'new.yaml', previousPath: null, status: 'added', additions: 2, deletions: 0, patch: '@@ -0,0 +1,2 @@\n+one\n+two' },
    { path: 'tab\there.yaml', previousPath: null, status: 'modified', additions: 1, deletions: 1, patch: '@@ -1 +1 @@\n-1\n+2' },
  ]);
});

test.each([
  { path: '../a', reason: 'leaves the tree' },
  { path: 'a/.GIT/config', reason: 'would be Git itself on some file systems' },
  { path: 'a//b', reason: 'has an empty component' },
  { path: '/a', reason: 'begins at the root' },
])('no tree with $path: it $reason', async ({ path }) => {
  await expect(treeOf({ [path]: 'x' })).rejects.toThrow(/cannot be in a tree/);
});

test('a tree is changed by path: a file becomes a folder, null deletes', async () => {
  const base = await treeOf({ 'a': '1', 'b/c': '2', 'd': '3' });
  const [sha = ''] = await writeBlobs(directory, [Buffer.from('4')]);
  const changed = await writeTree(directory, base, [{ path: 'd', mode: '100644', sha: null }, { path: 'a/e', mode: '100755', sha }]);
  expect((await readTree(directory, changed, { recursive: true })).map(({ path, mode }) => `${mode} ${path}`)).toEqual(['040000 a', '100755 a/e', '040000 b', '100644 b/c']);
});

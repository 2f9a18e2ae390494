import { describe, expect, test } from 'vitest';
import { fc, test as property } from '../../../test/support/property.ts';
import type { TreeEntry } from '../ports.ts';
import { changedPaths, mergedTree } from './merged-tree.ts';

type Files = Readonly<Record<string, string>>;

function tree(files: Files): readonly TreeEntry[] {
  return Object.entries(files).map(([path, sha]) => ({ path, mode: '100644', sha, size: 1 }));
}

function merged(ancestor: Files, base: Files, head: Files): { readonly files: Files; readonly both: readonly string[] } {
  const { entries, both } = mergedTree(tree(ancestor), tree(base), tree(head));
  return { files: Object.fromEntries(entries.map(({ path, sha }) => [path, sha])), both };
}

describe('merging trees', () => {
  test.each([
    { ancestor: { a: '1' }, base: { a: '1' }, head: { a: '2' }, files: { a: '2' }, both: [], reason: 'the head changed it' },
    { ancestor: { a: '1' }, base: { a: '2' }, head: { a: '1' }, files: { a: '2' }, both: [], reason: 'the base changed it' },
    { ancestor: { a: '1' }, base: { a: '2' }, head: { a: '2' }, files: { a: '2' }, both: [], reason: 'both changed it alike' },
    { ancestor: { a: '1' }, base: { a: '2' }, head: { a: '3' }, files: { a: '3' }, both: ['a'], reason: 'both changed it' },
    { ancestor: { a: '1' }, base: { a: '1' }, head: {}, files: {}, both: [], reason: 'the head removed it' },
    { ancestor: { a: '1' }, base: {}, head: { a: '1' }, files: {}, both: [], reason: 'the base removed it' },
    { ancestor: { a: '1' }, base: { a: '2' }, head: {}, files: {}, both: ['a'], reason: 'one changed what the other removed' },
    { ancestor: {}, base: { b: '1' }, head: { c: '1' }, files: { b: '1', c: '1' }, both: [], reason: 'each added another file' },
  ])('$reason', ({ ancestor, base, head, files, both }) => {
    expect(merged(ancestor, base, head)).toEqual({ files, both });
  });

  const files = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'), { maxKeys: 4 });

  property('a side that changed nothing changes nothing', () =>
    fc.assert(
      fc.property(files, files, (ancestor, other) => {
        expect(merged(ancestor, other, ancestor)).toEqual({ files: other, both: [] });
        expect(merged(ancestor, ancestor, other)).toEqual({ files: other, both: [] });
      }),
    ));

  property('what differs from the base was changed by the head', () =>
    fc.assert(
      fc.property(files, files, files, (ancestor, base, head) => {
        const { entries } = mergedTree(tree(ancestor), tree(base), tree(head));
        const byHead = changedPaths(tree(ancestor), tree(head));
        for (const path of changedPaths(tree(base), entries)) expect(byHead).toContain(path);
      }),
    ));
});

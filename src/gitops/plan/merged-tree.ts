import type { TreeEntry } from '../ports.ts';

export interface MergedTree {
  readonly entries: readonly TreeEntry[];
  /** Paths that both sides changed in different ways: the head's file was taken. */
  readonly both: readonly string[];
}

/**
 * What merging the head into the base gives, file by file: a head that is behind must not show what the base got since as its own.
 * Git also merges within a file, which this does not.
 */
export function mergedTree(ancestor: readonly TreeEntry[], base: readonly TreeEntry[], head: readonly TreeEntry[]): MergedTree {
  const [before, ours, theirs] = [byPath(ancestor), byPath(base), byPath(head)];
  const paths = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const both: string[] = [];
  const entries = paths.flatMap((path) => {
    const [was, mine, its] = [before.get(path), ours.get(path), theirs.get(path)];
    if (isSame(its, was) || isSame(mine, its)) return mine ?? [];
    if (!isSame(mine, was)) both.push(path);
    return its ?? [];
  });
  return { entries, both };
}

/** Paths whose entries differ. */
export function changedPaths(before: readonly TreeEntry[], after: readonly TreeEntry[]): ReadonlySet<string> {
  const [old, young] = [byPath(before), byPath(after)];
  const paths = [...new Set([...old.keys(), ...young.keys()])];
  return new Set(paths.filter((path) => !isSame(old.get(path), young.get(path))));
}

/** Folders are left out: their ids only sum up what is in them. */
function byPath(entries: readonly TreeEntry[]): ReadonlyMap<string, TreeEntry> {
  return new Map(entries.filter(({ mode }) => mode !== '040000').map((entry) => [entry.path, entry]));
}

function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode;
}

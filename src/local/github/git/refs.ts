import { gitText, runGit } from './git.ts';
import { noCommit } from './ref-name.ts';

export interface Ref {
  /** `refs/heads/main` */
  readonly name: string;
  readonly sha: string;
}

export interface RefUpdate {
  readonly ref: string;
  /** `noCommit` when the ref was made. */
  readonly before: string;
  /** `noCommit` when the ref was deleted. */
  readonly after: string;
}

/** Sorted by name; `prefixes` are whole path components, like `refs/heads`. */
export async function listRefs(directory: string, prefixes: readonly string[]): Promise<Ref[]> {
  const text = await gitText(directory, ['for-each-ref', '--format=%(refname)%00%(objectname)', ...prefixes]);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', sha = ''] = line.split('\0');
      return { name, sha };
    });
}

export async function readRef(directory: string, name: string): Promise<string | null> {
  const { exitCode, stdout } = await runGit(directory, ['show-ref', '--verify', '--hash', name], { accept: [1, 128] });
  return exitCode === 0 ? stdout.toString('utf8').trim() : null;
}

/** Compares before it sets: @throws GitFailed when somebody was faster. */
export async function updateRef(directory: string, { ref, before, after }: RefUpdate): Promise<void> {
  const args = after === noCommit ? ['-d', ref, before] : [ref, after, before];
  await runGit(directory, ['update-ref', ...args]);
}

/** What a push changed: the difference of two listings. */
export function refUpdates(before: readonly Ref[], after: readonly Ref[]): RefUpdate[] {
  const old = new Map(before.map(({ name, sha }) => [name, sha]));
  const made = after.filter(({ name, sha }) => old.get(name) !== sha).map(({ name, sha }) => ({ ref: name, before: old.get(name) ?? noCommit, after: sha }));
  const kept = new Set(after.map(({ name }) => name));
  const deleted = before.filter(({ name }) => !kept.has(name)).map(({ name, sha }) => ({ ref: name, before: sha, after: noCommit }));
  return [...made, ...deleted];
}

import { gitText, runGit } from './git.ts';
import type { ObjectReader } from './object-reader.ts';
import { isFullSha, isRefName, noCommit } from './ref-name.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  /** ISO-8601 in UTC. */
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

/** Null for what is not a commit, or not there. */
export async function readCommit(objects: ObjectReader, sha: string): Promise<Commit | null> {
  const object = isFullSha(sha) ? await objects.read(sha) : null;
  return object?.type === 'commit' ? parseCommit(object.sha, object.content.toString('utf8')) : null;
}

function parseCommit(sha: string, text: string): Commit {
  const split = text.indexOf('\n\n');
  const headers = (split < 0 ? text : text.slice(0, split)).split('\n');
  const all = (name: string): string[] => headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return {
    sha,
    tree: all('tree')[0] ?? noCommit,
    parents: all('parent'),
    author: parsePerson(all('author')[0] ?? ''),
    committer: parsePerson(all('committer')[0] ?? ''),
    message: split < 0 ? '' : text.slice(split + 2).replace(/\n$/, ''),
  };
}

function parsePerson(line: string): Person {
  const match = /^([^<]*)<([^>]*)> (\d+)/.exec(line);
  return { name: match?.[1]?.replace(/ $/, '') ?? '', email: match?.[2] ?? '', date: isoSeconds(Number(match?.[3] ?? 0) * 1000) };
}

/** GitHub's times have no fractions of a second. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** What a person names a commit by: a full sha, seven or more of its digits, a branch, a tag, `heads/…`, `refs/…`. */
export async function resolveCommit(objects: ObjectReader, name: string): Promise<Commit | null> {
  if (isFullSha(name)) return readCommit(objects, name);
  if (name !== 'HEAD' && !isRefName(name)) return null;
  const candidates = [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, ...(name === 'HEAD' || name.startsWith('refs/') ? [name] : [])];
  if (/^[0-9a-f]{7,39}$/.test(name)) candidates.push(name);
  for (const candidate of candidates) {
    const object = await objects.read(`${candidate}^{commit}`);
    if (object?.type === 'commit') return parseCommit(object.sha, object.content.toString('utf8'));
  }
  return null;
}

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
}

export function writeCommit(directory: string, commit: NewCommit): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent]);
  const env = {
    GIT_AUTHOR_NAME: commit.author.name,
    GIT_AUTHOR_EMAIL: commit.author.email,
    GIT_AUTHOR_DATE: commit.author.date,
    GIT_COMMITTER_NAME: commit.committer.name,
    GIT_COMMITTER_EMAIL: commit.committer.email,
    GIT_COMMITTER_DATE: commit.committer.date,
  };
  return gitText(directory, ['commit-tree', commit.tree, ...parents, '-F', '-'], { input: commit.message, env });
}

/** Newest first, at most `limit` of `head` without `exclude`; `path` keeps only commits that touch it. */
export async function listCommits(directory: string, range: { readonly heads: readonly string[]; readonly exclude?: readonly string[]; readonly path?: string; readonly limit: number }): Promise<string[]> {
  const excluded = (range.exclude ?? []).map((sha) => `^${sha}`);
  const paths = range.path === undefined ? [] : ['--', range.path];
  const text = await gitText(directory, ['rev-list', '--topo-order', `--max-count=${range.limit}`, ...range.heads, ...excluded, ...paths]);
  return text === '' ? [] : text.split('\n');
}

export async function countCommits(directory: string, from: string, to: string): Promise<number> {
  return Number(await gitText(directory, ['rev-list', '--count', to, `^${from}`]));
}

export async function mergeBase(directory: string, left: string, right: string): Promise<string | null> {
  const { stdout } = await runGit(directory, ['merge-base', left, right], { accept: [1] });
  return stdout.toString('utf8').trim() || null;
}

export async function isAncestor(directory: string, ancestor: string, of: string): Promise<boolean> {
  return (await runGit(directory, ['merge-base', '--is-ancestor', ancestor, of], { accept: [1] })).exitCode === 0;
}

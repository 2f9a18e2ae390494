import { runGit } from './git.ts';

export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** Absent for binary files and pure renames. */
  readonly patch: string | null;
}

const statuses: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', C: 'added', T: 'changed' };

/** Two commits or trees, as `git diff` sees them, with renames. */
export async function changedFiles(directory: string, from: string, to: string): Promise<ChangedFile[]> {
  const [listing, patches] = await Promise.all([
    runGit(directory, ['diff', '--no-ext-diff', '-M', '--raw', '--no-abbrev', '--numstat', '-z', from, to]),
    runGit(directory, ['diff', '--no-ext-diff', '--no-textconv', '-M', '--patch', '--no-color', from, to]),
  ]);
  const { raw, counts } = parseListing(listing.stdout.toString('utf8').split('\0'));
  const texts = splitPatches(patches.stdout.toString('utf8'));
  return raw.map((file, index) => ({ ...file, ...(counts[index] ?? { additions: 0, deletions: 0 }), patch: texts[index] ?? null }));
}

type RawFile = Omit<ChangedFile, 'additions' | 'deletions' | 'patch'>;
interface Counts {
  readonly additions: number;
  readonly deletions: number;
}

/** First `:modes shas STATUS\0path\0[path\0]` of every file, then `added\tdeleted\tpath\0`, or for a rename `added\tdeleted\t\0old\0new\0`. */
function parseListing(tokens: readonly string[]): { raw: RawFile[]; counts: Counts[] } {
  const raw: RawFile[] = [];
  const counts: Counts[] = [];
  let at = 0;
  const next = (): string => tokens[at++] ?? '';
  while (at < tokens.length) {
    const token = next();
    if (token.startsWith(':')) {
      const [, , before = '', after = '', letter = 'M'] = token.split(' ');
      const status = statuses[letter.charAt(0)] ?? 'modified';
      const first = next();
      const renamed = /^[RC]/.test(letter) ? next() : null;
      raw.push({ path: renamed ?? first, previousPath: status === 'renamed' ? first : null, status, sha: status === 'removed' ? before : after });
      continue;
    }
    const match = /^(\d+|-)\t(\d+|-)\t/.exec(token);
    if (!match) continue;
    if (token.endsWith('\t')) at += 2;
    counts.push({ additions: Number(match[1]) || 0, deletions: Number(match[2]) || 0 });
  }
  return { raw, counts };
}

/** Per file, from its first `@@`. A line of content never starts with `diff`: it has a sign or a space before it. */
function splitPatches(text: string): (string | null)[] {
  return text
    .split(/^diff --git .*\n/m)
    .slice(1)
    .map((part) => {
      const hunks = part.search(/^@@ /m);
      return hunks < 0 ? null : part.slice(hunks).replace(/\n$/, '');
    });
}

export interface CommitChanges {
  readonly sha: string;
  readonly added: string[];
  readonly modified: string[];
  readonly removed: string[];
}

/** What each commit did against its first parent, oldest first. */
export async function changesByCommit(directory: string, newestFirst: readonly string[]): Promise<CommitChanges[]> {
  if (newestFirst.length === 0) return [];
  const args = ['log', '--no-walk=unsorted', '--stdin', '-z', '--no-renames', '--name-status', '--diff-merges=first-parent', '--root', '--format=commit %H'];
  const { stdout } = await runGit(directory, args, { input: newestFirst.toReversed().map((sha) => `${sha}\n`).join('') });
  const tokens = stdout.toString('utf8').split('\0').map((token) => token.replace(/^\n/, ''));
  const commits: CommitChanges[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    const header = /^commit ([0-9a-f]{40})$/.exec(token);
    if (header) {
      commits.push({ sha: header[1] ?? '', added: [], modified: [], removed: [] });
    } else if (/^[AMDT]$/.test(token)) {
      at += 1;
      const commit = commits.at(-1);
      const list = token === 'A' ? commit?.added : token === 'D' ? commit?.removed : commit?.modified;
      list?.push(tokens[at] ?? '');
    }
  }
  return commits;
}

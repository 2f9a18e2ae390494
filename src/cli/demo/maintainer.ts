import { Octokit } from '@octokit/rest';

/** What a maintainer does and sees on GitHub, through its API with a personal token. */
export interface Maintainer {
  openPullRequest(branch: string, title: string, edits: Readonly<Record<string, (text: string) => string>>, body: string): Promise<OpenedPullRequest>;
  merge(number: number): Promise<string>;
  headOf(branch: string): Promise<string>;
  /** Null while there is no such check, or while it runs. */
  finishedCheck(commit: string, name: string): Promise<FinishedCheck | null>;
  /** Of a check that runs or has ended, what it says; null while there is none. Markdown. */
  checkText(commit: string, name: string): Promise<string | null>;
  /** The open pull request of a branch that begins so; null while there is none. */
  proposal(branch: string): Promise<ProposedPullRequest | null>;
  /** A file on the default branch, or at another branch or commit. */
  file(path: string, at?: string): Promise<string>;
  /** The files that a pull request changes, each with its hunks as GitHub shows them. */
  changes(number: number): Promise<readonly { readonly path: string; readonly patch: string }[]>;
  /** Comments on the pull request. */
  say(number: number, text: string): Promise<void>;
  /** The App's comment on the pull request; null while there is none. */
  comment(number: number): Promise<{ readonly body: string; readonly url: string } | null>;
}

export interface OpenedPullRequest {
  readonly number: number;
  readonly url: string;
  readonly head: string;
}

interface ProposedPullRequest extends OpenedPullRequest {
  readonly title: string;
  readonly author: string;
  /** Markdown. */
  readonly body: string;
}

export interface FinishedCheck {
  readonly conclusion: string;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly url: string;
  /** ISO-8601. */
  readonly completedAt: string;
}

export function maintainerOf(api: string, token: string, owner: string, repo: string): Maintainer {
  const octokit = new Octokit({ baseUrl: api, auth: token, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const at = { owner, repo };
  return {
    async openPullRequest(branch, title, edits, body) {
      const base = await octokit.git.getRef({ ...at, ref: 'heads/main' });
      await octokit.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha: base.data.object.sha });
      for (const [path, edit] of Object.entries(edits)) await editFile(octokit, { ...at, branch, path }, edit);
      const { data } = await octokit.pulls.create({ ...at, base: 'main', head: branch, title, body });
      return { number: data.number, url: data.html_url, head: data.head.sha };
    },
    async merge(number) {
      const { data } = await octokit.pulls.merge({ ...at, pull_number: number, merge_method: 'merge' });
      return data.sha;
    },
    async headOf(branch) {
      return (await octokit.git.getRef({ ...at, ref: `heads/${branch}` })).data.object.sha;
    },
    async finishedCheck(commit, name) {
      const { data } = await octokit.checks.listForRef({ ...at, ref: commit, check_name: name });
      const [check] = data.check_runs;
      if (!check || check.status !== 'completed') return null;
      return { conclusion: check.conclusion ?? 'none', title: check.output.title ?? '', summary: check.output.summary ?? '', url: check.html_url ?? '', completedAt: check.completed_at ?? '' };
    },
    async checkText(commit, name) {
      const { data } = await octokit.checks.listForRef({ ...at, ref: commit, check_name: name });
      return data.check_runs[0]?.output.summary ?? null;
    },
    async proposal(branch) {
      const { data } = await octokit.pulls.list({ ...at, state: 'open' });
      const found = data.find(({ head }) => head.ref.startsWith(branch));
      return found ? { number: found.number, url: found.html_url, head: found.head.sha, title: found.title, author: found.user?.login ?? '', body: found.body ?? '' } : null;
    },
    async file(path, ref = 'main') {
      return (await readFile(octokit, { ...at, path, branch: ref })).text;
    },
    async changes(number) {
      const { data } = await octokit.pulls.listFiles({ ...at, pull_number: number });
      return data.map(({ filename, patch = '' }) => ({ path: filename, patch }));
    },
    async say(number, text) {
      await octokit.issues.createComment({ ...at, issue_number: number, body: text });
    },
    async comment(number) {
      const { data } = await octokit.issues.listComments({ ...at, issue_number: number });
      const comment = data.find(({ user }) => user?.type === 'Bot');
      return comment ? { body: comment.body ?? '', url: comment.html_url } : null;
    },
  };
}

interface FilePlace {
  readonly owner: string;
  readonly repo: string;
  readonly branch: string;
  readonly path: string;
}

async function readFile(octokit: Octokit, { branch, ...place }: FilePlace): Promise<{ readonly text: string; readonly sha: string | null }> {
  const existing = await octokit.repos.getContent({ ...place, ref: branch }).then(({ data }) => data, (error: { status?: number }) => {
    if (error.status === 404) return null;
    throw error;
  });
  const file = existing && !Array.isArray(existing) && existing.type === 'file' ? existing : null;
  return { text: file ? Buffer.from(file.content, 'base64').toString('utf8') : '', sha: file?.sha ?? null };
}

async function editFile(octokit: Octokit, place: FilePlace, edit: (text: string) => string): Promise<void> {
  const { text: before, sha } = await readFile(octokit, place);
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${place.path} changes nothing`);
  const message = `${sha === null ? 'Add' : 'Change'} ${place.path}`;
  const content = Buffer.from(after, 'utf8').toString('base64');
  await octokit.repos.createOrUpdateFileContents({ ...place, message, content, ...(sha !== null && { sha }) });
}

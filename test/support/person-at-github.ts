import type { GitHubBench } from './local-github.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';

export interface PullSeen {
  readonly number: number;
  readonly state: 'open' | 'closed';
  readonly merged_at: string | null;
  readonly title: string;
  readonly user: { readonly login: string; readonly type: string };
  readonly head: { readonly ref: string; readonly sha: string };
}

/** Somebody with a personal token. Each method answers whether GitHub let them; what GitHub refuses is no fault. */
export interface PersonAtGitHub {
  pulls(): Promise<readonly PullSeen[]>;
  /** Null for a file that is not there. */
  text(path: string, ref: string): Promise<string | null>;
  /** One commit on the branch. */
  write(path: string, branch: string, text: string): Promise<boolean>;
  branchFrom(name: string, from: string): Promise<boolean>;
  /** By force; null deletes it. */
  setBranch(name: string, sha: string | null): Promise<boolean>;
  openPull(branch: string): Promise<boolean>;
  setPull(number: number, state: 'open' | 'closed'): Promise<boolean>;
  merge(number: number): Promise<boolean>;
  say(number: number, body: string): Promise<boolean>;
  comments(number: number): Promise<readonly CommentSeen[]>;
  /** Null deletes it. */
  setComment(id: number, body: string | null): Promise<boolean>;
  checks(ref: string): Promise<readonly { readonly id: number; readonly name: string; readonly actions?: unknown }[]>;
  runAgain(checkRunId: number): Promise<boolean>;
  press(checkRunId: number, button: string): Promise<boolean>;
}

export interface CommentSeen {
  readonly id: number;
  readonly body: string;
  readonly performed_via_github_app: { readonly id: number } | null;
}

export function personAtGitHub({ github }: GitHubBench, { owner, name }: LocalRepository, token: string): PersonAtGitHub {
  async function call(method: string, url: string, body?: object): Promise<{ readonly ok: boolean; readonly data: unknown }> {
    const answer = await fetch(url, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (answer.status >= 500) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return { ok: answer.ok, data: text === '' ? null : JSON.parse(text) };
  }
  const rest = (method: string, path: string, body?: object) => call(method, `${github.api}/repos/${owner}/${name}${path}`, body);
  const did = async (...of: Parameters<typeof rest>): Promise<boolean> => (await rest(...of)).ok;
  // The shapes are GitHub's documented ones; the contract suites hold the local GitHub to them.
  const seen = async <T>(path: string): Promise<T | null> => {
    const { ok, data } = await rest('GET', path);
    return ok ? (data as T) : null;
  };
  const file = (path: string, ref: string) => seen<{ readonly sha: string; readonly content: string }>(`/contents/${path}?ref=${encodeURIComponent(ref)}`);
  return {
    pulls: async () => (await seen<readonly PullSeen[]>('/pulls?state=all&per_page=100')) ?? [],
    async text(path, ref) {
      const found = await file(path, ref);
      return found && Buffer.from(found.content, 'base64').toString();
    },
    async write(path, branch, text) {
      const found = await file(path, branch);
      return did('PUT', `/contents/${path}`, { message: `Change ${path}`, branch, content: Buffer.from(text).toString('base64'), ...(found && { sha: found.sha }) });
    },
    async branchFrom(branch, from) {
      const ref = await seen<{ readonly object: { readonly sha: string } }>(`/git/ref/heads/${from}`);
      return ref !== null && did('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: ref.object.sha });
    },
    setBranch: (branch, sha) => (sha === null ? did('DELETE', `/git/refs/heads/${branch}`) : did('PATCH', `/git/refs/heads/${branch}`, { sha, force: true })),
    openPull: (branch) => did('POST', '/pulls', { title: branch, head: branch, base: 'main' }),
    setPull: (number, state) => did('PATCH', `/pulls/${number}`, { state }),
    merge: (number) => did('PUT', `/pulls/${number}/merge`, {}),
    say: (number, body) => did('POST', `/issues/${number}/comments`, { body }),
    comments: async (number) => (await seen<readonly CommentSeen[]>(`/issues/${number}/comments?per_page=100`)) ?? [],
    setComment: (id, body) => (body === null ? did('DELETE', `/issues/comments/${id}`) : did('PATCH', `/issues/comments/${id}`, { body })),
    checks: async (ref) => (await seen<{ readonly check_runs: readonly { readonly id: number; readonly name: string }[] }>(`/commits/${encodeURIComponent(ref)}/check-runs?per_page=100`))?.check_runs ?? [],
    runAgain: async (id) => (await call('POST', `${github.url}/local/check-runs/${id}/rerequest`)).ok,
    press: async (id, identifier) => (await call('POST', `${github.url}/local/check-runs/${id}/actions`, { identifier })).ok,
  };
}

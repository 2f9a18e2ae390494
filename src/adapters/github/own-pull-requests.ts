import type { Proposal, Proposed } from '../../gitops/ports.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { GitHubClients } from './client.ts';
import type { Repositories } from './repositories.ts';

export interface PullRequestSeen {
  readonly number: number;
  readonly url: string;
  readonly state: Proposed['state'];
  readonly headSha: string;
  readonly title: string;
  readonly body: string;
  /** Opened by this App. */
  readonly byApp: boolean;
}

/** Pull requests, each with whether this App opened it. */
export interface OwnPullRequests {
  byNumber(tenant: TenantId, number: number): Promise<PullRequestSeen>;
  /** The open one of the branch; null for none. */
  openFor(tenant: TenantId, of: Pick<Proposal, 'branch' | 'baseRef'>): Promise<PullRequestSeen | null>;
  open(tenant: TenantId, proposal: Pick<Proposal, 'branch' | 'baseRef' | 'title' | 'body'>, signal: AbortSignal): Promise<PullRequestSeen>;
  edit(tenant: TenantId, number: number, change: { readonly title?: string; readonly body?: string; readonly state?: 'closed' }, signal: AbortSignal): Promise<PullRequestSeen>;
}

export function pullRequestsOfApp(repositories: Repositories, clients: GitHubClients): OwnPullRequests {
  let slug: string | null = null;
  /** What an App does with an installation's token is done by the account `<slug>[bot]`. */
  const botLogin = async (): Promise<string> => {
    if (slug === null) {
      const client = await clients.app();
      slug = (await client.rest.apps.getAuthenticated()).data?.slug ?? '';
    }
    return `${slug}[bot]`;
  };
  const seen = async (tenant: TenantId, what: string, call: Parameters<typeof repositories.call<PullAnswer>>[2]): Promise<PullRequestSeen> => {
    const pull = await repositories.call(tenant, what, call);
    return seenOf(pull, await repositories.call(tenant, 'reading the App', botLogin));
  };
  return {
    byNumber: (tenant, number) => seen(tenant, 'reading a pull request', async (client, at) => (await client.rest.pulls.get({ ...at, pull_number: number })).data),
    async openFor(tenant, { branch, baseRef }) {
      const { data } = await repositories.call(tenant, 'listing pull requests', (client, at) => client.rest.pulls.list({ ...at, state: 'open', head: `${at.owner}:${branch}`, base: baseRef, per_page: 1 }));
      const [pull] = data;
      return pull === undefined ? null : seenOf(pull, await repositories.call(tenant, 'reading the App', botLogin));
    },
    open: (tenant, { branch, baseRef, title, body }, signal) =>
      seen(tenant, 'opening a pull request', async (client, at) => (await client.rest.pulls.create({ ...at, head: branch, base: baseRef, title, body, request: { signal } })).data),
    edit: (tenant, number, change, signal) =>
      seen(tenant, 'editing a pull request', async (client, at) => (await client.rest.pulls.update({ ...at, pull_number: number, ...change, request: { signal } })).data),
  };
}

interface PullAnswer {
  readonly number: number;
  readonly html_url: string;
  readonly state: string;
  readonly merged_at: string | null;
  readonly title: string;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly head: { readonly sha: string };
}

function seenOf({ number, html_url: url, state, merged_at: mergedAt, title, body, user, head }: PullAnswer, bot: string): PullRequestSeen {
  const standing = state === 'open' ? 'open' : mergedAt === null ? 'closed' : 'merged';
  return { number, url, state: standing, headSha: head.sha, title, body: body ?? '', byApp: user?.login === bot };
}

export function proposedOf({ number, url, state, headSha }: PullRequestSeen, isOurs: boolean): Proposed {
  return { number, url, state, headSha, isOurs };
}

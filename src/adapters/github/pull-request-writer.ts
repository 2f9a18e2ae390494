import type { Proposal, Proposals, Proposed, ProposedFile } from '../../gitops/ports.ts';
import { Rejected } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { branchMover, type BranchMover } from './branch-mover.ts';
import type { GitHubClients } from './client.ts';
import { proposedOf, pullRequestsOfApp, type OwnPullRequests, type PullRequestSeen } from './own-pull-requests.ts';
import type { Repositories } from './repositories.ts';

/** The platform's own signal in place of the kernel's. */
export interface PullRequestWriter {
  commit(tenant: TenantId, change: Parameters<Proposals['commit']>[1], signal: AbortSignal): Promise<string>;
  propose(tenant: TenantId, proposal: Proposal, signal: AbortSignal): Promise<Proposed | null>;
  close(tenant: TenantId, number: number, ours: readonly string[], signal: AbortSignal): Promise<Proposed>;
}

/** Only these branches are this App's: what it may write beyond them is nobody's wish. */
const ownBranches = /^trueup(?:\/[a-z0-9][a-z0-9-]*)+$/;

/** @see Proposals */
export function pullRequestWriter(repositories: Repositories, clients: GitHubClients): PullRequestWriter {
  const pulls = pullRequestsOfApp(repositories, clients);
  const branches = branchMover(repositories);
  return {
    commit: (tenant, change, signal) => commit(repositories, tenant, change, signal),
    propose: (tenant, proposal, signal) => propose(pulls, branches, tenant, proposal, signal),
    async close(tenant, number, ours, signal) {
      const seen = await pulls.byNumber(tenant, number);
      const isOurs = seen.byApp && ours.includes(seen.headSha);
      if (seen.state !== 'open' || !isOurs) return proposedOf(seen, isOurs);
      return proposedOf(await pulls.edit(tenant, number, { state: 'closed' }, signal), true);
    },
  };
}

/** Author and committer are left to GitHub: it signs such a commit as the App's, which a branch may insist on. */
async function commit(repositories: Repositories, tenant: TenantId, { base, message, files }: Parameters<Proposals['commit']>[1], signal: AbortSignal): Promise<string> {
  const tree = await repositories.call(tenant, 'writing a tree', (client, at) =>
    client.rest.git.createTree({ ...at, base_tree: base, tree: files.map(entryOf), request: { signal } }),
  );
  const { data } = await repositories.call(tenant, 'writing a commit', (client, at) =>
    client.rest.git.createCommit({ ...at, message, tree: tree.data.sha, parents: [base], request: { signal } }),
  );
  return data.sha;
}

/** A text goes along with the tree: a blob of its own would be another request that counts as content. */
function entryOf({ path, mode, content }: ProposedFile) {
  if (mode !== '100644' && mode !== '100755') throw new Rejected('only regular files are proposed', { code: 'NotAFile' });
  const entry = { path, mode, type: 'blob' } as const;
  if (content === null) return { ...entry, sha: null };
  return 'blob' in content ? { ...entry, sha: content.blob } : { ...entry, content: content.text };
}

async function propose(pulls: OwnPullRequests, branches: BranchMover, tenant: TenantId, proposal: Proposal, signal: AbortSignal): Promise<Proposed | null> {
  if (!ownBranches.test(proposal.branch)) throw new RangeError(`${proposal.branch} is no branch of this App`);
  const known = proposal.number === null ? null : await pulls.byNumber(tenant, proposal.number);
  // Somebody ended it a moment ago: another one in its place is for the caller to want.
  if (known !== null && known.state !== 'open') return proposedOf(known, proposal.ours.includes(known.headSha));
  const isOurs = await branches.bring(tenant, proposal, signal);
  const open = known === null ? await pulls.openFor(tenant, proposal) : { ...known, headSha: isOurs ? proposal.commit : known.headSha };
  if (open === null) return isOurs ? proposedOf(await pulls.open(tenant, proposal, signal), true) : null;
  if (!open.byApp) return proposedOf(open, false);
  return proposedOf(await edited(pulls, tenant, open, proposal, isOurs, signal), isOurs);
}

async function edited(pulls: OwnPullRequests, tenant: TenantId, open: PullRequestSeen, { title, body, bodyWhenLeft }: Proposal, isOurs: boolean, signal: AbortSignal): Promise<PullRequestSeen> {
  const text = isOurs ? { title, body } : { title: open.title, body: bodyWhenLeft };
  return open.title === text.title && open.body === text.body ? open : pulls.edit(tenant, open.number, text, signal);
}

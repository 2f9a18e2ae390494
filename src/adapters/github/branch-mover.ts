import type { Proposal } from '../../gitops/ports.ts';
import { Rejected } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Repositories } from './repositories.ts';

export interface BranchMover {
  /** Brings the branch to the commit. @returns false, and leaves it, when it stands at a commit that is not ours. */
  bring(tenant: TenantId, proposal: Pick<Proposal, 'branch' | 'commit' | 'ours'>, signal: AbortSignal): Promise<boolean>;
}

/**
 * GitHub moves a branch by force without asking where it stood, so that it is looked at just before: what somebody pushes between the
 * two requests would be taken off the branch. It stays in the pull request's history.
 */
export function branchMover(repositories: Repositories): BranchMover {
  return {
    async bring(tenant, { branch, commit, ours }, signal) {
      const found = await repositories.callOrNull(tenant, 'reading a branch', (client, at) => client.rest.git.getRef({ ...at, ref: `heads/${branch}` }));
      const head = found?.data.object.sha ?? null;
      if (head === commit) return true;
      if (head !== null && !ours.includes(head)) return false;
      const move = repositories.call(tenant, 'moving a branch', async (client, at) => {
        if (head === null) await client.rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha: commit, request: { signal } });
        else await client.rest.git.updateRef({ ...at, ref: `heads/${branch}`, sha: commit, force: true, request: { signal } });
      });
      return move.then(() => true, async (error: unknown) => {
        if (head === null && error instanceof Rejected && (await isBelowAnother(repositories, tenant, branch))) return false;
        throw error;
      });
    },
  };
}

/** Git knows no `a/b` where there is a branch `a`, which is somebody else's. */
async function isBelowAnother(repositories: Repositories, tenant: TenantId, branch: string): Promise<boolean> {
  const parts = branch.split('/');
  const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  const found = await Promise.all(above.map((name) => repositories.callOrNull(tenant, 'reading a branch', (client, at) => client.rest.git.getRef({ ...at, ref: `heads/${name}` }))));
  return found.some((one) => one !== null);
}

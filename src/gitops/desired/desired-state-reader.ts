import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { Rejected } from '../../kernel/errors.ts';
import type { DesiredStateReader, Store } from '../../kernel/ports.ts';
import { loadRepositorySync } from '../records/repository-sync.ts';
import type { CommitReader } from './commit-reader.ts';
import { withRemembered } from './remembered.ts';
import { standingOf } from './standing.ts';

/**
 * What Git declares, for every context. Costs nothing while the commit is known to the process; otherwise one tree and the blobs
 * that are not cached.
 */
export function desiredStateReader(commits: CommitReader, store: Store): DesiredStateReader {
  const at = async (tenantId: TenantId, environment: string, commit: string): Promise<DesiredEnvironment | null> => {
    const state = await commits.at(repositoryTenantId(tenantId), commit);
    switch (standingOf(state, environment)) {
      case 'absent':
        return null;
      case 'wrong':
        throw new Rejected('the environment is declared wrongly at this commit', { code: 'invalid-manifest' });
      case 'declared':
        return state.environments.get(environment) ?? null;
    }
  };
  return {
    at,
    async current(tenantId, environment) {
      const { value: sync } = await loadRepositorySync(store, tenantId);
      if (sync === null) return null;
      const synced = sync.environments[environment];
      if (synced === undefined) return { commit: sync.commit, generation: sync.generation, environment: null };
      // What became wrong since it was synced stays as it was: the environment's own last good commit.
      const declared = await at(tenantId, environment, synced.commit);
      return { commit: synced.commit, generation: sync.generation, environment: declared && withRemembered(declared, synced, true) };
    },
  };
}

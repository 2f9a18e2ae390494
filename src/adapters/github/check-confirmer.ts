import type { TenantId } from '../../kernel/ids.ts';
import { readCheckMark } from './check-mark.ts';
import type { Repositories } from './repositories.ts';

type ConfirmChecks = (tenant: TenantId, commit: string, signal: AbortSignal) => Promise<void>;

/**
 * Completes each check of this App at the commit again as it was. A person's "re-run" puts the suite back to queued, and only a write
 * ends that; a write of the same content is otherwise left out. How each ended is read from its mark, because GitHub may have cleared it.
 * https://docs.github.com/rest/checks/suites#rerequest-a-check-suite
 */
export function checkConfirmer(repositories: Repositories, appId: number): ConfirmChecks {
  return async (tenant, commit, signal) => {
    const runs = await repositories.call(tenant, 'listing checks', (client, at) =>
      client.paginate(client.rest.checks.listForRef, { ...at, ref: commit, app_id: appId, filter: 'latest', per_page: 100 }),
    );
    for (const { id, external_id: externalId } of runs) {
      const { conclusion } = readCheckMark(externalId);
      if (conclusion === null) continue;
      await repositories.call(tenant, 'completing a check', (client, at) =>
        client.rest.checks.update({ ...at, check_run_id: id, status: 'completed', conclusion, request: { signal } }),
      );
    }
  };
}

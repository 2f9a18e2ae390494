import type { InstallationReader } from '../../gitops/ports.ts';
import { tenantScope } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { GitHubClients } from './client.ts';
import { translated } from './translate.ts';

export interface Installations extends InstallationReader {
  /** Ids of every installation that is not suspended. */
  all(): Promise<readonly number[]>;
}

export function installationsOf(clients: GitHubClients, clock: Clock): Installations {
  const asKernelError = (what: string) => (error: unknown): never => {
    throw translated(error, what, clock.now());
  };
  return {
    async all() {
      const client = await clients.app();
      const list = await client.paginate(client.rest.apps.listInstallations, { per_page: 100 }).catch(asKernelError('listing installations'));
      return list.filter(({ suspended_at: suspendedAt }) => !suspendedAt).map(({ id }) => id);
    },
    async repositories(tenant) {
      const client = await clients.installation(tenantScope(tenant).installationId);
      const list = await client.paginate(client.rest.apps.listReposAccessibleToInstallation, { per_page: 100 }).catch(asKernelError('listing repositories'));
      return list.map(({ id }) => id);
    },
  };
}

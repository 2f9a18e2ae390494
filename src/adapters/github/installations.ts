import type { InstallationReader } from '../../gitops/ports.ts';
import { tenantScope } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { GitHubClients } from './client.ts';
import { isStatus, translated } from './translate.ts';

export interface Installations extends InstallationReader {
  /** Ids of every installation that is not suspended. */
  all(): Promise<readonly number[]>;
  /** False for one that is suspended or was removed. */
  isActive(id: number): Promise<boolean>;
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
    async isActive(id) {
      const client = await clients.app();
      try {
        const { data } = await client.rest.apps.getInstallation({ installation_id: id });
        return !data.suspended_at;
      } catch (error) {
        return isStatus(error, 404) ? false : asKernelError('reading an installation')(error);
      }
    },
    async repositories(tenant) {
      const client = await clients.installation(tenantScope(tenant).installationId);
      const list = await client.paginate(client.rest.apps.listReposAccessibleToInstallation, { per_page: 100 }).catch(asKernelError('listing repositories'));
      return list.map(({ id }) => id);
    },
  };
}

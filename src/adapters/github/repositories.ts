import { Rejected } from '../../kernel/errors.ts';
import { tenantScope, type TenantId } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { GitHubClient, GitHubClients } from './client.ts';
import { isStatus, translated } from './translate.ts';

/** A repository as its id names it just now: owners and names can change hands. */
interface RepositoryNames {
  readonly owner: string;
  readonly repo: string;
  readonly defaultBranch: string;
  readonly htmlUrl: string;
}

export interface Repositories {
  names(tenant: TenantId): Promise<RepositoryNames>;
  /** Runs calls for the tenant's repository with its own installation's token. Errors come out as `kernel/errors.ts`. */
  call<T>(tenant: TenantId, what: string, calls: Calls<T>): Promise<T>;
  /** The same; null for a 404. */
  callOrNull<T>(tenant: TenantId, what: string, calls: Calls<T>): Promise<T | null>;
}

type Calls<T> = (client: GitHubClient, at: Pick<RepositoryNames, 'owner' | 'repo'>) => Promise<T>;

/** Names and default branches change rarely; what is read under an old name answers 301 or 404 and is asked again after this long. */
const rememberMs = 60_000;

export function repositoriesOf(clients: GitHubClients, clock: Clock): Repositories {
  const known = new Map<TenantId, { readonly names: RepositoryNames; readonly until: number }>();

  async function names(tenant: TenantId): Promise<RepositoryNames> {
    const remembered = known.get(tenant);
    if (remembered && remembered.until > clock.now()) return remembered.names;
    const { installationId, repositoryId } = tenantScope(tenant);
    if (repositoryId === null) throw new RangeError(`${tenant} names no repository`);
    const client = await clients.installation(installationId);
    const { data } = await client.request('GET /repositories/{repository_id}', { repository_id: repositoryId }).catch((error: unknown) => {
      if (isStatus(error, 404)) throw new Rejected('the App is not installed on the repository any more', { code: 'NotInstalled' }, error);
      throw translated(error, 'reading the repository', clock.now());
    });
    const found = { owner: data.owner.login, repo: data.name, defaultBranch: data.default_branch, htmlUrl: data.html_url };
    known.set(tenant, { names: found, until: clock.now() + rememberMs });
    return found;
  }

  async function run<T>(tenant: TenantId, calls: Calls<T>): Promise<T> {
    const { owner, repo } = await names(tenant);
    return calls(await clients.installation(tenantScope(tenant).installationId), { owner, repo });
  }

  return {
    names,
    call: (tenant, what, calls) =>
      run(tenant, calls).catch((error: unknown) => {
        throw translated(error, what, clock.now());
      }),
    callOrNull: (tenant, what, calls) =>
      run(tenant, calls).catch((error: unknown) => {
        if (isStatus(error, 404)) return null;
        throw translated(error, what, clock.now());
      }),
  };
}

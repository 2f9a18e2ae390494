/**
 * Who a message, a store key or an Azure call belongs to.
 *
 * Shape: `<installation>.<repository>.<tenant>`, for example `100.7.contoso`. The first two are GitHub's numeric ids, because
 * names can be re-used by somebody else; the third is the slug of a RuntimeTenantBinding on the default branch. Work that concerns
 * a whole repository has two parts, work that concerns a whole installation one.
 */
export type TenantId = string & { readonly tenantId: unique symbol };

export interface TenantScope {
  readonly installationId: number;
  readonly repositoryId: number | null;
  readonly tenant: string | null;
}

const slug = /^[a-z][a-z0-9-]{0,62}$/;
const number = /^[1-9][0-9]{0,15}$/;

/** A number that is read back as it was written: two ids must never become one. */
function isNumber(text: string): boolean {
  return number.test(text) && Number.isSafeInteger(Number(text));
}

/** @throws {RangeError} when a part is empty or out of shape: an empty tenant must never mean "every tenant". */
export function tenantId(installationId: number, repositoryId?: number, tenant?: string): TenantId {
  const parts = [String(installationId)];
  if (repositoryId !== undefined) parts.push(String(repositoryId));
  if (tenant !== undefined) parts.push(tenant);
  return parseTenantId(parts.join('.'));
}

/** @throws {RangeError} when the text is not a tenant id. */
export function parseTenantId(text: string): TenantId {
  if (!isTenantId(text)) throw new RangeError(`not a tenant id: ${JSON.stringify(text)}`);
  return text;
}

export function isTenantId(text: string): text is TenantId {
  const [installation, repository, tenant, ...rest] = text.split('.');
  if (rest.length > 0 || installation === undefined || !isNumber(installation)) return false;
  if (repository !== undefined && !isNumber(repository)) return false;
  return tenant === undefined || slug.test(tenant);
}

export function tenantScope(id: TenantId): TenantScope {
  const [installation, repository, tenant] = id.split('.');
  return {
    installationId: Number(installation),
    repositoryId: repository === undefined ? null : Number(repository),
    tenant: tenant ?? null,
  };
}

/** The repository-wide id that a tenant's id lies within. */
export function repositoryTenantId(id: TenantId): TenantId {
  const { installationId, repositoryId } = tenantScope(id);
  if (repositoryId === null) throw new RangeError(`${id} names no repository`);
  return tenantId(installationId, repositoryId);
}

/** The tenant of that name, in the repository that `id` lies within. @throws {RangeError} when it names none. */
export function tenantIn(id: TenantId, tenant: string): TenantId {
  return parseTenantId(`${repositoryTenantId(id)}.${tenant}`);
}

/** Of the deployment that a Deploy of this generation makes: known before it exists, so that other commands can name it. */
export function deploymentIdOf(environment: string, generation: number): string {
  return `${environment}-${generation}`;
}

export const contextNames = [
  'gitops',
  'tenant-isolation',
  'environment-inventory',
  'configuration-secrets',
  'deployment',
  'health-scaling',
  'drift-detection',
] as const;

/** The six bounded contexts and gitops, the anti-corruption layer to Git. */
export type ContextName = (typeof contextNames)[number];

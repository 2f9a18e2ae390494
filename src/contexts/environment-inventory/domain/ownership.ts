import { tagNames, type DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { tenantScope, type TenantId } from '../../../kernel/ids.ts';
import type { ObservedResource, Tags } from '../ports.ts';

/** Tags by which a resource of the environment is known again. `tenant` is the one whose resource it is. */
export function ownTags(environment: Pick<DesiredEnvironment, 'name' | 'project'>, owner: TenantId, tenant: string): Tags {
  const { repositoryId } = tenantScope(owner);
  return {
    [tagNames.tenant]: tenant,
    [tagNames.environment]: environment.name,
    ...(environment.project !== null && { [tagNames.project]: environment.project }),
    ...(repositoryId !== null && { [tagNames.repository]: String(repositoryId) }),
  };
}

/** Those of the environment's place also say its stage, which outlives the store there. */
export function placeTags(environment: Pick<DesiredEnvironment, 'name' | 'project' | 'tenant' | 'stage'>, owner: TenantId): Tags {
  return { ...ownTags(environment, owner, environment.tenant), [tagNames.stage]: environment.stage };
}

/** An identity belongs to the tenant whose secrets it reads or whose services carry it. */
export function identityTenant({ secrets, services, tenant }: DesiredEnvironment, identity: string): string {
  const carries = (id: string) => id.toLowerCase().endsWith(`/${identity.toLowerCase()}`);
  const reads = secrets.find((secret) => secret.identity === identity);
  const carried = services.find(({ app }) => Object.keys(app.identity['userAssignedIdentities'] ?? {}).some(carries));
  return reads?.tenant ?? carried?.tenant ?? tenant;
}

export type Ownership = 'absent' | 'ours' | 'free' | 'ours-but-untagged' | 'foreign';

/** Whose a resource is, by its tags: one without them is free to adopt, one with another's never. Azure keeps the case of values. */
export function ownershipOf(resource: ObservedResource | null, tags: Tags): Ownership {
  if (resource === null) return 'absent';
  const marks = [tagNames.repository, tagNames.environment, tagNames.tenant];
  const shown = marks.filter((mark) => tagOf(resource.tags, mark) !== null);
  if (shown.some((mark) => tagOf(resource.tags, mark) !== tags[mark])) return 'foreign';
  if (shown.length === 0) return 'free';
  return Object.entries(tags).every(([tag, value]) => tagOf(resource.tags, tag) === value) ? 'ours' : 'ours-but-untagged';
}

/** Azure compares the names of tags without case. */
export function tagOf(tags: Tags, name: string): string | null {
  const found = Object.keys(tags).find((tag) => tag.toLowerCase() === name.toLowerCase());
  return found === undefined ? null : (tags[found] ?? null);
}

import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { tenantId, tenantScope, type TenantId } from '../../../kernel/ids.ts';
import type { DocumentRef, Problem } from '../../../kernel/problem.ts';
import type { Grant, Grants, OtherGrant } from '../ports.ts';
import { grantProblems } from './grant.ts';
import { bindingOf, placementProblems, tenantsOf, unboundCodes, unboundProblems } from './placement.ts';
import { quotaProblems } from './quota.ts';
import { outsideReferences } from './references.ts';
import { othersIn, secretNameProblems, siloVaultProblems } from './vaults.ts';

/** What the operator says about a tenant, and about everybody else. */
export interface Rights {
  readonly grant: Grant | null;
  readonly others: readonly OtherGrant[];
}

/** Of the tenant named `tenant` of the repository that `owner` lies in. */
export function rightsOf(grants: Grants, owner: TenantId, tenant: string): Rights {
  const { installationId, repositoryId } = tenantScope(owner);
  if (repositoryId === null) return { grant: null, others: [] };
  const id = tenantId(installationId, repositoryId, tenant);
  return { grant: grants.of(id), others: grants.others(id) };
}

/** Everything that keeps the tenant from being bound to the environment as declared. */
export function bindingProblems(environment: DesiredEnvironment, tenant: string, rights: Rights): Problem[] {
  const binding = bindingOf(environment, tenant);
  return [
    ...placementProblems(environment, tenant),
    ...vaultProblems(environment, tenant, rights.others),
    ...(binding === null ? [] : quotaProblems(environment, binding)),
    ...grantProblems(environment, tenant, rights.grant),
    ...referenceProblems(environment, tenant, rights),
  ];
}

function vaultProblems(environment: DesiredEnvironment, tenant: string, others: readonly OtherGrant[]): Problem[] {
  const isSilo = bindingOf(environment, tenant)?.isolation === 'silo';
  return isSilo ? siloVaultProblems(environment, tenant, others) : secretNameProblems(environment, tenant, others);
}

function referenceProblems(environment: DesiredEnvironment, tenant: string, { grant, others }: Rights): Problem[] {
  if (grant === null) return [];
  return environment.services.filter((service) => service.tenant === tenant).flatMap((service) => outsideReferences(environment, service, grant, others));
}

/** What would touch something that is not the tenant's. Less than `bindingProblems`: who is over quota still touches only what is theirs. */
function boundsProblems(environment: DesiredEnvironment, tenant: string, rights: Rights): Problem[] {
  const guest = tenant === environment.tenant ? [] : unboundProblems(environment, tenant);
  const { grant, others } = rights;
  return [...guest, ...grantProblems(environment, tenant, grant), ...secretNameProblems(environment, tenant, others), ...referenceProblems(environment, tenant, rights)];
}

/** Of all tenants of the environment. */
export function allBindingProblems(environment: DesiredEnvironment, owner: TenantId, grants: Grants): Problem[] {
  return worthSaying(environment, tenantsOf(environment).flatMap((tenant) => bindingProblems(environment, tenant, rightsOf(grants, owner, tenant))));
}

/** While a binding is declared wrongly, that it is missing would only repeat its own error, with advice that is not true. */
function worthSaying({ invalid }: DesiredEnvironment, problems: readonly Problem[]): Problem[] {
  const isUnread = invalid.some(({ kind }) => kind === 'RuntimeTenantBinding');
  return problems.filter(({ code }) => !(isUnread && unboundCodes.has(code)));
}

/**
 * The environment as it may be applied: a guest that breaks a bound counts as declared wrongly, with all that is its own. What the owner
 * breaks, the environment as a whole breaks.
 */
export function appliable(environment: DesiredEnvironment, owner: TenantId, grants: Grants): { readonly environment: DesiredEnvironment } | { readonly problems: readonly Problem[] } {
  const outside = new Set<string>();
  for (const tenant of tenantsOf(environment)) {
    const problems = bindingProblems(environment, tenant, rightsOf(grants, owner, tenant));
    if (problems.length > 0 && tenant === environment.tenant) return { problems };
    if (problems.length > 0) documentsOf(environment, tenant).forEach((document) => outside.add(keyOf(document)));
  }
  return { environment: outside.size === 0 ? environment : without(environment, outside) };
}

/** Of all tenants, as far as the manifests alone can say: for who has no grants at hand. */
export function declaredProblems(environment: DesiredEnvironment): Problem[] {
  const problems = tenantsOf(environment).flatMap((tenant) => {
    const binding = bindingOf(environment, tenant);
    return [...placementProblems(environment, tenant), ...vaultProblems(environment, tenant, othersIn(environment, tenant)), ...(binding === null ? [] : quotaProblems(environment, binding))];
  });
  return worthSaying(environment, problems);
}

/** The environment without what lies out of bounds, which is declared wrongly then; null when the environment itself does. */
export function withinBounds(environment: DesiredEnvironment, owner: TenantId, grants: Grants): DesiredEnvironment | null {
  const outside = new Set<string>();
  for (const tenant of tenantsOf(environment)) {
    const problems = boundsProblems(environment, tenant, rightsOf(grants, owner, tenant));
    if (problems.some(concernsTenant)) {
      if (tenant === environment.tenant) return null;
      documentsOf(environment, tenant).forEach((document) => outside.add(keyOf(document)));
    }
    problems.forEach(({ document }) => document && outside.add(keyOf(document)));
  }
  return outside.size === 0 ? environment : without(environment, outside);
}

/** The place as a whole, or the tenant's being there at all. */
function concernsTenant({ document, code }: Problem): boolean {
  return document?.kind === 'RuntimeEnvironment' || code === 'tenant-not-bound';
}

const lists = {
  services: 'RuntimeService',
  configurations: 'RuntimeConfiguration',
  secrets: 'SecretBinding',
  scaling: 'ScalingPolicy',
} as const;

function documentsThat(environment: DesiredEnvironment, isMeant: (one: { readonly tenant: string }) => boolean): DocumentRef[] {
  const keys = ['services', 'configurations', 'secrets', 'scaling'] as const;
  return keys.flatMap((key) => environment[key].filter(isMeant).map(({ name }) => ({ kind: lists[key], name })));
}

function documentsOf(environment: DesiredEnvironment, tenant: string): DocumentRef[] {
  return documentsThat(environment, (one) => one.tenant === tenant);
}

function without(environment: DesiredEnvironment, outside: ReadonlySet<string>): DesiredEnvironment {
  const kept = (kind: string) => (one: { readonly name: string }) => !outside.has(keyOf({ kind, name: one.name }));
  const secrets = environment.secrets.filter(kept(lists.secrets));
  const isWhole = ({ secrets: used }: { readonly secrets: readonly string[] }) => used.every((name) => kept(lists.secrets)({ name }));
  const services = environment.services.filter((service) => kept(lists.services)(service) && isWhole(service));
  const configurations = environment.configurations.filter(kept(lists.configurations));
  const scaling = environment.scaling.filter(kept(lists.scaling));
  const left = new Set<object>([...services, ...configurations, ...secrets, ...scaling]);
  const { stage, region, azure } = environment;
  const identities = environment.identities.filter((name) => secrets.some(({ identity }) => identity === name) || services.some((service) => runsAs(service, name)));
  return {
    ...environment,
    services,
    configurations,
    secrets,
    scaling,
    // Nobody else's identity is provisioned for who is left out.
    identities,
    digest: digestOf({ stage, region, azure, identities }),
    invalid: [...environment.invalid, ...documentsThat(environment, (one) => !left.has(one))],
  };
}

function runsAs({ app }: DesiredService, identity: string): boolean {
  const assigned = app.identity['userAssignedIdentities'];
  return typeof assigned === 'object' && assigned !== null && Object.keys(assigned).some((id) => id.toLowerCase().endsWith(`/userassignedidentities/${identity.toLowerCase()}`));
}

function keyOf({ kind, name }: DocumentRef): string {
  return `${kind}/${name}`;
}

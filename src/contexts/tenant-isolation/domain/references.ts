import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import type { Problem } from '../../../kernel/problem.ts';
import type { Grant, OtherGrant } from '../ports.ts';
import { breach, serviceDocument } from './breach.ts';
import { allowsResourceGroup, allowsSubscription, coversVault } from './grant.ts';
import { isOwnSecret, vaultReferences } from './vaults.ts';

const resourceId = /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)(\/.*)?$/i;

/**
 * What the rendered app points at beyond its tenant's bounds: another managed environment, another's identity, another's vault. The
 * escape hatch can write any of them, so the body is read as it would be sent.
 */
export function outsideReferences(environment: DesiredEnvironment, service: DesiredService, grant: Grant, others: readonly OtherGrant[]): Problem[] {
  const faults = [...placeFaults(environment, service), ...identityFaults(environment, service, grant), ...vaultFaults(environment, service, grant, others)];
  return faults.map(({ path, message }) =>
    breach(serviceDocument(service), { code: 'outside-reference', path, message, hint: 'Take the reference out of the manifest, or ask the operator of this Trueup to grant it.' }),
  );
}

interface Fault {
  readonly path: string;
  readonly message: string;
}

function placeFaults({ azure }: DesiredEnvironment, { name, app }: DesiredService): Fault[] {
  const own = `/subscriptions/${azure.subscription}/resourceGroups/${azure.resourceGroup}/providers/Microsoft.App/managedEnvironments/${azure.managedEnvironment}`;
  const named = [app.properties.environmentId, app.properties['managedEnvironmentId'] ?? own];
  if (named.every((id) => typeof id === 'string' && id.toLowerCase() === own.toLowerCase())) return [];
  return [{ path: 'spec.azure', message: `Service ${name} names another managed environment than that of its own environment.` }];
}

function identityFaults(environment: DesiredEnvironment, service: DesiredService, grant: Grant): Fault[] {
  const theirs = foreignIdentities(environment, service.tenant);
  const { identity, properties } = service.app;
  // Environment variables are left out: a resource id there is text and gives no right.
  return textsOf([identity, properties.configuration, properties.template['scale']]).flatMap((text) => {
    const [, subscription, group] = resourceId.exec(text) ?? [];
    if (subscription === undefined || group === undefined) return [];
    if (theirs.has(text.toLowerCase())) return { path: 'spec.azure', message: `Service ${service.name} uses an identity of another tenant.` };
    if (allowsSubscription(grant, subscription) && allowsResourceGroup(grant, group)) return [];
    return { path: 'spec.azure', message: `Service ${service.name} refers to a resource in a resource group that is not granted to tenant ${service.tenant}.` };
  });
}

/** Ids of the identities that others use. The owner of the environment is not to blame for a guest that names the owner's. */
function foreignIdentities(environment: DesiredEnvironment, tenant: string): ReadonlySet<string> {
  if (tenant === environment.tenant) return new Set();
  const secrets = environment.secrets.filter((one) => one.tenant !== tenant).map(({ identityId }) => identityId);
  const services = environment.services.filter((one) => one.tenant !== tenant).flatMap(({ app }) => Object.keys(app.identity['userAssignedIdentities'] ?? {}));
  return new Set([...secrets, ...services].map((id) => id.toLowerCase()));
}

function vaultFaults(environment: DesiredEnvironment, service: DesiredService, grant: Grant, others: readonly OtherGrant[]): Fault[] {
  const { name, tenant } = service;
  const path = 'spec.azure.configuration.secrets';
  return vaultReferences(service).flatMap((reference) => {
    if (reference === null) return { path, message: `Service ${name} holds a Key Vault reference that is not the address of a secret in Azure Key Vault.` };
    if (!coversVault(grant.vaults, reference.vault)) return { path, message: `Service ${name} refers to a Key Vault that is not granted to tenant ${tenant}.` };
    if (isOwnSecret(environment, tenant, others, reference)) return [];
    return { path, message: `Service ${name} refers to a secret of a shared Key Vault that may belong to another tenant.` };
  });
}

/** Every text in the value, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)]);
}

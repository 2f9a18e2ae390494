import { tagNames, type DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { ObservedIdentity, ObservedManagedEnvironment, ObservedResource } from '../ports.ts';
import { identityTenant, ownTags, ownershipOf, placeTags, tagOf, type Ownership } from './ownership.ts';
import { immutableWords, type Intent, type Provisioned } from './runtime-environment.ts';

export interface ObservedPlace {
  readonly resourceGroup: ObservedResource | null;
  readonly managedEnvironment: ObservedManagedEnvironment | null;
  /** In the order of `desired.identities`. */
  readonly identities: readonly (ObservedIdentity | null)[];
}

export type ResourceKind = 'ResourceGroup' | 'ManagedEnvironment' | 'UserAssignedIdentity';

/** One resource of the environment, with whose it is. */
export interface Part {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly ownership: Ownership;
  readonly tenant: string;
  readonly observed: ObservedResource | null;
}

export interface Refusal {
  readonly code: 'owned-by-another' | 'immutable' | 'wrong-region' | 'being-deleted';
  /** Path in the environment's manifest. */
  readonly path: string;
  readonly reason: string;
  readonly needs: string;
}

export type Step =
  | { readonly step: 'refuse'; readonly refusals: readonly Refusal[] }
  | { readonly step: 'write'; readonly intent: Intent }
  | { readonly step: 'not-ready' }
  | { readonly step: 'complete'; readonly provisioned: Omit<Provisioned, 'at'> };

/** Every resource of the environment, in the order in which they are made. */
export function partsOf(desired: DesiredEnvironment, owner: TenantId, observed: ObservedPlace): Part[] {
  const { azure, tenant } = desired;
  const place = (kind: ResourceKind, name: string, resource: ObservedResource | null): Part => ({
    kind,
    name,
    tenant,
    observed: resource,
    ownership: ownershipOf(resource, placeTags(desired, owner)),
  });
  const identity = (name: string, resource: ObservedIdentity | null): Part => {
    const its = identityTenant(desired, name);
    return { kind: 'UserAssignedIdentity', name, tenant: its, observed: resource, ownership: ownershipOf(resource, ownTags(desired, owner, its)) };
  };
  return [
    place('ResourceGroup', azure.resourceGroup, observed.resourceGroup),
    place('ManagedEnvironment', azure.managedEnvironment, observed.managedEnvironment),
    ...desired.identities.map((name, index) => identity(name, observed.identities[index] ?? null)),
  ];
}

/** The next thing to do so that Azure is as declared. Nothing is written while anything must be refused. */
export function nextStep(desired: DesiredEnvironment, owner: TenantId, observed: ObservedPlace): Step {
  const parts = partsOf(desired, owner, observed);
  const refusals = refusalsOf(desired, parts, observed.managedEnvironment);
  if (refusals.length > 0) return { step: 'refuse', refusals };
  const { managedEnvironment } = observed;
  for (const { kind, name, ownership } of parts) {
    // A failed creation leaves the resource behind; creating it again is how Azure repairs it.
    if (kind === 'ManagedEnvironment' && (managedEnvironment === null || isBroken(managedEnvironment))) return write('create-managed-environment', name);
    if (kind === 'ManagedEnvironment' && managedEnvironment?.provisioningState !== 'Succeeded') return { step: 'not-ready' };
    if (ownership !== 'ours') return write(writes[kind], name);
  }
  return managedEnvironment === null ? { step: 'not-ready' } : { step: 'complete', provisioned: provisionedOf(desired, managedEnvironment, observed) };
}

const writes = {
  ResourceGroup: 'ensure-resource-group',
  ManagedEnvironment: 'tag-managed-environment',
  UserAssignedIdentity: 'ensure-identity',
} as const satisfies Record<ResourceKind, Intent['write']>;

function write(kind: Intent['write'], name: string): Step {
  return { step: 'write', intent: { write: kind, name } };
}

function isBroken({ provisioningState }: ObservedManagedEnvironment): boolean {
  return provisioningState === 'Failed' || provisioningState === 'Canceled';
}

function provisionedOf(desired: DesiredEnvironment, { id, defaultDomain }: ObservedManagedEnvironment, observed: ObservedPlace): Omit<Provisioned, 'at'> {
  const identities = desired.identities.flatMap((name, index) => {
    const identity = observed.identities[index];
    return identity ? [{ name, id: identity.id, principalId: identity.principalId }] : [];
  });
  const { stage, region, digest } = desired;
  return { managedEnvironmentId: id, defaultDomain, identities, stage, region, digest };
}

const words = {
  ResourceGroup: { noun: 'Resource group', path: 'spec.azure.resourceGroup' },
  ManagedEnvironment: { noun: 'Managed environment', path: 'spec.azure.managedEnvironment' },
  UserAssignedIdentity: { noun: 'Identity', path: 'spec.azure' },
} as const satisfies Record<ResourceKind, { noun: string; path: string }>;

export function refusalsOf(desired: DesiredEnvironment, parts: readonly Part[], managed: ObservedManagedEnvironment | null): Refusal[] {
  const foreign = parts
    .filter(({ ownership }) => ownership === 'foreign')
    .map(({ kind, name }): Refusal => {
      const { noun, path } = words[kind];
      return {
        code: 'owned-by-another',
        path,
        reason: `${noun} ${name} carries the trueup tags of another tenant, environment or repository.`,
        needs: `Name another one in ${desired.name}, or, if nothing else uses it any more, remove its tags that start with trueup- in Azure.`,
      };
    });
  return [...foreign, ...stageRefusals(desired, parts), ...managedRefusals(desired, managed)];
}

/** The live tag counts, because the store may have been emptied or may have forgotten an environment that is declared again. */
function stageRefusals({ name, stage }: DesiredEnvironment, parts: readonly Part[]): Refusal[] {
  const shown = parts
    .filter(({ kind, ownership }) => kind !== 'UserAssignedIdentity' && ownership !== 'foreign')
    .flatMap(({ observed }) => (observed === null ? [] : (tagOf(observed.tags, tagNames.stage) ?? [])));
  const others = [...new Set(shown)].filter((from) => from !== stage);
  return others.map((from) => {
    const { reason, needs } = immutableWords(name, { field: 'stage', from, to: stage });
    return { code: 'immutable', path: 'spec.stage', reason, needs: `${needs} If nothing ever ran there, remove the tag ${tagNames.stage} in Azure.` };
  });
}

function managedRefusals({ azure, region, name }: DesiredEnvironment, managed: ObservedManagedEnvironment | null): Refusal[] {
  if (managed === null) return [];
  if (managed.provisioningState === 'ScheduledForDelete') {
    const reason = `Managed environment ${azure.managedEnvironment} is being deleted in Azure.`;
    return [{ code: 'being-deleted', path: 'spec.azure.managedEnvironment', reason, needs: 'Wait until it is gone and re-run the check, or name another one.' }];
  }
  if (managed.location === region) return [];
  const reason = `Managed environment ${azure.managedEnvironment} is in ${managed.location}, and ${name} declares ${region}. Azure cannot move it.`;
  return [{ code: 'wrong-region', path: 'spec.region', reason, needs: `Declare region ${managed.location}, or name another managed environment.` }];
}

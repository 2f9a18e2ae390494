import { z } from 'zod';
import { stages, type AzurePlace, type DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { commit, digest, generation, name } from '../../../kernel/messages/shapes.ts';
import type { OperationToken } from '../../../kernel/operation.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

/** The one write that the next delivery makes; saved before it is made. */
const intent = z.strictObject({
  write: z.enum(['ensure-resource-group', 'create-managed-environment', 'tag-managed-environment', 'ensure-identity']),
  name,
});
export type Intent = z.infer<typeof intent>;

/** What exists in Azure as declared; null until it was provisioned once. */
const provisioned = z.strictObject({
  managedEnvironmentId: z.string(),
  defaultDomain: z.string(),
  identities: z.array(z.strictObject({ name, id: z.string(), principalId: z.string() })),
  stage: z.enum(stages),
  region: z.string(),
  digest,
  at: z.iso.datetime(),
});
export type Provisioned = z.infer<typeof provisioned>;

export const runtimeEnvironment = z.strictObject({
  environment: name,
  tenant: name,
  project: z.string().nullable(),
  stage: z.enum(stages),
  region: z.string(),
  azure: z.strictObject({ subscription: z.string(), resourceGroup: z.string(), managedEnvironment: z.string() }),
  status: z.enum(['Pending', 'Provisioning', 'Provisioned', 'Failed', 'Unmanaged']),
  commit,
  generation,
  digest,
  intent: intent.nullable(),
  /** Of the managed environment's creation, while it runs. */
  operation: z.string().nullable(),
  provisioned: provisioned.nullable(),
  reason: z.string().nullable(),
  needs: z.string().nullable(),
  decommissionedAt: z.iso.datetime().nullable(),
  /** Names of the services in the inventory, sorted. */
  services: z.array(name),
});

/** A stage and region slice of Azure that holds workloads. */
export type RuntimeEnvironment = z.infer<typeof runtimeEnvironment>;

export const runtimeEnvironmentType = 'RuntimeEnvironment';

export function environmentKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: runtimeEnvironmentType, id: environment };
}

interface At {
  readonly commit: string;
  readonly generation: number;
}

/** The aggregate as it begins to follow what is declared at a commit. What is under way, exists and runs is kept. */
export function following(stored: RuntimeEnvironment | null, desired: DesiredEnvironment, at: At): RuntimeEnvironment {
  const { name: environment, tenant, project, stage, region, azure, digest } = desired;
  const declared = { environment, tenant, project, stage, region, azure, digest, commit: at.commit, generation: at.generation };
  const fresh = { intent: null, operation: null, provisioned: null, services: [] };
  const kept = stored !== null && samePlace(stored.azure, azure) ? stored : { ...fresh, services: stored?.services ?? [] };
  const { intent, operation, provisioned, services } = kept;
  const status = stored?.status === 'Provisioning' ? 'Provisioning' : 'Pending';
  return { ...declared, status, intent, operation, provisioned, services, reason: null, needs: null, decommissionedAt: null };
}

export function samePlace(a: AzurePlace, b: AzurePlace): boolean {
  const text = ({ subscription, resourceGroup, managedEnvironment }: AzurePlace) => [subscription, resourceGroup, managedEnvironment].join('/').toLowerCase();
  return text(a) === text(b);
}

export function operationOf({ operation }: RuntimeEnvironment): OperationToken | null {
  // Only tokens are ever saved there.
  return operation as OperationToken | null;
}

export interface ImmutableChange {
  readonly field: 'stage' | 'region';
  readonly from: string;
  readonly to: string;
}

/** What a person reads about it, wherever it is found. */
export function immutableWords(environment: string, { field, from, to }: ImmutableChange): { readonly reason: string; readonly needs: string } {
  return {
    reason: `The ${field} of ${environment} is ${from} and cannot become ${to}: what is provisioned cannot move.`,
    needs: `Declare ${field} ${from} again, or declare a new environment under another name and in another resource group.`,
  };
}

/** Stage and region of what is provisioned cannot change. */
export function immutableChanges(stored: RuntimeEnvironment | null, desired: Pick<DesiredEnvironment, 'stage' | 'region' | 'azure'>): ImmutableChange[] {
  if (stored === null || stored.provisioned === null || stored.status === 'Unmanaged' || !samePlace(stored.azure, desired.azure)) return [];
  const was = stored.provisioned;
  return (['stage', 'region'] as const).filter((field) => was[field] !== desired[field]).map((field) => ({ field, from: was[field], to: desired[field] }));
}

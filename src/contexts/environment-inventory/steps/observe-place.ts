import type { AbortSignal } from '../../../kernel/context.ts';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { ObservedPlace } from '../domain/provisioning-step.ts';
import type { EnvironmentResources } from '../ports.ts';

/** What is there. Nothing lies in a group that is not, so nothing is asked about it. */
export async function observePlace(resources: EnvironmentResources, tenantId: TenantId, desired: DesiredEnvironment, signal: AbortSignal): Promise<ObservedPlace> {
  const { azure, identities } = desired;
  const resourceGroup = await resources.resourceGroup(tenantId, azure, signal);
  if (resourceGroup === null) return { resourceGroup, managedEnvironment: null, identities: identities.map(() => null) };
  const [managedEnvironment, ...rest] = await Promise.all([
    resources.managedEnvironment(tenantId, azure, signal),
    ...identities.map((name) => resources.identity(tenantId, azure, name, signal)),
  ]);
  return { resourceGroup, managedEnvironment, identities: rest };
}

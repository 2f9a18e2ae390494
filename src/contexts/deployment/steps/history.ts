import { deploymentIdOf, type TenantId } from '../../../kernel/ids.ts';
import type { Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import type { DeploymentQueue } from '../domain/deployment-queue.ts';
import { deploymentKey, runtimeDeployment, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { isEnd } from '../domain/transitions.ts';
import type { DeploymentPorts } from '../ports.ts';

type HistoryPorts = Pick<DeploymentPorts, 'store'>;

export async function loadDeployment({ store }: HistoryPorts, tenantId: TenantId, id: string | null): Promise<Stored<RuntimeDeployment> | null> {
  return id === null ? null : store.load(deploymentKey(tenantId, id), runtimeDeployment);
}

/** Nothing runs, and nothing is about to. */
export async function isIdle(ports: HistoryPorts, tenantId: TenantId, { current, next }: DeploymentQueue): Promise<boolean> {
  const last = await loadDeployment(ports, tenantId, current);
  return next === null && (last === null || isEnd(last.value.state));
}

/** The deployments of an environment that are kept, newest first. */
export async function* newestFirst(ports: HistoryPorts, tenantId: TenantId, { history }: DeploymentQueue): AsyncGenerator<RuntimeDeployment> {
  for (const id of history.toReversed()) {
    const stored = await loadDeployment(ports, tenantId, id);
    if (stored !== null) yield stored.value;
  }
}

/** What people see of one generation has one count, whichever deployment of it speaks: the last number that was used. */
export async function lastSequence(ports: HistoryPorts, tenantId: TenantId, { environment, generation, history }: { readonly environment: string; readonly generation: number; readonly history: readonly string[] }): Promise<number> {
  const id = deploymentIdOf(environment, generation);
  const same = await Promise.all(history.filter((one) => one === id || one.startsWith(`${id}-`)).map((one) => loadDeployment(ports, tenantId, one)));
  return Math.max(0, ...same.map((one) => one?.value.sequence ?? 0));
}

/** What fell out of the history is kept no longer. */
export async function removals(ports: HistoryPorts, tenantId: TenantId, ids: readonly string[]): Promise<readonly Save[]> {
  const saves: Save[] = [];
  for (const id of ids) {
    const old = await loadDeployment(ports, tenantId, id);
    if (old !== null) saves.push({ key: deploymentKey(tenantId, id), expectedVersion: old.version, value: null });
  }
  return saves;
}

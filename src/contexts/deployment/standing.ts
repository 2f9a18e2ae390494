import type { EnvironmentStanding, KnownGood, Quarantined, ServiceStanding, StandingReader } from '../../kernel/standing.ts';
import { inBatches } from '../../kernel/in-batches.ts';
import { appliedApp, appliedKey, nothingApplied } from './domain/applied-app.ts';
import { deploymentQueue, queueKey } from './domain/deployment-queue.ts';
import type { LedgerEntry } from './domain/ledger-entry.ts';
import type { QuarantineEntry } from './domain/quarantine-entry.ts';
import { progressOf } from './domain/runtime-deployment.ts';
import type { DeploymentPorts } from './ports.ts';
import { loadDeployment } from './steps/history.ts';

const together = 20;

/** How an environment's deployments stand, from the store alone: Azure is not asked. */
export function readStanding(ports: Pick<DeploymentPorts, 'store'>): StandingReader {
  return async (tenantId, environment): Promise<EnvironmentStanding | null> => {
    const queue = (await ports.store.load(queueKey(tenantId, environment), deploymentQueue))?.value ?? null;
    if (queue === null) return null;
    const [current, next] = await Promise.all([loadDeployment(ports, tenantId, queue.current), loadDeployment(ports, tenantId, queue.next)]);
    const names = Object.entries(queue.services).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const services = await inBatches(names, together, async ([service, tenant]): Promise<ServiceStanding> => {
      const stored = await ports.store.load(appliedKey(tenantId, environment, service), appliedApp);
      const { ledger, quarantine } = stored?.value ?? nothingApplied;
      return { service, tenant, knownGood: ledger.map(withoutBody), quarantined: quarantine.map(withoutTag) };
    });
    return { deployment: current === null ? null : progressOf(current.value), next: next?.value.commit ?? null, paused: queue.paused, services: [...services] };
  };
}

function withoutBody({ release: _body, ...entry }: LedgerEntry): KnownGood {
  return entry;
}

function withoutTag({ tagged: _tagged, ...entry }: QuarantineEntry): Quarantined {
  return entry;
}

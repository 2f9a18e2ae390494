import { appId, type AppId } from '../../../kernel/container-app.ts';
import type { Delivery } from '../../../kernel/context.ts';
import { Conflict, NotAllowed, Rejected } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { wait, type Outcome } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { saveQueue, type DeploymentQueue, type WarmRevision } from '../domain/deployment-queue.ts';
import type { RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { followsLatest, weightIn } from '../domain/traffic.ts';
import { isEnd } from '../domain/transitions.ts';
import { dueOf } from '../domain/warm.ts';
import type { DeploymentPorts } from '../ports.ts';
import { readable } from './declared-at.ts';

interface Where {
  readonly tenantId: TenantId;
  readonly environment: string;
}

interface About {
  /** The deployment that was started last. */
  readonly running: RuntimeDeployment | null;
  readonly delivery: Delivery;
}

/** Ends one revision that was kept active for a while, if nobody is served by it. Null when there is nothing to end. */
export async function endedWarm(ports: DeploymentPorts, where: Where, queue: Stored<DeploymentQueue>, { running, delivery }: About): Promise<Outcome | null> {
  const busy = new Set(running === null || isEnd(running.state) ? [] : running.services.map(({ service }) => service));
  const due = dueOf(queue.value.warm, busy, ports.clock.now());
  if (due === null || !(await isEnded(ports, where, due, delivery))) return null;
  const warm = queue.value.warm.filter((one) => one !== due);
  return wait(0, `${due.revision} was kept warm long enough`, [saveQueue(where.tenantId, where.environment, queue, { warm })]);
}

/** False when it is to be tried again later: that it runs costs replicas, and holds up nothing. */
async function isEnded(ports: DeploymentPorts, { tenantId, environment }: Where, { service, revision }: WarmRevision, delivery: Delivery): Promise<boolean> {
  const current = await readable(ports.desired.current(tenantId, environment));
  const declared = current?.environment ?? null;
  // Nothing says where it is any more: whoever took the environment out of Git has it.
  if (current === null || declared === null) return true;
  const id = appId(declared.azure, service);
  try {
    if (!(await servesNobody(ports, tenantId, id, { revision, delivery }))) return true;
    const why = { commit: current.commit, policy: `rollout blue-green of ${service}, kept warm long enough` };
    await delivery.write(why, () => ports.apps.deactivate(tenantId, id, revision, delivery.signal));
    return true;
  } catch (error) {
    if (error instanceof Rejected) return true;
    if (error instanceof Conflict || error instanceof NotAllowed) return false;
    throw error;
  }
}

interface Kept {
  readonly revision: string;
  readonly delivery: Delivery;
}

/** It runs and serves nobody. Where traffic is not divided by name, nobody can say that. */
async function servesNobody({ apps }: DeploymentPorts, tenantId: TenantId, id: AppId, { revision: name, delivery }: Kept): Promise<boolean> {
  const app = await apps.observe(tenantId, id, delivery.signal);
  if (app === null || app.traffic.length === 0 || followsLatest(app) || weightIn(app.traffic, name) > 0) return false;
  const revision = await apps.revision(tenantId, id, name, delivery.signal);
  return revision !== null && revision.active && revision.trafficWeight === 0;
}

import type { TenantId } from '../../../kernel/ids.ts';
import { done, wait, type Outcome } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { saveQueue, type DeploymentQueue } from '../domain/deployment-queue.ts';
import { carriedOver, withoutLacks } from '../domain/owed.ts';
import { deploymentKey, runtimeDeployment, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { newRollout } from '../domain/service-rollout.ts';
import type { DeploymentPorts } from '../ports.ts';

interface Where {
  readonly tenantId: TenantId;
  readonly environment: string;
}

/** The next one becomes current, when there is one, and brings what the one before did not. */
export async function followed({ store, clock }: Pick<DeploymentPorts, 'store' | 'clock'>, { tenantId, environment }: Where, queue: Stored<DeploymentQueue>, before: RuntimeDeployment | null): Promise<Outcome> {
  const { next, owed } = queue.value;
  if (next === null) return nothingLeft(queue.value, clock.now());
  const follower = await store.load(deploymentKey(tenantId, next), runtimeDeployment);
  if (follower === null) return wait(0, 'the next deployment is gone', [saveQueue(tenantId, environment, queue, { current: next, next: null })]);
  const { generation, services } = follower.value;
  const known = new Set(services.map(({ service }) => service));
  const carried = carriedOver(owed).filter((name) => !known.has(name)).map((name) => ({ ...newRollout(name), digest: owed[name]?.digest ?? null, mayStay: true }));
  // One attempt, one count: the one before went on speaking.
  const sequence = before?.generation === generation ? Math.max(follower.value.sequence, before.sequence) : follower.value.sequence;
  const value = { ...follower.value, sequence, services: [...services, ...carried] };
  const place = saveQueue(tenantId, environment, queue, { current: next, next: null, owed: withoutLacks(owed, value.services.map(({ service }) => service)) });
  return wait(0, `the next deployment of ${environment} begins`, [place, { key: deploymentKey(tenantId, next), expectedVersion: follower.version, value }]);
}

const againMs = 5000;

/** Looked at once more when the next revision that is kept warm has its time; one whose time is over met something. */
function nothingLeft({ warm }: DeploymentQueue, now: number): Outcome {
  const first = Math.min(...warm.map(({ until }) => until));
  return warm.length === 0 ? done() : wait(first > now ? first - now : againMs, 'a revision is kept warm');
}

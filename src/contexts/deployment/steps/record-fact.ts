import type { Delivery } from '../../../kernel/context.ts';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { emit } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { done, wait, type Outcome } from '../../../kernel/outcome.ts';
import { environmentReadiness, nothingReady, readinessKey, withFact, type Answer } from '../domain/environment-readiness.ts';
import { deploymentQueue, queueKey, saveQueue } from '../domain/deployment-queue.ts';
import { lacking, withoutLacks } from '../domain/owed.ts';
import { deploymentKey, runtimeDeployment } from '../domain/runtime-deployment.ts';
import type { DeploymentPorts } from '../ports.ts';
import { declaredAt } from './declared-at.ts';

interface About {
  readonly tenantId: TenantId;
  readonly environment: string;
}

/** Remembers an answer of another context and wakes the deployment that may be waiting for it. Known already, it changes nothing. */
async function recordFact({ store }: Pick<DeploymentPorts, 'store'>, { tenantId, environment }: About, key: string, answer: Answer): Promise<Outcome> {
  const stored = await store.load(readinessKey(tenantId, environment), environmentReadiness);
  const value = withFact(stored?.value ?? nothingReady, key, answer);
  if (value === null) return done();
  const save = { key: readinessKey(tenantId, environment), expectedVersion: stored?.version ?? 0, value };
  return done([save], [emit('AdvanceDeployment', tenantId, { environment })]);
}

/** The sync that asked for the thing may have asked for a deployment as well. */
const syncMs = 5000;

interface Said extends About {
  readonly commit: string;
  readonly generation: number;
  readonly at: string;
}

interface Arrival extends Said {
  readonly key: string;
}

/** A thing is there. What a deployment lacked it in vain for is asked for again, once. */
export async function recordArrival(ports: Pick<DeploymentPorts, 'store' | 'clock'>, arrival: Arrival, { publishedAt }: Delivery): Promise<Outcome> {
  const { tenantId, environment, key, generation, at } = arrival;
  const { saves, emits } = await recordFact(ports, arrival, key, { refused: null, generation, at });
  const queue = await ports.store.load(queueKey(tenantId, environment), deploymentQueue);
  const services = queue === null ? [] : lacking(queue.value.owed, key);
  if (queue === null || services.length === 0) return done(saves, emits);
  if (ports.clock.now() - publishedAt < syncMs) return wait(syncMs, 'a deployment may be on its way', saves, emits);
  const last = await ports.store.load(deploymentKey(tenantId, queue.value.next ?? queue.value.current ?? ''), runtimeDeployment);
  const where = last === null || generation > last.value.generation ? arrival : last.value;
  const again = emit('RemediateDrift', tenantId, { environment, commit: where.commit, generation: where.generation, services: [...services], reason: 'What they lacked is there now' });
  const save = saveQueue(tenantId, environment, queue, { owed: withoutLacks(queue.value.owed, services) });
  return done([...saves, save], [...emits, again]);
}

interface Refusal extends Said {
  readonly reason: string;
  readonly needs: string;
}

/**
 * A refusal names the thing and the commit, not the digest: the commit says what was refused. Nothing, when the commit does not declare it
 * (`keyIn` is null), and when it cannot be used as a whole: then its deployment is refused by that.
 */
export async function recordRefusal(
  ports: Pick<DeploymentPorts, 'store' | 'desired'>,
  refusal: Refusal,
  keyIn: (declared: DesiredEnvironment) => string | null,
): Promise<Outcome> {
  const declared = await declaredAt(ports, refusal);
  const key = declared.is === 'declared' ? keyIn(declared.desired) : null;
  const { reason, needs, generation, at } = refusal;
  return key === null ? done() : recordFact(ports, refusal, key, { refused: { reason, needs }, generation, at });
}

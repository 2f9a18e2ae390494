import { reaction, type Delivery, type Reaction } from '../../../kernel/context.ts';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { emit, type Envelope } from '../../../kernel/envelope.ts';
import { NotAllowed, OutOfBounds, Throttled, Unavailable } from '../../../kernel/errors.ts';
import { done, type Outcome } from '../../../kernel/outcome.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import type { ServiceHealth } from '../domain/checks.ts';
import { evaluated, healthCheckResult, healthKey, noMemory, wrongServices, type Evaluated, type HealthCheckResult } from '../domain/health-check-result.ts';
import { outcomeKey, rolloutOutcome } from '../domain/rollout-outcome.ts';
import type { HealthScalingPorts } from '../ports.ts';
import { evaluate, type Measured } from '../steps/evaluate.ts';

/** Deliveries that may fail before what cannot be read counts as no data. */
const patience = 3;
/** Without a grant nothing is looked at; whether it came back is asked this often. */
const restMs = 5 * 60_000;

export function whenCheckHealth(ports: HealthScalingPorts): Reaction {
  return reaction({
    name: 'when-check-health',
    on: 'CheckHealth',
    latestWins: ({ tenantId, payload }) => `${tenantId}.${payload.environment}`,
    handle: (envelope, delivery) => checkHealth(ports, envelope, delivery),
  });
}

async function checkHealth(ports: HealthScalingPorts, { tenantId, payload }: Envelope<'CheckHealth'>, { signal, attempt }: Delivery): Promise<Outcome> {
  const key = healthKey(tenantId, payload.environment);
  const stored = await ports.store.load(key, healthCheckResult);
  if (stored === null) return done();
  const before = stored.value;
  if (before.pausedUntil !== null && ports.clock.now() < before.pausedUntil) return done();
  // Read before anything is measured: what ends meanwhile is not what was evaluated.
  const outcome = await ports.store.load(outcomeKey(tenantId, payload.environment), rolloutOutcome);
  const generation = outcome?.value.generation ?? null;
  const current = await ports.desired.current(tenantId, payload.environment).catch(outOfBounds);
  if (current === null) return done();
  const { clock } = ports;
  if (current === 'not granted') {
    const { result, ...found } = evaluated(before, { services: notLookedAt(before), memory: before.memory, generation }, clock.now());
    return said(key, stored.version, null, { ...found, result: { ...result, pausedUntil: clock.now() + restMs } });
  }
  const { environment } = current;
  if (environment === null) return done([{ key, expectedVersion: stored.version, value: null }]);
  const measured = await evaluate({ ports, tenantId, environment, before, signal }).catch((error: unknown) => unreadable(error, attempt, environment, before));
  const services = measured.map(({ health }) => health);
  return said(key, stored.version, environment.project, evaluated(before, { services, memory: memoriesOf(measured), generation }, clock.now()));
}

function said(key: AggregateKey, version: number, project: string | null, { result, previous, isNews }: Evaluated): Outcome {
  const { latest, generation } = result;
  const of = generation === null ? {} : { generation };
  const event = latest && emit('HealthCheckCompleted', key.tenantId, { environment: key.id, previous, ...latest, ...of }, { projectId: project ?? undefined });
  return done([{ key, expectedVersion: version, value: result }], isNews && event !== null ? [event] : []);
}

/** What was taken from the tenant's grant is not looked at, and so not reported as healthy either. */
function outOfBounds(error: unknown): 'not granted' {
  if (error instanceof OutOfBounds) return 'not granted';
  throw error;
}

function notLookedAt({ latest }: HealthCheckResult): readonly ServiceHealth[] {
  return (latest?.services ?? []).map((one) => withoutData(one, 'Not looked at: the environment is not granted to its tenant'));
}

/** One failure is retried; an Azure that cannot be read for longer is not healthy, it is unknown. */
function unreadable(error: unknown, attempt: number, environment: DesiredEnvironment, before: HealthCheckResult): readonly Measured[] {
  const isOutside = error instanceof Unavailable || error instanceof Throttled || error instanceof NotAllowed;
  if (!isOutside || attempt < patience) throw error;
  const detail = error instanceof NotAllowed ? 'Azure denies reading it' : 'Azure cannot be read';
  const services = [...environment.services.map(({ name, tenant }) => ({ service: name, tenant })), ...wrongServices(environment, before)];
  return services.map((one) => ({ health: withoutData(one, detail), memory: before.memory[one.service] ?? noMemory }));
}

function withoutData({ service, tenant }: Pick<ServiceHealth, 'service' | 'tenant'>, detail: string): ServiceHealth {
  return { service, tenant, verdict: 'no-data', checks: [{ kind: 'liveness', verdict: 'no-data', detail }] };
}

function memoriesOf(measured: readonly Measured[]): HealthCheckResult['memory'] {
  return Object.fromEntries(measured.map(({ health, memory }) => [health.service, memory]));
}

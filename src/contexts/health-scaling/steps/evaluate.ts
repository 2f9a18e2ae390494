import { templateRevision, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import type { AbortSignal } from '../../../kernel/context.ts';
import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import { NotAllowed, Throttled, Unavailable } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { inBatches } from '../../../kernel/in-batches.ts';
import { asItRuns } from '../../../kernel/taken-over.ts';
import { dependencies, isGoodAnswer, isProbed, isSteady, liveness, probeTries, readiness, restartsOf, worst, type Check, type ServiceHealth } from '../domain/checks.ts';
import { noMemory, wrongServices, type HealthCheckResult, type ServiceMemory } from '../domain/health-check-result.ts';
import type { HealthScalingPorts } from '../ports.ts';

export interface Evaluation {
  readonly ports: Pick<HealthScalingPorts, 'workloads' | 'endpoints' | 'metrics' | 'clock'>;
  readonly tenantId: TenantId;
  readonly environment: DesiredEnvironment;
  readonly before: HealthCheckResult;
  readonly signal: AbortSignal;
}

export interface Measured {
  readonly health: ServiceHealth;
  readonly memory: ServiceMemory;
}

const together = 10;
const windowMs = 5 * 60_000;
/** Metrics are a minute's grain and one call per app: reading them more often says nothing more. */
const metricsEveryMs = 2 * 60_000;
/** Replicas are one read more per app: of a steady revision they are listed so often, for the restarts. */
const countEveryMs = 5 * 60_000;

/** Every declared service, from one list of apps and one look at each, and those that are declared wrongly. */
export async function evaluate(evaluation: Evaluation): Promise<readonly Measured[]> {
  const { ports, tenantId, environment, signal } = evaluation;
  const state = await ports.workloads.managedEnvironmentState(tenantId, environment.azure, signal);
  const apps = await ports.workloads.apps(tenantId, environment.azure, signal);
  const byName = new Map(apps.map((app) => [app.id.name.toLowerCase(), app]));
  const measured = await inBatches(environment.services, together, (service) => measure(evaluation, service, byName.get(service.name.toLowerCase()) ?? null, state));
  return [...measured, ...wrongServices(environment, evaluation.before).map((wrong) => unrendered(evaluation, wrong, byName.has(wrong.service.toLowerCase())))];
}

async function measure(evaluation: Evaluation, declared: DesiredService, app: ObservedApp | null, environmentState: string | null): Promise<Measured> {
  const known = evaluation.before.memory[declared.name] ?? noMemory;
  if (app === null) return absent(declared, known);
  const service = asItRuns(declared, app);
  const names = servingNames(app);
  const memory = memoryOf(known, names);
  const { revisions, isCounted } = await look(evaluation, app, service, { names, memory });
  const [revision = null] = revisions;
  const alive = revisions.map((one) => liveness({ revision: one, service, isCounted, restartsBefore: revisions.length === 1 ? memory.restarts : null }));
  const answered = await ready(evaluation, service, app, memory);
  const requests = await requestShare(evaluation, app, revisions, memory);
  const checks = [...alive.map((check) => (runsDeclared(service, revisions) ? check : ofAnotherRelease(check))).filter(({ verdict }, index) => index === 0 || verdict !== 'healthy'), ...answered.checks, dependencies(environmentState, requests?.share ?? null)];
  const counted = isCounted ? { countedAt: evaluation.ports.clock.now(), restarts: revisions.length === 1 && revision !== null ? restartsOf(revision) : null } : {};
  return { health: healthOf(service, checks), memory: { ...memory, ...counted, failures: answered.failures, requests, seen: true } };
}

/** Other revisions start without the failures, restarts and errors of those before. */
function memoryOf(known: ServiceMemory, serving: readonly (string | null)[]): ServiceMemory {
  const revisions = serving.map((name) => name ?? '').sort().join(',');
  return known.revisions === revisions ? known : { ...noMemory, revisions, seen: known.seen };
}

function runsDeclared({ name, revisionSuffix }: DesiredService, serving: readonly (ObservedRevision | null)[]): boolean {
  return serving.some((revision) => revision?.name === `${name}--${revisionSuffix}`);
}

/** What serves is judged, whatever Git declares: the difference is drift's to report. */
function ofAnotherRelease(check: Check): Check {
  return { ...check, detail: `${check.detail}; another release runs than declared` };
}

const gone: Check = { kind: 'liveness', verdict: 'unhealthy', detail: 'The container app is gone' };

function absent(service: DesiredService, memory: ServiceMemory): Measured {
  const check: Check = memory.seen
    ? gone
    : { kind: 'liveness', verdict: 'no-data', detail: 'Not deployed yet' };
  return { health: healthOf(service, [check]), memory };
}

/** Without its manifest nobody knows what it should be, only whether it is there. */
function unrendered({ before }: Evaluation, { service: name, tenant }: Pick<ServiceHealth, 'service' | 'tenant'>, isThere: boolean): Measured {
  const known = before.memory[name] ?? noMemory;
  const check: Check = known.seen && !isThere ? gone : { kind: 'liveness', verdict: 'no-data', detail: 'Declared wrongly in Git, so not looked at' };
  return { health: healthOf({ name, tenant }, [check]), memory: { ...known, seen: known.seen || isThere } };
}

function healthOf({ name, tenant }: Pick<DesiredService, 'name' | 'tenant'>, checks: readonly Check[]): ServiceHealth {
  return { service: name, tenant, verdict: worst(checks.map(({ verdict }) => verdict)), checks: [...checks] };
}

/** Those with traffic, most first; of a service without ingress the one that its template names: the latest may have been ended by a rollback. */
function servingNames(app: ObservedApp): readonly (string | null)[] {
  const latest = app.latestReadyRevision ?? app.latestRevision;
  const named = templateRevision(app);
  const weighted = app.traffic.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  const names = new Set(weighted.map(({ revision }) => revision ?? latest));
  if (names.size === 0) names.add(named ?? latest);
  return [...names];
}

interface Serving {
  readonly names: readonly (string | null)[];
  readonly memory: ServiceMemory;
}

/** The revisions themselves, and their replicas where these are not plain or were not listed for long. */
async function look({ ports, tenantId, before, signal }: Evaluation, app: ObservedApp, service: DesiredService, { names, memory }: Serving): Promise<{ readonly revisions: readonly (ObservedRevision | null)[]; readonly isCounted: boolean }> {
  const { workloads, clock } = ports;
  const all = (read: 'revision' | 'revisionState'): Promise<readonly (ObservedRevision | null)[]> =>
    Promise.all(names.map((name) => (name === null ? null : workloads[read](tenantId, app.id, name, signal))));
  const wasHealthy = before.latest?.services.find((one) => one.service === service.name)?.verdict === 'healthy';
  if (wasHealthy && memory.countedAt !== null && clock.now() - memory.countedAt < countEveryMs) {
    const states = await all('revisionState');
    if (states.every((one) => one !== null && isSteady(one, service))) return { revisions: states, isCounted: false };
  }
  return { revisions: await all('revision'), isCounted: true };
}

async function ready(evaluation: Evaluation, service: DesiredService, app: ObservedApp, memory: ServiceMemory): Promise<{ readonly checks: readonly Check[]; readonly failures: number }> {
  if (!isProbed(service)) return { checks: [], failures: 0 };
  if (app.fqdn === null) return { checks: [{ kind: 'readiness', verdict: 'no-data', detail: 'It has no address that could be asked' }], failures: memory.failures };
  const { path, timeoutMs } = service.health.readiness ?? { path: '/', timeoutMs: 5000 };
  const hasPath = service.health.readiness !== null;
  const statuses: (number | null)[] = [];
  while (statuses.length < probeTries && !isGoodAnswer(statuses.at(-1) ?? null, hasPath)) {
    const { status } = await evaluation.ports.endpoints.probe(evaluation.tenantId, { fqdn: app.fqdn, path, timeoutMs }, evaluation.signal);
    statuses.push(status);
  }
  const { check, failures } = readiness(statuses, hasPath, memory.failures);
  return { checks: [check], failures };
}

/** Requests are an extra: when Monitor cannot be read, the other checks still count. */
async function requestShare(
  { ports, tenantId, signal }: Evaluation,
  app: ObservedApp,
  revisions: readonly (ObservedRevision | null)[],
  memory: ServiceMemory,
): Promise<ServiceMemory['requests']> {
  const now = ports.clock.now();
  if (memory.requests !== null && now - memory.requests.at < metricsEveryMs) return memory.requests;
  const read = await ports.metrics.requests(tenantId, app.id, windowMs, signal).catch(nothingWhenClosed);
  const names = new Set(revisions.map((revision) => revision?.name));
  const mine = read?.filter(({ revision }) => names.has(revision)) ?? null;
  const sum = (of: 'total' | 'serverErrors'): number => mine?.reduce((total, one) => total + one[of], 0) ?? 0;
  return { at: now, share: mine === null ? null : { total: sum('total'), serverErrors: sum('serverErrors') } };
}

function nothingWhenClosed(error: unknown): null {
  if (error instanceof NotAllowed || error instanceof Throttled || error instanceof Unavailable) return null;
  throw error;
}

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { azureAdapters, type AzureAdapters } from './adapters/azure/azure-adapters.ts';
import { probeAgent } from './adapters/azure/endpoint-probe.ts';
import type { Route } from './adapters/azure/route.ts';
import { tenantCheck } from './adapters/azure/tenant-check.ts';
import { httpGates } from './adapters/gates/http-gate.ts';
import { clientsOf, type probotOf } from './adapters/github/client.ts';
import { githubAdapters, type GitHubAdapters } from './adapters/github/github-adapters.ts';
import { readGrants } from './adapters/grants/grants-file.ts';
import { redisCommitLog } from './adapters/redis/commit-log.ts';
import { connectRedis } from './adapters/redis/connection.ts';
import { pausesOf, redisCrashLog } from './adapters/redis/crash-log.ts';
import { leaseOf, redisLeases } from './adapters/redis/leases.ts';
import { redisOutbox, takeOverOf } from './adapters/redis/outbox.ts';
import { redisParsedFiles } from './adapters/redis/parsed-files.ts';
import { markingCommits, resyncMarks, type ResyncMarks } from './adapters/redis/resync-marks.ts';
import { refuseSecrets } from './adapters/redis/refuse-secrets.ts';
import { redisStore } from './adapters/redis/store.ts';
import { isNewerAbout } from './adapters/redis/versions.ts';
import { redisWriteMemo } from './adapters/redis/write-memo.ts';
import type { Metrics } from './adapters/telemetry/prometheus.ts';
import type { Auditing } from './auditing.ts';
import type { Config, Secrets } from './config.ts';
import { configurationSecrets } from './contexts/configuration-secrets/context.ts';
import { deployment } from './contexts/deployment/context.ts';
import { defaultTiming } from './contexts/deployment/domain/timing.ts';
import { driftDetection } from './contexts/drift-detection/context.ts';
import { defaultTiming as driftTiming } from './contexts/drift-detection/domain/timing.ts';
import { environmentInventory } from './contexts/environment-inventory/context.ts';
import { healthScaling } from './contexts/health-scaling/context.ts';
import { boundedDesired, boundedPlanner, tenantGuard, tenantIsolation } from './contexts/tenant-isolation/context.ts';
import type { Grants } from './contexts/tenant-isolation/ports.ts';
import { gitops } from './gitops/context.ts';
import { commitReader } from './gitops/desired/commit-reader.ts';
import { desiredStateReader } from './gitops/desired/desired-state-reader.ts';
import { childParser } from './gitops/parser/child-parser.ts';
import { activeInstallations } from './jobs/active-installations.ts';
import { startCanary } from './jobs/canary.ts';
import { startQuarantineSweep } from './jobs/quarantine-sweep.ts';
import { quarantineReports } from './jobs/quarantine.ts';
import { queueGauges } from './jobs/queue-gauges.ts';
import { openQueues } from './jobs/queues.ts';
import { startRelay } from './jobs/relay.ts';
import { startSchedules, type Source } from './jobs/schedules.ts';
import { lockingOf } from './jobs/settings.ts';
import { subscriptionsOf } from './jobs/subscriptions.ts';
import { startWorkers } from './jobs/worker.ts';
import type { Context } from './kernel/context.ts';
import type { DriftReader } from './kernel/drift-standing.ts';
import { emit } from './kernel/envelope.ts';
import { schemaVersion } from './kernel/messages/catalogue.ts';
import { tenantId } from './kernel/ids.ts';
import type { StandingReader } from './kernel/standing.ts';
import type { Telemetry } from './kernel/telemetry.ts';
import { outsideCalls, type OutsideCalls } from './outside-calls.ts';
import type { ProcessScrubbing } from './scrubbing.ts';
import { clock, ids } from './machine.ts';

type Redis = ReturnType<typeof connectRedis>;
type Probot = ReturnType<typeof probotOf>;

export interface Work {
  /** Sentence that says why not, null while it is. */
  notAlive(): string | null;
  /** Why it cannot go on in this process; never before that. */
  readonly died: Promise<string>;
}

/** With what the other parts need to stop this stays below the 30 s between SIGTERM and SIGKILL. */
const drainMs = 18_000;

export interface WorkOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly scrub: ProcessScrubbing;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly audit: Auditing;
  readonly probot: Probot;
  /** Fails fast. */
  readonly producer: Redis;
  readonly opened: AsyncDisposableStack;
}

/** Contexts, workers, relay and schedules. */
export async function startWork({ config, secrets, scrub, log, metrics, audit, probot, producer, opened }: WorkOptions): Promise<Work> {
  const outside = outsideCalls(config, producer, clock, metrics.telemetry);
  const github = githubOf(config, producer, probot, outside);
  const connect = (): Redis => opened.adopt(refuseSecrets(connectRedis(secrets.redisUrl, 'patient'), scrub.to('redis')), (redis) => redis.disconnect());
  const redis = connect();
  const store = redisStore(redis);
  const parser = opened.use(childParser());
  const grants = readGrants(readFileSync(config.grantsFile, 'utf8'), config.grantsFile);
  const commits = commitReader({ repository: github.repository, parser, parsed: redisParsedFiles(redis) });
  const desired = desiredStateReader(commits, store);
  const azure = azureOf({ config, secrets, scrub, grants, outside, audit, metrics, log });
  const contexts = contextsOf({ config, grants, store, desired, azure, telemetry: metrics.telemetry });
  const planners = contexts.flatMap(({ name, plan }) => (plan ? [name === 'tenant-isolation' ? plan : boundedPlanner(plan, grants)] : []));
  const all = [...contexts, gitops({ store, clock, commits, planners, standing: standingOf(contexts), drift: driftOf(contexts), live: azure.live, repository: github.repository, reports: github.reports, proposals: github.proposals, editor: parser, installations: github.installations })];
  const subscriptions = subscriptionsOf(all);
  const outbox = redisOutbox(redis, connect(), {
    consumer: `relay-${randomUUID()}`,
    takeOverAfterMs: takeOverOf(config.lockMs),
    isNewerAbout: () => isNewerAbout(redis, schemaVersion),
    onUnreadable: (id, error) => log.error({ id, err: error }, 'An outbox entry cannot be read and was set aside'),
  });
  const queues = opened.use(openQueues(redis));
  metrics.read(queueGauges(queues, () => clock.now()));
  const delivery = { commits: markingCommits(redisCommitLog(redis), redis, () => clock.now()), leases: redisLeases(redis, leaseOf(config.lockMs)), clock, ids, writes: audit.writes, guard: activeInstallations((id) => github.installations.isActive(id), tenantGuard(grants), clock), telemetry: metrics.telemetry };
  const pauses = pausesOf(config.lockMs);
  const crashes = redisCrashLog(redis, pauses);
  const locking = lockingOf(config.lockMs);
  const workers = opened.use(startWorkers({ connection: connect(), subscriptions, delivery, crashes, concurrency: config.concurrency, locking, drainMs, scrubber: scrub.to('redis'), log }));
  const { died } = opened.use(startCanary({ queues, workers, telemetry: metrics.telemetry, everyMs: config.canaryMs }));
  opened.use(startQuarantineSweep({ crashes, queues, reports: quarantineReports({ ...delivery, crashes }), telemetry: metrics.telemetry, log }, pauses.lookEveryMs));
  const relay = opened.use(startRelay(outbox, queues, subscriptions, log));
  const sources = sourcesOf(config, github, resyncMarks(redis), audit, log);
  audit.knowSchedules([...startedByTheClock(all), ...sources.map(({ name }) => name), 'quarantine']);
  opened.use(await startSchedules({ producer: redis, worker: connect(), locking, contexts: all, sources, store, outbox, clock, ids, scrubber: scrub.to('redis'), log }));
  return {
    died,
    notAlive: () => {
      if (!workers.isRunning()) return 'a worker has stopped';
      // With Redis away every round waits: an outage must not restart every process.
      return redis.status === 'ready' && Date.now() - relay.lastRoundAt() > 300_000 ? 'the relay stands still' : null;
    },
  };
}

function startedByTheClock(contexts: readonly Context[]): readonly string[] {
  return contexts.flatMap(({ name, schedules }) => schedules.map((schedule) => `${name}/${schedule.name}`));
}

interface ContextNeeds {
  readonly config: Config;
  readonly grants: Grants;
  readonly store: ReturnType<typeof redisStore>;
  readonly desired: ReturnType<typeof desiredStateReader>;
  readonly azure: AzureAdapters;
  readonly telemetry: Telemetry;
}

function contextsOf({ config, grants, store, desired, azure, telemetry }: ContextNeeds): readonly Context[] {
  const { pollMs, activityMs } = config.azure;
  const base = { store, clock, desired: boundedDesired(desired, grants) };
  return [
    tenantIsolation({ store, desired, grants }),
    environmentInventory({ ...base, resources: azure.resources, inventory: azure.inventory }),
    configurationSecrets({ ...base, vaults: azure.vaults, access: azure.access }),
    deployment({ ...base, apps: azure.apps, endpoints: azure.endpoints, requests: azure.metrics, logs: azure.logs, outages: azure.outages, gates: httpGates(tenantCheck(grants), probeAgent(routeOf(config))) }, { acceptedMs: Math.min(defaultTiming.acceptedMs, 3 * pollMs) }),
    healthScaling({ ...base, workloads: azure.workloads, endpoints: azure.endpoints, metrics: azure.metrics, scaling: azure.scaling }),
    driftDetection({ ...base, live: azure.live, activity: azure.activity, secrets: azure.vaults, access: azure.access, budget: azure.budget, telemetry }, { secondLookMs: Math.min(driftTiming.secondLookMs, 6 * pollMs), followEveryMs: activityMs }),
  ];
}

/** The one context that deploys. @throws when none says how its deployments stand. */
function standingOf(contexts: readonly Context[]): StandingReader {
  const reader = contexts.find(({ standing }) => standing !== undefined)?.standing;
  if (reader === undefined) throw new Error('no context says how deployments stand');
  return reader;
}

/** The one context that watches for drift. @throws when none says how drift stands. */
function driftOf(contexts: readonly Context[]): DriftReader {
  const reader = contexts.find(({ drift }) => drift !== undefined)?.drift;
  if (reader === undefined) throw new Error('no context says how drift stands');
  return reader;
}

function azureOf({ config, secrets: { sealKey }, scrub, grants, outside, audit, metrics, log }: Pick<WorkOptions, 'config' | 'secrets' | 'scrub' | 'audit' | 'metrics' | 'log'> & { readonly grants: Grants; readonly outside: OutsideCalls }): AzureAdapters {
  const { credential, pollMs } = config.azure;
  const { breakers, azureWrites: writes } = outside;
  return azureAdapters({ credential, route: routeOf(config), pollMs, sealKey, clock, grants, breakers, writes, gate: audit.gate, telemetry: metrics.telemetry, callMs: config.calls.callMs, onToken: scrub.known.addPassing, onCall: (call) => log.debug(call, 'Azure was called') });
}

function routeOf({ azure: { route } }: Config): Route | null {
  return route && { port: route.port, ca: readFileSync(route.caFile, 'utf8') };
}

function githubOf(config: Config, redis: Redis, probot: ReturnType<typeof probotOf>, outside: OutsideCalls): GitHubAdapters {
  return githubAdapters({ clients: clientsOf(probot, outside.github), memo: redisWriteMemo(redis), appId: config.appId, clock });
}

/** What finds its way back after Redis was emptied, a webhook was missed or this process was away. */
function sourcesOf({ resyncMs }: Config, github: GitHubAdapters, marks: ResyncMarks, audit: Auditing, log: Logger): readonly Source[] {
  const resync = async () => {
    const installations = await github.installations.all();
    await marks.installations(installations);
    return installations.map((id) => emit('ResyncInstallation', tenantId(id), { reason: 'resync' }));
  };
  const sweep = async () => {
    const { asked, oldestFailed } = await audit.bySchedule('redeliver-failed', 'missed webhooks are asked for again', () => github.redeliverFailed());
    await marks.sweptTo(oldestFailed, 3 * resyncMs);
    if (asked > 0) log.info({ asked }, 'Missed webhooks were asked for again');
    return [];
  };
  return [
    { name: 'resync-installations', everyMs: resyncMs, messages: resync },
    { name: 'redeliver-failed', everyMs: resyncMs, messages: sweep },
  ];
}


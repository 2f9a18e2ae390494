import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { azureAdapters, type AzureAdapters } from './adapters/azure/azure-adapters.ts';
import { probeAgent } from './adapters/azure/endpoint-probe.ts';
import type { Route } from './adapters/azure/route.ts';
import { tenantCheck } from './adapters/azure/tenant-check.ts';
import { httpGates } from './adapters/gates/http-gate.ts';
import { clientsOf, probotOf } from './adapters/github/client.ts';
import { githubAdapters, type GitHubAdapters } from './adapters/github/github-adapters.ts';
import { readGrants } from './adapters/grants/grants-file.ts';
import { redisCommitLog } from './adapters/redis/commit-log.ts';
import { connectRedis, waitForRedis } from './adapters/redis/connection.ts';
import { redisInbox } from './adapters/redis/inbox.ts';
import { leaseOf, redisLeases } from './adapters/redis/leases.ts';
import { redisOutbox, takeOverOf } from './adapters/redis/outbox.ts';
import { redisParsedFiles } from './adapters/redis/parsed-files.ts';
import { redisFaults } from './adapters/redis/safety.ts';
import { redisStore } from './adapters/redis/store.ts';
import { redisWriteMemo } from './adapters/redis/write-memo.ts';
import type { Config, Secrets, Settings } from './config.ts';
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
import { githubApp } from './handlers/github-app.ts';
import { webhookIntake, type Intake } from './handlers/intake.ts';
import { startServer } from './handlers/server.ts';
import { openQueues } from './jobs/queues.ts';
import { startRelay } from './jobs/relay.ts';
import { startSchedules, type Source } from './jobs/schedules.ts';
import { lockingOf } from './jobs/settings.ts';
import { subscriptionsOf } from './jobs/subscriptions.ts';
import { startWorkers } from './jobs/worker.ts';
import type { Context } from './kernel/context.ts';
import type { DriftReader } from './kernel/drift-standing.ts';
import { emit } from './kernel/envelope.ts';
import { tenantId } from './kernel/ids.ts';
import type { Clock, Ids } from './kernel/ports.ts';
import type { StandingReader } from './kernel/standing.ts';

export type Role = 'web' | 'worker' | 'all';

export interface App extends AsyncDisposable {
  /** Of the webhook endpoint; null for a worker without an address of its own. */
  readonly port: number | null;
}

const clock: Clock = { now: () => Date.now() };
const ids: Ids = { uuid: randomUUID };
/** With what the other parts need to stop this stays below the 30 s between SIGTERM and SIGKILL. */
const drainMs = 18_000;

/** Builds and starts what the role needs. Disposing of it drains: no new work, what runs is finished or handed back. */
export async function startApp({ config, secrets }: Settings, role: Role, log: Logger): Promise<App> {
  const opened = new AsyncDisposableStack();
  try {
    const producer = opened.adopt(connectRedis(secrets.redisUrl, 'fail-fast'), (redis) => redis.disconnect());
    await waitForRedis(producer);
    await refuseUnsafe(producer, config, log);
    const probot = probotOf({ appId: config.appId, privateKey: secrets.privateKey, secret: secrets.webhookSecrets[0], apiUrl: config.githubApiUrl, throttle: config.githubThrottle, log: log.child({ part: 'probot' }, { level: 'warn' }) });
    await probot.auth(); // makes it ready; no call leaves
    let draining = false;
    const worker = role === 'web' ? null : await startWork({ config, secrets, log, github: githubOf(config, producer, probot), opened });
    let intake: Intake | null = null;
    if (role !== 'worker') {
      await probot.load(githubApp({ inbox: redisInbox(producer), ids, clock, appId: config.appId, log }));
      const receive = ({ id, event, payload }: { id: string; event: string; payload: object }) => probot.receive({ id, name: event, payload } as unknown as Parameters<typeof probot.receive>[0]); // the names are GitHub's, checked by nobody but it
      intake = webhookIntake({ secrets: secrets.webhookSecrets, receive, log });
    }
    const port = role === 'worker' ? config.workerPort : config.port;
    const server = port === null ? null : opened.use(await startServer({
      intake,
      host: config.host,
      port,
      notAlive: () => worker?.notAlive() ?? null,
      notReady: async () => (draining ? 'draining' : notReady(producer)),
    }));
    log.info({ role, port: server?.port ?? null, config }, 'Trueup has started');
    return {
      port: server?.port ?? null,
      [Symbol.asyncDispose]() {
        draining = true;
        return opened.disposeAsync();
      },
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

type Redis = ReturnType<typeof connectRedis>;

interface WorkOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Logger;
  readonly github: GitHubAdapters;
  readonly opened: AsyncDisposableStack;
}

/** Contexts, workers, relay and schedules. */
async function startWork({ config, secrets, log, github, opened }: WorkOptions): Promise<{ notAlive(): string | null }> {
  const connect = (): Redis => opened.adopt(connectRedis(secrets.redisUrl, 'patient'), (redis) => redis.disconnect());
  const redis = connect();
  const store = redisStore(redis);
  const parser = opened.use(childParser());
  const grants = readGrants(readFileSync(config.grantsFile, 'utf8'), config.grantsFile);
  const commits = commitReader({ repository: github.repository, parser, parsed: redisParsedFiles(redis) });
  const desired = desiredStateReader(commits, store);
  const azure = azureOf(config, secrets, grants, log);
  const contexts = contextsOf({ config, grants, store, desired, azure });
  const planners = contexts.flatMap(({ name, plan }) => (plan ? [name === 'tenant-isolation' ? plan : boundedPlanner(plan, grants)] : []));
  const all = [...contexts, gitops({ store, clock, commits, planners, standing: standingOf(contexts), drift: driftOf(contexts), live: azure.live, repository: github.repository, reports: github.reports, proposals: github.proposals, editor: parser, installations: github.installations })];
  const subscriptions = subscriptionsOf(all);
  const outbox = redisOutbox(redis, connect(), {
    consumer: `relay-${randomUUID()}`,
    takeOverAfterMs: takeOverOf(config.lockMs),
    onUnreadable: (id, error) => log.error({ id, err: error }, 'An outbox entry cannot be read and was set aside'),
  });
  const queues = opened.use(openQueues(redis));
  const delivery = { commits: redisCommitLog(redis), leases: redisLeases(redis, leaseOf(config.lockMs)), clock, ids, guard: tenantGuard(grants) };
  const locking = lockingOf(config.lockMs);
  const workers = opened.use(startWorkers({ connection: connect(), subscriptions, delivery, concurrency: config.concurrency, locking, drainMs, log }));
  const relay = opened.use(startRelay(outbox, queues, subscriptions, log));
  opened.use(await startSchedules({ producer: redis, worker: connect(), locking, contexts: all, sources: sourcesOf(github, log), store, outbox, clock, ids, log }));
  return {
    notAlive: () => {
      if (!workers.isRunning()) return 'a worker has stopped';
      // With Redis away every round waits: an outage must not restart every process.
      return redis.status === 'ready' && Date.now() - relay.lastRoundAt() > 300_000 ? 'the relay stands still' : null;
    },
  };
}

interface ContextNeeds {
  readonly config: Config;
  readonly grants: Grants;
  readonly store: ReturnType<typeof redisStore>;
  readonly desired: ReturnType<typeof desiredStateReader>;
  readonly azure: AzureAdapters;
}

function contextsOf({ config, grants, store, desired, azure }: ContextNeeds): readonly Context[] {
  const { pollMs, activityMs } = config.azure;
  const base = { store, clock, desired: boundedDesired(desired, grants) };
  return [
    tenantIsolation({ store, desired, grants }),
    environmentInventory({ ...base, resources: azure.resources, inventory: azure.inventory }),
    configurationSecrets({ ...base, vaults: azure.vaults, access: azure.access }),
    deployment({ ...base, apps: azure.apps, endpoints: azure.endpoints, requests: azure.metrics, logs: azure.logs, gates: httpGates(tenantCheck(grants), probeAgent(routeOf(config))) }, { acceptedMs: Math.min(defaultTiming.acceptedMs, 3 * pollMs) }),
    healthScaling({ ...base, workloads: azure.workloads, endpoints: azure.endpoints, metrics: azure.metrics, scaling: azure.scaling }),
    driftDetection({ ...base, live: azure.live, activity: azure.activity, secrets: azure.vaults, access: azure.access, budget: azure.budget }, { secondLookMs: Math.min(driftTiming.secondLookMs, 6 * pollMs), followEveryMs: activityMs }),
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

function azureOf(config: Config, { sealKey }: Secrets, grants: Grants, log: Logger): AzureAdapters {
  const { credential, pollMs } = config.azure;
  return azureAdapters({ credential, route: routeOf(config), pollMs, sealKey, clock, grants, onCall: (call) => log.debug(call, 'Azure was called') });
}

function routeOf({ azure: { route } }: Config): Route | null {
  return route && { port: route.port, ca: readFileSync(route.caFile, 'utf8') };
}

function githubOf(config: Config, redis: Redis, probot: ReturnType<typeof probotOf>): GitHubAdapters {
  return githubAdapters({ clients: clientsOf(probot), memo: redisWriteMemo(redis), appId: config.appId, clock });
}

const resyncMs = 5 * 60_000;

/** What finds its way back after Redis was emptied, a webhook was missed or this process was away. */
function sourcesOf(github: GitHubAdapters, log: Logger): readonly Source[] {
  const resync = async () => (await github.installations.all()).map((id) => emit('ResyncInstallation', tenantId(id), { reason: 'resync' }));
  const sweep = async () => {
    const asked = await github.redeliverFailed();
    if (asked > 0) log.info({ asked }, 'Missed webhooks were asked for again');
    return [];
  };
  return [
    { name: 'resync-installations', everyMs: resyncMs, messages: resync },
    { name: 'redeliver-failed', everyMs: resyncMs, messages: sweep },
  ];
}

/** @throws when Redis may lose acknowledged work and nobody accepted that. */
async function refuseUnsafe(redis: Redis, { acceptUnsafeRedis }: Config, log: Logger): Promise<void> {
  const faults = await redisFaults(redis);
  if (faults.length === 0) return;
  if (!acceptUnsafeRedis) throw new Error(`this Redis may lose acknowledged work:\n  ${faults.join('\n  ')}\nCorrect it, or set TRUEUP_ACCEPT_UNSAFE_REDIS=true to start all the same`);
  log.warn({ faults }, 'This Redis may lose acknowledged work; the setting says to accept that');
}

async function notReady(redis: Redis): Promise<string | null> {
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('Redis is slow'), 500).unref());
  const asked = redis.set('{trueup}:ready', '1', 'PX', 1000).then(() => null, () => 'Redis does not answer');
  return Promise.race([asked, late]);
}

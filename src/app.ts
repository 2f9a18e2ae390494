import type { Logger } from 'pino';
import { probotOf } from './adapters/github/client.ts';
import { connectRedis, waitForRedis } from './adapters/redis/connection.ts';
import { redisAnswers, redisGauges, resyncGauges } from './adapters/redis/gauges.ts';
import { redisInbox } from './adapters/redis/inbox.ts';
import { redisNotReady } from './adapters/redis/readiness.ts';
import { resyncMarks } from './adapters/redis/resync-marks.ts';
import { refuseSecrets } from './adapters/redis/refuse-secrets.ts';
import { prometheusMetrics, type Metrics } from './adapters/telemetry/prometheus.ts';
import { auditing } from './auditing.ts';
import type { Settings } from './config.ts';
import { githubApp } from './handlers/github-app.ts';
import { heartbeat, memoryFault } from './handlers/health.ts';
import { webhookIntake, type Intake } from './handlers/intake.ts';
import { startServer } from './handlers/server.ts';
import { refuseUnfit } from './refusals.ts';
import type { ProcessScrubbing } from './scrubbing.ts';
import { clock, ids } from './machine.ts';
import type { Work, WorkOptions } from './work.ts';

export type Role = 'web' | 'worker' | 'all';

export interface App extends AsyncDisposable {
  /** Of the webhook endpoint; null for a worker without an address of its own. */
  readonly port: number | null;
  /** Why it cannot go on in this process; never before that. */
  readonly died: Promise<string>;
}

/** Builds and starts what the role needs. Disposing of it drains: no new work, what runs is finished or handed back. */
export async function startApp({ config, secrets }: Settings, role: Role, log: Logger, scrub: ProcessScrubbing): Promise<App> {
  const opened = new AsyncDisposableStack();
  try {
    const producer = opened.adopt(refuseSecrets(connectRedis(secrets.redisUrl, 'fail-fast'), scrub.to('redis')), (redis) => redis.disconnect());
    await waitForRedis(producer);
    await refuseUnfit(producer, config, log);
    const metrics = metricsOf(producer);
    scrub.countTo(metrics.telemetry);
    const beat = opened.use(heartbeat());
    const audit = auditing({ redis: opened.adopt(refuseSecrets(connectRedis(secrets.redisUrl, 'patient'), scrub.to('redis')), (redis) => redis.disconnect()), mostKept: config.auditEntries, clock, log });
    const probot = probotOf({ appId: config.appId, privateKey: secrets.privateKey, secret: secrets.webhookSecrets[0], apiUrl: config.githubApiUrl, throttle: config.githubThrottle, gate: audit.gate, scrubber: scrub.to('github'), onToken: scrub.known.addPassing, callMs: config.calls.callMs, log: log.child({ part: 'probot' }, { level: 'warn' }) });
    await probot.auth(); // makes it ready; no call leaves
    let draining = false;
    const worker = role === 'web' ? null : await working({ config, secrets, scrub, log, metrics, audit, probot, producer, opened });
    let intake: Intake | null = null;
    if (role !== 'worker') {
      await probot.load(githubApp({ inbox: redisInbox(producer), ids, clock, appId: config.appId, telemetry: metrics.telemetry, log }));
      const receive = ({ id, event, payload }: { id: string; event: string; payload: object }) => probot.receive({ id, name: event, payload } as unknown as Parameters<typeof probot.receive>[0]); // the names are GitHub's, checked by nobody but it
      intake = webhookIntake({ secrets: secrets.webhookSecrets, receive, log, telemetry: metrics.telemetry });
    }
    const health = {
      notAlive: () => beat.fault() ?? worker?.notAlive() ?? null,
      notReady: async () => (draining ? 'draining' : (memoryFault() ?? redisNotReady(producer))),
    };
    const listen = async (port: number | null, served: { readonly intake: Intake | null; readonly metrics: Metrics | null }): Promise<number | null> =>
      port === null ? null : opened.use(await startServer({ ...health, host: config.host, port, scrubber: scrub.to('http'), intake: served.intake, metrics: served.metrics && (() => metrics.scrape()) })).port;
    const port = role === 'worker' ? await listen(config.workerPort, { intake, metrics }) : await listen(config.port, { intake, metrics: null });
    const metricsPort = role === 'worker' ? null : await listen(config.metricsPort, { intake: null, metrics });
    log.info({ role, port, metricsPort, config }, 'Trueup has started');
    return {
      port,
      died: worker?.died ?? Promise.withResolvers<string>().promise,
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

/** Loaded by who works: the clients of Azure and all contexts are twice what taking webhooks needs, and memory is what a flood attacks. */
async function working(options: WorkOptions): Promise<Work> {
  const { startWork } = await import('./work.ts');
  return startWork(options);
}

type Redis = ReturnType<typeof connectRedis>;

/** What every process can say of itself and of Redis; `producer` fails fast, so a scrape with Redis away still answers. */
function metricsOf(producer: Redis): Metrics {
  const metrics = prometheusMetrics();
  for (const source of [redisAnswers(producer, 500), redisGauges(producer), resyncGauges(resyncMarks(producer), () => clock.now())]) metrics.read(source);
  return metrics;
}

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { startBot, type Bot } from '../src/cli/demo/bot.ts';
import { azureEnvironment, githubEnvironment } from '../src/cli/local/environment.ts';
import { contextNames } from '../src/kernel/ids.ts';
import { queuePrefix } from '../src/jobs/settings.ts';
import { freePort } from '../src/local/free-port.ts';
import { startLocalGitHub, type LocalGitHub, type LocalRepository } from '../src/local/github/start.ts';
import { startLocalRedis } from '../src/local/redis/start.ts';
import { startBenchAzure, type BenchAzure } from './rollout-azure.ts';
import { firstFiles, grantsOf, type Place } from './rollout-fleet.ts';

export interface BenchStage extends AsyncDisposable {
  readonly azure: BenchAzure;
  readonly github: LocalGitHub;
  readonly redis: Redis;
  readonly repositories: readonly LocalRepository[];
  readonly workerLog: string;
  startBot(): Promise<Bot>;
  /** Deliveries that are due or run just now, by context. */
  due(): Promise<Readonly<Record<string, number>>>;
}

interface BenchStageOptions {
  readonly directory: string;
  readonly fleet: readonly Place[];
  readonly callMs: number;
  readonly readyMs: number;
  readonly metricsDelayMs: number;
  readonly concurrency: number;
}

const subscription = '00000000-0000-4000-8000-00000000be4c';
/** GitHub would hold up a thousand environments of one installation; what is measured here is Azure and the jobs. */
const noLimits = { installationPerHour: 1e9, personPerHour: 1e9, pointsPerMinute: 1e9, contentPerMinute: 1e9, contentPerHour: 1e9 };

/** Redis, both clouds and, when asked, Trueup's own web and worker process, set up as in production. */
export async function setBenchStage({ directory, fleet, concurrency, ...times }: BenchStageOptions): Promise<BenchStage> {
  const opened = new AsyncDisposableStack();
  try {
    const redis = opened.use(await startLocalRedis({ directory }));
    const azure = opened.use(await startBenchAzure({ directory, subscription, ...times }));
    const github = opened.use(await startLocalGitHub({ directory: join(directory, 'github'), webhook: null, limits: noLimits }));
    const ports = { web: await freePort(), worker: await freePort() };
    const webhookSecret = randomBytes(32).toString('hex');
    github.setWebhook({ url: `http://127.0.0.1:${ports.web}/api/github/webhooks`, secret: webhookSecret });
    const repositories: LocalRepository[] = [];
    for (const [name, files] of firstFiles(fleet, subscription)) repositories.push(await github.createRepository(name, files));
    const grantsFile = join(directory, 'grants.json');
    const keyFile = join(directory, 'app-key.pem');
    writeFileSync(grantsFile, grantsOf(repositories, fleet, subscription));
    writeFileSync(keyFile, github.app.privateKey, { mode: 0o600 });
    const env = {
      ...githubEnvironment(github, keyFile), ...azureEnvironment(azure.azure), WEBHOOK_SECRET: webhookSecret, REDIS_URL: redis.url, TRUEUP_GRANTS_FILE: grantsFile,
      TRUEUP_SEAL_KEY: randomBytes(32).toString('base64'), TRUEUP_CONCURRENCY: String(concurrency), HOST: '127.0.0.1', PORT: String(ports.web), WORKER_PORT: String(ports.worker),
      LOG_LEVEL: 'info', NODE_ENV: 'production', GITHUB_WRITES_PER_MINUTE: '0', GITHUB_WRITES_PER_HOUR: '0', AZURE_WRITES_PER_MINUTE: '0',
    };
    const client = opened.adopt(new Redis(redis.url, { maxRetriesPerRequest: null }), (connection) => connection.disconnect());
    const queues = contextNames.map((name) => opened.adopt(queueOf(name, client), (queue) => queue.close()));
    return {
      azure,
      github,
      redis: client,
      repositories,
      workerLog: join(directory, 'worker.log'),
      async startBot() {
        const bot = opened.use(await startBot({ ports, env, logDirectory: directory, onRestart: (role) => console.error(`the ${role} process ended and was started again`) }));
        await setApart(client);
        return bot;
      },
      async due() {
        const counts = await Promise.all(queues.map(async (queue) => [queue.name, await queue.getJobCountByTypes('waiting', 'active', 'prioritized')] as const));
        return Object.fromEntries(counts);
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

const dayMs = 86_400_000;
/** They look at every environment by the clock, whether it is rolled out or not. */
const others = ['health-scaling/', 'drift-detection/', 'environment-inventory/'];

/** The regular looks of the other contexts come once a day while this runs, so that what is counted belongs to rollouts. */
async function setApart(redis: Redis): Promise<void> {
  const queue = queueOf('schedules', redis);
  for (const { name } of await queue.getJobSchedulers()) {
    if (others.some((other) => name.startsWith(other))) await queue.upsertJobScheduler(name, { every: dayMs }, { name, opts: { removeOnComplete: 100, removeOnFail: 100 } });
  }
  await queue.close();
}

function queueOf(name: string, connection: Redis): Queue {
  return new Queue(name, { connection, prefix: queuePrefix, skipVersionCheck: true });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import * as z from 'zod';
import { clientsOf } from '../../src/adapters/github/client.ts';
import { githubAdapters } from '../../src/adapters/github/github-adapters.ts';
import { connectRedis, waitForRedis } from '../../src/adapters/redis/connection.ts';
import { redisParsedFiles } from '../../src/adapters/redis/parsed-files.ts';
import { redisStore } from '../../src/adapters/redis/store.ts';
import { redisWriteMemo } from '../../src/adapters/redis/write-memo.ts';
import { gitops } from '../../src/gitops/context.ts';
import { commitReader } from '../../src/gitops/desired/commit-reader.ts';
import { childParser } from '../../src/gitops/parser/child-parser.ts';
import { reaction, type Reaction } from '../../src/kernel/context.ts';
import { done } from '../../src/kernel/outcome.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { startWatchdog } from '../../src/watchdog.ts';
import { jobsBench } from './jobs-bench.ts';

/**
 * A worker process of P6, `node poison-worker.ts <JSON of its settings>`: the real jobs and the real gitops, and one planted reaction
 * that does what the name of its environment says.
 */
export const poisonSettings = z.object({ redis: z.string(), github: z.string(), appId: z.number(), privateKey: z.string(), lockMs: z.number(), blockedMs: z.number(), workMs: z.number() });

const settings = poisonSettings.parse(JSON.parse(process.argv[2] ?? ''));
const clock = { now: () => Date.now() };

async function connect() {
  const client = connectRedis(new Secret(settings.redis), 'patient');
  await waitForRedis(client);
  return client;
}

startWatchdog(settings.blockedMs);
const redis = await connect();
const probot = new Probot({ appId: settings.appId, privateKey: settings.privateKey, secret: 'a secret that is not used here 0123', baseUrl: settings.github, log: pino({ level: 'silent' }), Octokit: ProbotOctokit.defaults({ throttle: { enabled: false }, retry: { enabled: false } }) });
const github = githubAdapters({ clients: clientsOf(probot), memo: redisWriteMemo(redis), appId: settings.appId, clock });
const parser = childParser();
const store = redisStore(redis);
const commits = commitReader({ repository: github.repository, parser, parsed: redisParsedFiles(redis) });
const { reactions } = gitops({ store, clock, commits, planners: [], standing: async () => null, drift: async () => null, live: { app: async () => null }, repository: github.repository, reports: github.reports, proposals: github.proposals, editor: parser, installations: github.installations });

const poisons: Readonly<Record<string, () => void>> = {
  abort: () => process.abort(),
  memory: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 1_000_000 }).fill(0.5));
  },
  loop: () => {
    for (;;);
  },
};

/** Its environment is `<kind>-<number>`. A little of its time is spent before the poison works, as in a real one. */
const planted: Reaction = reaction({
  on: 'CheckHealth',
  name: 'when-planted',
  async handle({ payload: { environment } }) {
    await redis.rpush('p6:begun', environment);
    await sleep(settings.workMs);
    poisons[environment.split('-')[0] ?? '']?.();
    await redis.rpush('p6:done', `${environment} ${Date.now()}`);
    return done();
  },
});

await jobsBench({ connect }, [...reactions, planted], { concurrency: 5, lockMs: settings.lockMs });
await redis.incr('p6:started');

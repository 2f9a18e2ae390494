import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { aggregateKey, quarantineKey } from '../../src/adapters/redis/keys.ts';
import { queuePrefix } from '../../src/jobs/settings.ts';
import { contextNames, tenantId, tenantIn } from '../../src/kernel/ids.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';

/** A delivery that was taken from a worker which said nothing any more. */
export interface Stalled {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly queue: string;
  readonly job: string;
}

export interface FleetRedis extends AsyncDisposable {
  /** Commit of the default branch that was turned into commands last; null before the first. */
  synced(repository: LocalRepository): string | null;
  readonly stalled: readonly Stalled[];
  /** Sights of a repository, or of its deployments, whose generation was lower than one seen before: a stale save that the fence let through. */
  wentBack(): number;
  /** Deliveries that nobody makes again by itself. */
  deadLetters(): Promise<number>;
  /** Work that was killed so often that it was taken for what ended the process: at any time, and now. */
  setAside(): Promise<{ readonly ever: number; readonly now: number }>;
}

const lookEveryMs = 100;
const queues = [...contextNames, 'schedules'];
const generationRecord = z.object({ commit: z.string().optional(), generation: z.number() });

/** What was read of it, and what of that is deployed. */
function keysOf({ installationId, id }: LocalRepository): readonly [string, string] {
  const repository = tenantId(installationId, id);
  return [
    aggregateKey({ tenantId: repository, type: 'RepositorySync', id: 'default-branch' }),
    aggregateKey({ tenantId: tenantIn(repository, 'contoso'), type: 'DeploymentQueue', id: 'dev' }),
  ];
}

/** What is in Trueup's Redis, followed from outside. */
export function followRedis(url: string, repositories: readonly LocalRepository[]): FleetRedis {
  const redis = new Redis(url, { maxRetriesPerRequest: null });
  // Its reads wait in Redis and hold up whatever comes after them on the same connection.
  const events = new Redis(url, { maxRetriesPerRequest: null });
  const records = new Map<string, z.infer<typeof generationRecord>>();
  const stalled: Stalled[] = [];
  const setAside = new Set<string>();
  const closing = new AbortController();
  let back = 0;

  const keys = repositories.flatMap(keysOf);

  async function look(): Promise<void> {
    const asked = redis.pipeline();
    for (const key of keys) asked.hget(key, 'json');
    const [answers] = await Promise.all([asked.exec().then((all) => all ?? []), quarantined()]);
    answers.forEach(([, json], index) => {
      if (typeof json !== 'string') return;
      const key = keys[index] ?? '';
      const record = generationRecord.parse(JSON.parse(json));
      if (record.generation < (records.get(key)?.generation ?? 0)) back += 1;
      records.set(key, record);
    });
  }

  async function quarantined(): Promise<number> {
    const now = await redis.zrange(quarantineKey, '0', '-1');
    for (const key of now) setAside.add(key);
    return now.length;
  }

  async function listen(): Promise<void> {
    const streams = queues.map((queue) => `${queuePrefix}:${queue}:events`);
    let after = streams.map(() => '0');
    while (!closing.signal.aborted) {
      const found = (await events.xread('BLOCK', 1000, 'STREAMS', ...streams, ...after)) ?? [];
      for (const [stream, entries] of found) {
        const index = streams.indexOf(stream);
        for (const [id, fields] of entries) {
          const said = new Map(fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1] ?? ''] as const] : [])));
          if (said.get('event') === 'stalled') stalled.push({ at: Number(id.split('-')[0]), queue: queues[index] ?? '', job: said.get('jobId') ?? '' });
          after = after.with(index, id);
        }
      }
    }
  }

  async function looks(): Promise<void> {
    while (!closing.signal.aborted) {
      await look();
      await sleep(lookEveryMs);
    }
  }
  // With the connection closed they end, whatever they were waiting for.
  const following = Promise.allSettled([looks(), listen()]);

  return {
    synced: (repository) => records.get(keysOf(repository)[0])?.commit ?? null,
    stalled,
    wentBack: () => back,
    async deadLetters() {
      const counts = await Promise.all(contextNames.map((queue) => redis.zcard(`${queuePrefix}:${queue}:failed`)));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async setAside() {
      const now = await quarantined();
      return { ever: setAside.size, now };
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      redis.disconnect();
      events.disconnect();
      await following;
    },
  };
}

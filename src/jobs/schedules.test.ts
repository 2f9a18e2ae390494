import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { redisCommitLog } from '../adapters/redis/commit-log.ts';
import { redisOutbox } from '../adapters/redis/outbox.ts';
import { redisStore } from '../adapters/redis/store.ts';
import type { Context } from '../kernel/context.ts';
import type { OutboxEntry } from '../kernel/delivery-ports.ts';
import { emit } from '../kernel/envelope.ts';
import { Unavailable } from '../kernel/errors.ts';
import { tenantId } from '../kernel/ids.ts';
import { startSchedules, type Source } from './schedules.ts';
import { lockingOf } from './settings.ts';

const redis = redisForFile();

const everyMs = 400;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const scans: Context = {
  name: 'drift-detection',
  reactions: [],
  schedules: [{ name: 'scan', everyMs, forEach: 'Watch', message: (tenant, id) => emit('SyncRepository', tenant, { reason: id }) }],
};

/** One process of several that all hold the schedules. */
async function start(sources: readonly Source[] = [], contexts: readonly Context[] = [scans]) {
  const shared = await redis.connect();
  const outbox = redisOutbox(shared, await redis.connect(), { consumer: randomUUID(), onUnreadable: () => undefined, takeOverAfterMs: 30_000 });
  const schedules = await startSchedules({
    producer: shared, worker: await redis.connect(), contexts, sources, store: redisStore(shared), outbox,
    clock: { now: () => Date.now() }, ids: { uuid: randomUUID }, locking: lockingOf(4000), log: quiet, lookEveryMs: 100,
  });
  return { outbox, [Symbol.asyncDispose]: () => schedules[Symbol.asyncDispose]() };
}

async function watched(count: number): Promise<void> {
  const commits = redisCommitLog(await redis.connect());
  const saves = Array.from({ length: count }, (_, index) => ({ key: { tenantId: tenantId(100, 7), type: 'Watch', id: `env-${index}` }, expectedVersion: 0, value: {} }));
  await commits.commit({ saves, emits: [], applied: null, lease: null });
}

describe('schedules', () => {
  test('one message per aggregate and interval, however many processes there are, spread over the interval', async () => {
    await watched(20);
    await using first = await start();
    await using _second = await start();
    const seen: { readonly at: number; readonly entries: readonly OutboxEntry[] }[] = [];
    const end = Date.now() + 2.6 * everyMs;
    while (Date.now() < end) {
      const entries = await first.outbox.next(20);
      if (entries.length > 0) seen.push({ at: Date.now(), entries });
    }
    const all = seen.flatMap(({ entries }) => entries);
    expect(all.length % 20).toBe(0);
    expect(all.length / 20).toBeGreaterThanOrEqual(2);
    expect(all.length / 20).toBeLessThanOrEqual(4);
    const delays = new Map(all.map(({ envelope, delayMs }) => [JSON.stringify(envelope.payload), delayMs]));
    expect(new Set(delays.values()).size).toBeGreaterThan(10);
    expect(Math.max(...delays.values())).toBeLessThan(everyMs);
    // Each at its own moment, always the same.
    for (const { envelope, delayMs } of all) expect(delays.get(JSON.stringify(envelope.payload))).toBe(delayMs);
    expect(new Set(all.map(({ envelope }) => envelope.traceId)).size).toBe(all.length);
  });

  test('nothing stored is nothing to say', async () => {
    await using process = await start();
    expect(await process.outbox.next(everyMs)).toEqual([]);
  });

  test('a source speaks at start, and again after a failure', async () => {
    let asked = 0;
    const source: Source = { name: 'installations', everyMs: 60_000, async messages() {
      asked += 1;
      if (asked === 1) throw new Unavailable('GitHub did not answer', {});
      return [emit('ResyncInstallation', tenantId(100), { reason: 'resync' })];
    } };
    await using process = await start([source], []);
    await expect.poll(() => process.outbox.next(50)).toMatchObject([{ envelope: { eventType: 'ResyncInstallation', tenantId: '100', causationId: 'installations' }, delayMs: 0 }]);
  });

  test('stand again after somebody emptied Redis, and the sources speak at once', async () => {
    let asked = 0;
    const source: Source = { name: 'installations', everyMs: 60_000, async messages() {
      asked += 1;
      return [];
    } };
    await using _process = await start([source]);
    await expect.poll(() => asked).toBeGreaterThan(0);
    const before = asked;
    await redis.server.empty();
    await watched(1);
    await expect.poll(() => asked).toBeGreaterThan(before);
    const reader = redisOutbox(await redis.connect(), await redis.connect(), { consumer: 'reader', onUnreadable: () => undefined, takeOverAfterMs: 30_000 });
    await expect.poll(async () => (await reader.next(50)).length).toBeGreaterThan(0);
  });
});

import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, test } from 'vitest';
import { envelopeOf } from '../../../test/support/delivery.ts';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import type { Commit } from '../../kernel/delivery-ports.ts';
import { tenantId } from '../../kernel/ids.ts';
import type { GaugeSource } from '../../kernel/telemetry.ts';
import { redisCommitLog } from './commit-log.ts';
import { redisAnswers, redisGauges, resyncGauges } from './gauges.ts';
import { redisNotReady } from './readiness.ts';
import { markingCommits, resyncMarks } from './resync-marks.ts';

const bench = redisForFile();
let redis: Redis;
beforeAll(async () => {
  redis = await bench.connect('fail-fast');
});

async function read(source: GaugeSource): Promise<Readonly<Record<string, number>>> {
  const values: Record<string, number> = {};
  await source.read({ count: () => undefined, set: (name, _labels, value) => void (values[name] = value) });
  return values;
}

describe('how old the last comparison with Git is', () => {
  const [one, two, elsewhere] = [tenantId(100, 7), tenantId(100, 8), tenantId(200, 9)];
  const named = (...tenants: ReturnType<typeof tenantId>[]) => tenants.map((tenant) => envelopeOf('SyncRepository', tenant, { reason: 'resync' }));
  const resync = (installation: number, ...tenants: ReturnType<typeof tenantId>[]): Commit =>
    ({ saves: [], emits: named(...tenants), applied: { envelope: envelopeOf('ResyncInstallation', tenantId(installation), { reason: 'resync' }), reaction: 'resync', once: false }, lease: null });
  const compared = (tenant: ReturnType<typeof tenantId>): Commit => ({ saves: [], emits: [], applied: { envelope: envelopeOf('SyncRepository', tenant, { reason: 'resync' }), reaction: 'sync', once: false }, lease: null });
  const waiting = (tenant: ReturnType<typeof tenantId>): Commit => ({ ...compared(tenant), applied: null });

  test.each([
    { reason: 'no repository, no age', steps: [], age: undefined },
    { reason: 'one that was compared', steps: [[1, compared(one)]], age: 9 },
    { reason: 'the oldest of several', steps: [[1, compared(one)], [4, compared(two)]], age: 9 },
    { reason: 'compared again', steps: [[1, compared(one)], [4, compared(two)], [6, compared(one)]], age: 6 },
    { reason: 'one that was only begun is not compared', steps: [[1, compared(one)], [5, waiting(one)]], age: 9 },
    { reason: 'one that is there and was never compared counts from when it was named first', steps: [[2, resync(100, one, two)], [3, compared(one)], [4, resync(100, one, two)]], age: 8 },
    { reason: 'one that its installation does not have any more is forgotten', steps: [[1, compared(one)], [2, compared(two)], [3, resync(100, two)]], age: 8 },
    { reason: 'of another installation nothing is forgotten', steps: [[1, compared(elsewhere)], [3, resync(100, one)]], age: 9 },
    { reason: 'an installation that is gone takes its repositories along', steps: [[1, compared(elsewhere)], [4, compared(one)], [5, 'only 100']], age: 6 },
  ] as const)('$reason', async ({ steps, age }) => {
    let now = 0;
    const [marks, commits] = [resyncMarks(redis), markingCommits(redisCommitLog(redis), redis, () => now)];
    for (const [at, step] of steps) {
      now = at * 1000;
      if (step === 'only 100') await marks.installations([100]);
      else await commits.commit(step);
    }
    expect((await read(resyncGauges(marks, () => 10_000)))['trueup_resync_age_seconds']).toBe(age);
  });

  test('a mark that fails takes nothing from the commit', async () => {
    await redis.set('{trueup}:compared', 'no sorted set');
    expect(await markingCommits(redisCommitLog(redis), redis, () => 0).commit(compared(one))).toBe('written');
  });
});

describe('how old the oldest missed webhook is', () => {
  test.each([
    { reason: 'nobody looked', swept: undefined, gap: undefined },
    { reason: 'none is missed', swept: null, gap: 0 },
    { reason: 'one is', swept: 4000, gap: 6 },
    { reason: 'one that another clock calls younger than now', swept: 11_000, gap: 0 },
  ])('$reason', async ({ swept, gap }) => {
    const marks = resyncMarks(redis);
    if (swept !== undefined) await marks.sweptTo(swept, 60_000);
    expect((await read(resyncGauges(marks, () => 10_000)))['trueup_webhook_gap_seconds']).toBe(gap);
  });

  test('a look that nobody repeats is unknown, not well', async () => {
    const marks = resyncMarks(redis);
    await marks.sweptTo(null, 50);
    await expect.poll(() => read(resyncGauges(marks, () => 0))).toEqual({});
  });
});

describe('Redis itself', () => {
  test('tells its disk, its memory and what waits', async () => {
    await redis.xadd('{trueup}:outbox', '*', 'envelope', '{}');
    expect(await read(redisGauges(redis))).toEqual({ trueup_outbox_waiting: 1, trueup_redis_write_ok: 1, trueup_redis_memory_ratio: 0 });
    await redis.config('SET', 'maxmemory', '100mb');
    const { trueup_redis_memory_ratio: ratio } = await read(redisGauges(redis));
    await redis.config('SET', 'maxmemory', '0');
    expect(ratio).toBeGreaterThan(0.001);
    expect(ratio).toBeLessThan(0.5);
  });

  test('that forbids INFO is known by its answers', async () => {
    await redis.call('ACL', 'SETUSER', 'limited', 'on', '>limited', '~*', '+@all', '-info');
    const limited = redis.duplicate({ username: 'limited', password: 'limited', enableReadyCheck: false, enableOfflineQueue: true });
    const values = await read(redisGauges(limited));
    limited.disconnect();
    expect(values).toEqual({ trueup_outbox_waiting: 0 });
  });

  test('that answers and writes is ready; one that only answers, or does neither, is not', async () => {
    expect(await redisNotReady(redis)).toBeNull();
    expect(await read(redisAnswers(redis, 5000))).toEqual({ trueup_redis_answers: 1 });
    await redis.config('SET', 'min-replicas-to-write', '1');
    const readOnly = await redisNotReady(redis);
    await redis.config('SET', 'min-replicas-to-write', '0');
    expect(readOnly).toBe('Redis does not answer, or takes no write');
    await redis.call('CLIENT', 'PAUSE', '1500', 'ALL');
    expect(await Promise.all([redisNotReady(redis), read(redisAnswers(redis, 100))])).toEqual(['Redis is slow', { trueup_redis_answers: 0 }]);
    await expect.poll(() => redisNotReady(redis), { timeout: 20_000 }).toBeNull();
  });
});

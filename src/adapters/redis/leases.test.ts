import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, test } from 'vitest';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import { leaseOf, redisLeases } from './leases.ts';

const bench = redisForFile();
let redis: Redis;

beforeAll(async () => {
  redis = await bench.connect();
});

describe('leases', () => {
  test('one holder at a time, and the next one after its release', async () => {
    const leases = redisLeases(redis);
    const asked = await Promise.all(Array.from({ length: 50 }, () => leases.acquire('env')));
    const held = asked.filter((lease) => lease !== null);
    expect(held).toHaveLength(1);
    expect(held[0]?.isSafelyHeld()).toBe(true);
    await held[0]?.release();
    expect(await leases.acquire('env')).not.toBeNull();
  });

  test('different keys do not wait for each other', async () => {
    const leases = redisLeases(redis);
    expect(await leases.acquire('a')).not.toBeNull();
    expect(await leases.acquire('b')).not.toBeNull();
  });

  test('one that is renewed outlives its time', async () => {
    const leases = redisLeases(redis, { ttlMs: 2000, renewEveryMs: 50, marginMs: 100 });
    const lease = await leases.acquire('env');
    const end = Date.now() + 2500;
    await expect.poll(() => Date.now() > end, { interval: 20 }).toBe(true);
    expect(lease?.isSafelyHeld()).toBe(true);
    expect(await leases.acquire('env')).toBeNull();
    await lease?.release();
  });

  test('one that cannot be renewed counts as lost before its time is over', async () => {
    const lonely = await bench.connect();
    const leases = redisLeases(lonely, { ttlMs: 2500, renewEveryMs: 20, marginMs: 2300 });
    const lease = await leases.acquire('env');
    lonely.disconnect();
    await expect.poll(() => lease?.isSafelyHeld(), { interval: 10 }).toBe(false);
    expect(lease?.signal.aborted).toBe(true);
    expect(await redis.exists('{trueup}:lease:env')).toBe(1);
    await expect.poll(() => redisLeases(redis).acquire('env'), { interval: 20 }).not.toBeNull();
  });

  test.each([
    { lockMs: 60_000, options: { ttlMs: 30_000, renewEveryMs: 10_000, marginMs: 8000 } },
    { lockMs: 4000, options: { ttlMs: 2000, renewEveryMs: 4000 / 6, marginMs: 8000 / 15 } },
  ])('last half as long as the lock of $lockMs ms, so that whoever takes up the job of a dead worker finds the lease free', ({ lockMs, options }) => {
    expect(leaseOf(lockMs)).toEqual(options);
  });

  test('a paused holder knows that it lost without asking Redis', async () => {
    const lease = await redisLeases(redis, { ttlMs: 100, renewEveryMs: 10_000, marginMs: 20 }).acquire('env');
    // The event loop stands still, as in a paused machine.
    const end = performance.now() + 120;
    while (performance.now() < end);
    expect(lease?.isSafelyHeld()).toBe(false);
  });

  test('the old holder neither extends nor releases what another holds by now, also after Redis was emptied', async () => {
    const leases = redisLeases(redis, { ttlMs: 5000, renewEveryMs: 20, marginMs: 1000 });
    const old = await leases.acquire('env');
    await redis.flushall();
    const heir = await redisLeases(redis).acquire('env');
    expect(heir?.proof.token).not.toBe(old?.proof.token);
    await expect.poll(() => old?.signal.aborted, { interval: 10 }).toBe(true);
    expect(old?.isSafelyHeld()).toBe(false);
    await old?.release();
    expect(await redis.get('{trueup}:lease:env')).toBe(heir?.proof.token);
    await heir?.release();
  });
});

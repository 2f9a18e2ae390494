import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, test } from 'vitest';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import { clockFault } from './clock-skew.ts';
import { redisFaults } from './safety.ts';
import { claimVersions, isNewerAbout } from './versions.ts';

const redis = redisForFile();
let client: Redis;
beforeAll(async () => {
  client = await redis.connect();
});

describe('a Redis that may lose acknowledged work is told', () => {
  test.each([
    { setting: 'maxmemory-policy', bad: 'allkeys-lru', good: 'noeviction', reason: 'it drops jobs without an error' },
    { setting: 'maxmemory-policy', bad: 'volatile-ttl', good: 'noeviction', reason: 'it drops leases, which have a time to live' },
    { setting: 'appendonly', bad: 'no', good: 'yes', reason: 'a restart loses every job' },
    { setting: 'appendfsync', bad: 'everysec', good: 'always', reason: 'power loss takes a second' },
    { setting: 'appendfsync', bad: 'no', good: 'always', reason: 'power loss takes half a minute' },
    { setting: 'no-appendfsync-on-rewrite', bad: 'yes', good: 'no', reason: 'a rewrite takes what came meanwhile' },
  ])('$setting $bad: $reason', async ({ setting, bad, good }) => {
    await client.config('SET', setting, bad);
    const faults = await redisFaults(client);
    await client.config('SET', setting, good);
    expect(faults).toEqual([expect.stringMatching(new RegExp(`^${setting} is ${bad}, expected ${good}: `))]);
    expect(await redisFaults(client)).toEqual([]);
    // While it writes its first append-only file Redis does not end on SIGTERM.
    await expect.poll(() => client.info('persistence'), { timeout: 20_000 }).toMatch(/aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/);
  });

  test('one that does not let us look is not taken as fine', async () => {
    await client.call('ACL', 'SETUSER', 'limited', 'on', '>limited', '~*', '+@all', '-config');
    const limited = client.duplicate({ username: 'limited', password: 'limited' });
    const faults = await redisFaults(limited);
    limited.disconnect();
    expect(faults).toEqual([expect.stringContaining('CONFIG GET is not allowed')]);
  });
});

describe('the clock', () => {
  /** A Redis whose clock is `aheadMs` ahead and which takes `tripMs` to answer, most of it on the way `there` of 0..1. */
  const skewed = (aheadMs: number, tripMs: number, there: number) => {
    let now = 1_700_000_000_000;
    const time = async (): Promise<[number, number]> => {
      now += tripMs * there;
      const at = now + aheadMs;
      now += tripMs * (1 - there);
      return [Math.floor(at / 1000), (at % 1000) * 1000];
    };
    return clockFault({ time: time as unknown as Redis['time'] }, { now: () => now }); // the one form of it that is called
  };

  test.each([
    { aheadMs: 0, tripMs: 1, there: 0.5, says: null, reason: 'the same' },
    { aheadMs: 1900, tripMs: 10, there: 0.5, says: null, reason: 'within the bound' },
    { aheadMs: -1900, tripMs: 10, there: 0.5, says: null, reason: 'within it, on the other side' },
    { aheadMs: 2100, tripMs: 10, there: 0.5, says: '2.1 s behind', reason: 'beyond it' },
    { aheadMs: -86_400_000, tripMs: 10, there: 0.5, says: '86400.0 s ahead of', reason: 'a day' },
    { aheadMs: 0, tripMs: 6000, there: 1, says: null, reason: 'a slow way there is no skew' },
    { aheadMs: 0, tripMs: 6000, there: 0, says: null, reason: 'nor is a slow way back' },
  ])('$aheadMs ms, answered after $tripMs ms: $reason', async ({ aheadMs, tripMs, there, says }) => {
    const fault = await skewed(aheadMs, tripMs, there);
    if (says === null) expect(fault).toBeNull();
    else expect(fault).toMatch(new RegExp(`^the clock of this machine is ${says} that of Redis.*NTP$`));
  });

  test('of this machine and its own Redis agrees', async () => {
    expect(await clockFault(client)).toBeNull();
  });
});

describe('the version that writes', () => {
  test.each([
    { before: null, mine: [1, 1], refused: null, after: ['1', '1'], reason: 'nobody wrote yet' },
    { before: [1, 1], mine: [1, 1], refused: null, after: ['1', '1'], reason: 'the same again' },
    { before: [1, 1], mine: [2, 3], refused: null, after: ['2', '3'], reason: 'a newer one upgrades the mark' },
    { before: [2, 1], mine: [1, 1], refused: 'messages of version 2, this Trueup knows 1', after: ['2', '1'], reason: 'newer messages' },
    { before: [1, 2], mine: [1, 1], refused: 'aggregates of version 2, this Trueup knows 1', after: ['1', '2'], reason: 'newer aggregates' },
    { before: [1, 2], mine: [2, 1], refused: 'aggregates of version 2, this Trueup knows 1', after: ['1', '2'], reason: 'newer in one only: nothing is written' },
  ] as const)('$reason', async ({ before, mine, refused, after }) => {
    if (before) await claimVersions(client, before[0], before[1]);
    const fault = await claimVersions(client, mine[0], mine[1]);
    if (refused === null) expect(fault).toBeNull();
    else expect(fault).toBe(`a newer Trueup has written to this Redis (${refused}): start that version or a later one`);
    expect(await client.hmget('{trueup}:versions', 'messages', 'aggregates')).toEqual(after);
    expect(await isNewerAbout(client, mine[0])).toBe(Number(after[0]) > mine[0]);
  });
});

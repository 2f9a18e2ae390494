import { describe, expect, test } from 'vitest';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import type { CountedRun } from '../../kernel/delivery-ports.ts';
import { pausesOf, redisCrashLog } from './crash-log.ts';
import { crashKey, quarantineKey } from './keys.ts';

const redis = redisForFile();
const minute = 60_000;

const runOf = (over: Partial<CountedRun> = {}): CountedRun => ({ key: 'work', general: null, job: 'job-1', alone: true, ...over });

async function opened(pauses = pausesOf(minute)) {
  const client = await redis.connect();
  const log = redisCrashLog(client, pauses);
  /** Begun and not ended, and found by the next of the same job. */
  const crash = async (times: number, run = runOf()): Promise<void> => {
    for (let count = 0; count < times; count += 1) await log.begin(run);
  };
  return { client, log, crash };
}

describe('a process that ended with its delivery', () => {
  test('counts, from the second begin of the same job on', async () => {
    const { log } = await opened();
    expect(await log.begin(runOf())).toEqual({ crashes: 0, isNews: false, since: null, until: null, isTold: false, isBegun: true });
    expect(await log.begin(runOf())).toMatchObject({ crashes: 1, isNews: true, isBegun: true });
    expect(await log.begin(runOf())).toMatchObject({ crashes: 2, isNews: true, isBegun: true });
  });

  test('makes a suspect, which is begun only alone and not counted while it waits for that', async () => {
    const { log } = await opened();
    await log.begin(runOf({ alone: false }));
    expect(await log.begin(runOf({ alone: false }))).toMatchObject({ crashes: 1, isNews: true, isBegun: false });
    expect(await log.begin(runOf({ alone: false }))).toMatchObject({ crashes: 1, isNews: false, isBegun: false });
    expect(await log.begin(runOf())).toMatchObject({ crashes: 1, isNews: false, isBegun: true });
  });

  test('is not there when two jobs do the same work at once', async () => {
    const { log } = await opened();
    await log.begin(runOf({ alone: false }));
    expect(await log.begin(runOf({ alone: false, job: 'job-2' }))).toMatchObject({ crashes: 0, isBegun: true });
    await log.end(runOf(), true);
    expect(await log.begin(runOf({ alone: false, job: 'job-2' })), 'its own mark stands').toMatchObject({ crashes: 1, isNews: true });
  });

  test('stands against the same work of another job, too', async () => {
    const { log, crash } = await opened();
    await crash(2);
    expect(await log.begin(runOf({ job: 'job-2', alone: false }))).toMatchObject({ crashes: 1, isNews: false, isBegun: false });
  });
});

describe('a delivery that ended', () => {
  test('leaves nothing against its key, whatever stood there', async () => {
    const { client, log, crash } = await opened();
    await crash(3);
    expect(await log.end(runOf(), true)).toEqual([]);
    expect(await client.exists(crashKey('work'))).toBe(0);
    expect(await log.begin(runOf())).toMatchObject({ crashes: 0 });
  });

  test('without having been made is no crash, and clears nobody', async () => {
    const { log, crash } = await opened();
    await crash(2);
    await log.end(runOf(), false);
    expect(await log.begin(runOf())).toMatchObject({ crashes: 1, isNews: false });
  });

  test('clears the work that does not say its generation as well', async () => {
    const { log, crash } = await opened();
    await crash(2, runOf({ key: 'general' }));
    await log.begin(runOf({ general: 'general' }));
    await log.end(runOf({ general: 'general' }), true);
    expect(await log.begin(runOf({ key: 'general', job: 'job-2' }))).toMatchObject({ crashes: 0 });
  });
});

describe('the third crash', () => {
  test.each([
    { crashes: 3, minutes: 5, reason: 'bad luck rarely strikes three times, and then this costs a resync' },
    { crashes: 4, minutes: 10, reason: 'the try after that ended as before' },
    { crashes: 6, minutes: 40, reason: 'it doubles' },
    { crashes: 12, minutes: 24 * 60, reason: 'a try a day costs nothing' },
  ])('and after $crashes it is left alone for $minutes min: $reason', async ({ crashes, minutes }) => {
    const { client, log } = await opened();
    await client.hset(crashKey('work'), { count: String(crashes - 1), 'job:job-1': '1' });
    const standing = await log.begin(runOf());
    expect(standing).toMatchObject({ crashes, isNews: true, isBegun: false, isTold: false });
    expect(Math.abs((standing.until ?? 0) - Date.now() - minutes * minute)).toBeLessThan(60_000);
    expect(await log.begin(runOf({ job: 'job-2' })), 'for every job of it').toMatchObject({ isNews: false, isBegun: false });
  });

  test('is over as much sooner as a crash is noticed sooner', async () => {
    const { log, crash } = await opened(pausesOf(4000));
    await crash(3);
    const { until } = await log.begin(runOf());
    expect(Math.abs((until ?? 0) - Date.now() - 20_000)).toBeLessThan(10_000);
  });

  test('is told once, until it is found again', async () => {
    const { client, log, crash } = await opened();
    await crash(4);
    await log.quarantine('work', 'about it');
    expect(await log.begin(runOf())).toMatchObject({ isTold: true });
    expect(await log.quarantined()).toEqual([{ key: 'work', until: expect.any(Number), about: 'about it' }]);
    await client.zadd(quarantineKey, '0', 'work');
    expect(await log.begin(runOf()), 'its time has come').toMatchObject({ isBegun: true, until: null });
    expect(await log.begin(runOf())).toMatchObject({ crashes: 4, isTold: false, isBegun: false });
  });

  test('is forgiven by a person, tried alone, and told when it ended well', async () => {
    const { log, crash } = await opened();
    await crash(4);
    await log.quarantine('work', 'about it');
    await log.pardon('work');
    expect(await log.begin(runOf({ alone: false }))).toMatchObject({ crashes: 1, isBegun: false, until: null });
    expect(await log.begin(runOf())).toMatchObject({ isBegun: true });
    expect(await log.end(runOf(), true)).toEqual(['about it']);
    expect(await log.quarantined()).toEqual([]);
  });

  test('is forgotten with all that was kept', async () => {
    const { client, log, crash } = await opened();
    await crash(4);
    await log.forget('work');
    expect(await client.keys('*')).toEqual([]);
  });
});

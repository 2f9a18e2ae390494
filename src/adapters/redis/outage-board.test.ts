import { describe, expect, test } from 'vitest';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import { bucketBudget, windowBudget, type Window } from './budgets.ts';
import { redisOutageBoard } from './outage-board.ts';

const redis = redisForFile();
const place = 'azure:a-subscription';
const minute = 60_000;

describe('the board of outages', () => {
  test('one of many callers gets the try, and none once the place is released', async () => {
    const board = redisOutageBoard(await redis.connect());
    const others = redisOutageBoard(await redis.connect());
    expect(await board.look(place)).toBeNull();
    expect(await board.claim(place, minute)).toBeNull();
    expect(await board.hold(place, { since: 1000, probeInMs: 1 }, minute)).toBe(1000);
    expect(await others.hold(place, { since: 2000, probeInMs: 1 }, minute), 'the first says since when').toBe(1000);
    await expect.poll(async () => (await board.look(place))?.probeInMs).toBe(0);
    const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? board : others).claim(place, minute)));
    expect(claims.filter((claim) => claim?.isOurs)).toHaveLength(1);
    for (const claim of claims.filter((one) => one?.isOurs === false)) {
      expect(claim?.since).toBe(1000);
      expect(claim?.probeInMs).toBeGreaterThan(minute / 2);
    }
    await others.release(place);
    expect(await board.look(place)).toBeNull();
    expect(await board.claim(place, minute)).toBeNull();
  });

  test('a place that nobody tries any more is forgotten', async () => {
    const board = redisOutageBoard(await redis.connect());
    await board.hold(place, { since: 1000, probeInMs: 1 }, 20);
    await expect.poll(() => board.look(place)).toBeNull();
  });
});

describe('a budget by windows', () => {
  test.each<{ reason: string; windows: readonly Window[]; spent: number; waits: readonly [number, number] }>([
    { reason: 'there is room', windows: [{ ms: minute, most: 5 }], spent: 4, waits: [0, 0] },
    { reason: 'the minute is full', windows: [{ ms: minute, most: 5 }], spent: 5, waits: [50_000, minute] },
    { reason: 'the hour is full', windows: [{ ms: minute, most: 50 }, { ms: 60 * minute, most: 5 }], spent: 5, waits: [59 * minute, 60 * minute] },
    { reason: '0 is no window', windows: [{ ms: minute, most: 0 }, { ms: 60 * minute, most: 500 }], spent: 100, waits: [0, 0] },
    { reason: '0 everywhere is no budget', windows: [{ ms: minute, most: 0 }, { ms: 60 * minute, most: 0 }], spent: 1000, waits: [0, 0] },
  ])('$reason', async ({ windows, spent, waits: [least, most] }) => {
    const budget = windowBudget(await redis.connect(), 'test', windows);
    for (let one = 0; one < spent; one += 1) expect(await budget.spend('owner')).toBe(0);
    const waited = await budget.spend('owner');
    expect(waited).toBeGreaterThanOrEqual(least);
    expect(waited).toBeLessThanOrEqual(most);
    expect(await budget.spend('somebody else')).toBe(0);
  });

  test('over two processes no span has more than it may, and what was refused is not counted', async () => {
    const [one, two] = [await redis.connect(), await redis.connect()];
    const budgets = [one, two].map((connection) => windowBudget(connection, 'test', [{ ms: 300, most: 10 }]));
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => budgets[index % 2]?.spend('owner')));
    expect(answers.filter((wait) => wait === 0)).toHaveLength(10);
    await expect.poll(() => budgets[0]?.spend('owner')).toBe(0);
  });
});

describe('a budget by a bucket', () => {
  test('holds a third of a minute at once, then as much as comes back', async () => {
    const budget = bucketBudget(await redis.connect(), 'test', 60);
    const waits = await Promise.all(Array.from({ length: 21 }, () => budget.spend('owner')));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
    expect(Math.max(...waits)).toBeGreaterThan(0);
    expect(await budget.spend('somebody else')).toBe(0);
  });

  test('0 is none', async () => {
    const budget = bucketBudget(await redis.connect(), 'test', 0);
    expect(await Promise.all(Array.from({ length: 500 }, () => budget.spend('owner')))).toEqual(Array.from({ length: 500 }, () => 0));
  });

  test('a Redis that cannot be asked holds nothing up', async () => {
    const connection = await redis.connect('fail-fast');
    connection.disconnect();
    expect(await bucketBudget(connection, 'test', 1).spend('owner')).toBe(0);
    expect(await windowBudget(connection, 'test', [{ ms: minute, most: 1 }]).spend('owner')).toBe(0);
  });
});

import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, test } from 'vitest';
import { redisForFile } from '../test/support/redis-bench.ts';
import { refuseUnfit } from './refusals.ts';

const bench = redisForFile();
let redis: Redis;
beforeAll(async () => {
  redis = await bench.connect();
});

interface Row {
  readonly reason: string;
  readonly refused: RegExp | null;
  readonly accept?: boolean;
  readonly prepare?: () => Promise<unknown>;
  /** What others see of `prepare` ends with its row. */
  readonly restore?: () => Promise<unknown>;
  /** Of Redis' clock. */
  readonly aheadMs?: number;
}

const rows: readonly Row[] = [
  { reason: 'a Redis that loses nothing', refused: null },
  { reason: 'one that may lose a second', refused: /appendfsync is everysec/, prepare: () => redis.config('SET', 'appendfsync', 'everysec'), restore: () => redis.config('SET', 'appendfsync', 'always') },
  { reason: 'the same, and the operator accepts it', refused: null, accept: true, prepare: () => redis.config('SET', 'appendfsync', 'everysec'), restore: () => redis.config('SET', 'appendfsync', 'always') },
  { reason: 'a clock that is off', refused: /^the clock of this machine is 5\.\d s behind/, aheadMs: 5500 },
  { reason: 'a clock that is off is not among what may be accepted', refused: /^the clock of this machine/, aheadMs: -5500, accept: true },
  { reason: 'a newer version writes there', refused: /^a newer Trueup has written/, accept: true, prepare: () => redis.hset('{trueup}:versions', 'messages', '1000') },
];

describe('a process starts on', () => {
  test.each(rows)('$reason: $refused', async ({ refused, accept = false, prepare, restore, aheadMs = 0 }) => {
    await prepare?.();
    const warned: string[] = [];
    const time = async (): Promise<[number, number]> => [Math.floor((Date.now() + aheadMs) / 1000), ((Date.now() + aheadMs) % 1000) * 1000];
    const asked = Object.create(redis, { time: { value: aheadMs === 0 ? () => redis.time() : time } }) as Redis; // the same connection with another clock
    const started = refuseUnfit(asked, { acceptUnsafeRedis: accept }, { warn: (_fields, message) => void warned.push(message) });
    const result = await started.then(() => null, (error: unknown) => String(error instanceof Error ? error.message : error));
    await restore?.();
    if (refused === null) expect(result).toBeNull();
    else expect(result).toMatch(refused);
    expect(warned).toHaveLength(accept && refused === null ? 1 : 0);
  });
});

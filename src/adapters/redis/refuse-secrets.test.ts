import { beforeEach, describe, expect, test } from 'vitest';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import { Rejected } from '../../kernel/errors.ts';
import { shapesOnly } from '../../kernel/scrubbing/scrubber.ts';
import { refuseSecrets } from './refuse-secrets.ts';

const bench = redisForFile();
const secret = 'ghs_aB3dE6gH9aB3dE6gH9aB3dE6gH9';
let redis: Awaited<ReturnType<typeof bench.connect>>;
beforeEach(async () => {
  redis = refuseSecrets(await bench.connect(), shapesOnly.to('redis'));
});

describe('a secret on its way into Redis', () => {
  test.each([
    { reason: 'a value', write: () => redis.set('a', JSON.stringify({ token: secret })) },
    { reason: 'a key', write: () => redis.set(secret, 'a') },
    { reason: 'a field of a script', write: () => redis.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, 'a', secret) },
    { reason: 'packed bytes', write: () => redis.set('a', Buffer.from(`\u0081${secret}`, 'latin1')) },
  ])('is refused: $reason', async ({ write }) => {
    await expect(write()).rejects.toBeInstanceOf(Rejected);
    expect(await redis.dbsize()).toBe(0);
  });

  test('takes its transaction with it', async () => {
    await expect(redis.multi().set('a', '1').set('b', secret).set('c', '1').exec()).rejects.toThrow('EXECABORT');
    expect(await redis.dbsize()).toBe(0);
  });

  test('is left out of a pipeline, whose other commands are answered', async () => {
    const answers = await redis.pipeline().set('a', '1').set('b', secret).set('c', '1').exec();
    expect(answers?.map(([error]) => error === null)).toEqual([true, false, true]);
    expect(await redis.keys('*').then((keys) => keys.toSorted())).toEqual(['a', 'c']);
  });

  test('the password of Redis itself is let through to where it belongs', async () => {
    await redis.config('SET', 'requirepass', secret).catch(() => undefined);
    await (await bench.connect()).config('SET', 'requirepass', secret);
    const answer = await redis.auth(secret);
    await redis.config('SET', 'requirepass', '');
    expect(answer).toBe('OK');
  });
});

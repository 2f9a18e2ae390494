import { expect, test } from 'vitest';
import { redisForFile } from '../../../test/support/redis-bench.ts';

const bench = redisForFile();
const count = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

/** How often each was called, which `CONFIG RESETSTAT` begins anew. */
async function calls(redis: Awaited<ReturnType<typeof bench.connect>>): Promise<Readonly<Record<string, number>>> {
  const stats = await redis.info('commandstats');
  return Object.fromEntries([...stats.matchAll(/cmdstat_(eval|evalsha):calls=(\d+)/g)].map(([, name, times]) => [name, Number(times)]));
}

test('the text of a script is sent to a server once, and again when it has forgotten it', async () => {
  const redis = await bench.connect();
  await redis.script('FLUSH');
  await redis.config('RESETSTAT');
  for (const [step, sum] of [[1, 1], [2, 3], [3, 6]]) expect(await redis.eval(count, 1, 'sum', step ?? 0)).toBe(sum);
  expect(await calls(redis)).toEqual({ eval: 1, evalsha: 3 });
  await redis.script('FLUSH');
  expect(await redis.eval(count, 1, 'sum', '4')).toBe(10);
  expect(await calls(redis)).toEqual({ eval: 2, evalsha: 4 });
});

test('what a script says itself is its answer, and not asked again', async () => {
  const redis = await bench.connect();
  await redis.set('sum', '1');
  await expect(redis.eval(`${count} + redis.call('INCR', KEYS[1]) + nothing`, 1, 'sum', '1')).rejects.toThrow('nothing');
  expect(await redis.get('sum')).toBe('3');
});

import type { Redis } from 'ioredis';
import { prefix } from './keys.ts';

const withinMs = 500;

/** Null when Redis answers and takes a write, to disk, in time. `redis` must fail fast. */
export async function redisNotReady(redis: Redis): Promise<string | null> {
  const late = new Promise<string>((resolve) => setTimeout(() => resolve('Redis is slow'), withinMs).unref());
  const asked = Promise.all([redis.ping(), redis.set(`${prefix}:ready`, '1', 'PX', 1000)]).then(() => null, () => 'Redis does not answer, or takes no write');
  return Promise.race([asked, late]);
}

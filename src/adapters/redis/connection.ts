import { Redis } from 'ioredis';
import type { Secret } from '../../kernel/secret.ts';
import { scriptsByDigest } from './scripts-by-digest.ts';

/**
 * `fail-fast` for whoever answers a caller: an error within 2 s and no queue in memory, so that nothing counts as stored that is not
 * (facts/reliability.md 0.1). `patient` for workers, which wait for Redis to come back.
 */
export type Patience = 'fail-fast' | 'patient';

export function connectRedis(url: Secret<string>, patience: Patience): Redis {
  const redis = new Redis(url.reveal(), {
    ...(patience === 'fail-fast'
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 2000, connectTimeout: 1000 }
      : { maxRetriesPerRequest: null }),
    keepAlive: 10_000,
    // ioredis waits this long for the goodbye, also of a connection that never was.
    disconnectTimeout: 200,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 2000),
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  });
  // A connection that breaks is retried; commands that need it report the failure themselves.
  redis.on('error', () => undefined);
  return scriptsByDigest(redis);
}

/** @throws with what to do when nobody answers within `withinMs`. */
export async function waitForRedis(redis: Redis, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (redis.status !== 'ready') {
    if (Date.now() > end) throw new Error('Redis does not answer: check REDIS_URL and that the server is up');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await redis.ping();
}

import type { Redis } from 'ioredis';
import { writtenSchema, type WriteMemo, type Written } from '../github/write-memo.ts';
import { prefix } from './keys.ts';

const keptForSeconds = 30 * 86_400;

/** @see WriteMemo */
export function redisWriteMemo(redis: Redis): WriteMemo {
  const keyOf = (tenant: string, key: string): string => `${prefix}:${tenant}:written:${key}`;
  return {
    async get(tenant, key) {
      const json = await redis.get(keyOf(tenant, key));
      return json === null ? null : readable(json);
    },
    async set(tenant, key, written) {
      await redis.set(keyOf(tenant, key), JSON.stringify(written), 'EX', keptForSeconds);
    },
  };
}

/** What cannot be read is as good as lost, which costs a read: thrown, it would keep its check from ever being written again. */
function readable(json: string): Written | null {
  try {
    return writtenSchema.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

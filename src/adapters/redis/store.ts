import type { Redis } from 'ioredis';
import { parseTenantId } from '../../kernel/ids.ts';
import type { AggregateKey, Reader, Store, Stored } from '../../kernel/ports.ts';
import { aggregateKey, indexKey } from './keys.ts';

/** @see Store */
export function redisStore(redis: Redis): Store {
  return {
    async load<T>(key: AggregateKey, schema: Reader<T>): Promise<Stored<T> | null> {
      const [version, json] = await redis.hmget(aggregateKey(key), 'version', 'json');
      if (!version || !json) return null;
      return { version: Number(version), value: schema.parse(JSON.parse(json)) };
    },
    async list(type) {
      const members = await redis.smembers(indexKey(type));
      return members.sort().map((member) => {
        const bar = member.indexOf('|');
        return { tenantId: parseTenantId(member.slice(0, bar)), type, id: member.slice(bar + 1) };
      });
    },
  };
}

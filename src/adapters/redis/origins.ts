import type { Redis } from 'ioredis';
import { originSchema, type Origin } from '../../kernel/audit.ts';
import { isTraceOf } from '../../kernel/envelope.ts';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import { originKey } from './keys.ts';

/** Traces of which several writes follow one another. */
const remembered = 1000;

/** Who caused a trace: a schedule's says so itself, a webhook's was stored with its messages. Null when that was too long ago. */
export function redisOrigins(redis: Redis, schedules: () => readonly string[]): (traceId: string) => Promise<Origin | null> {
  const known = new Map<string, Origin>();
  return async (traceId) => {
    const name = schedules().find((one) => isTraceOf(traceId, one));
    if (name !== undefined) return { by: 'schedule', name };
    const before = known.get(traceId);
    if (before !== undefined) return before;
    const found = originSchema.safeParse(jsonOrNull((await redis.get(originKey(traceId))) ?? '')).data ?? null;
    if (found !== null) known.set(traceId, found);
    const [oldest] = known.keys();
    if (known.size > remembered && oldest !== undefined) known.delete(oldest);
    return found;
  };
}

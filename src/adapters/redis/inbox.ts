import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Inbox } from '../../kernel/delivery-ports.ts';
import { originKey, outboxKey, seenKey } from './keys.ts';
import { entryFields } from './outbox-entry.ts';

/** GitHub lets a delivery be sent again for three days. */
const seenForMs = 72 * 3_600_000;
/** Longer than a rollout may be held or frozen; what is written later names no sender. */
const originForMs = 90 * 86_400_000;

/**
 * KEYS: seen mark, outbox, origin. ARGV: milliseconds of the mark and of the origin, the origin, then (envelope, delay) per message. In one script, and the mark last,
 * because Redis takes nothing back when a script fails: a delivery can never be marked as seen without its work being stored, and a
 * redelivery carries the same id.
 */
const script = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 'duplicate' end
redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[2])
for i = 4, #ARGV, 2 do redis.call('XADD', KEYS[2], '*', 'envelope', ARGV[i], 'delay', ARGV[i + 1]) end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 'stored'
`;

const answers = z.enum(['stored', 'duplicate']);

/** @see Inbox. `redis` must fail fast: an answer that comes after GitHub gave up is no answer. */
export function redisInbox(redis: Redis): Inbox {
  return {
    async accept(deliveryId, envelopes, origin) {
      const entries = envelopes.flatMap((envelope) => entryFields({ envelope, delayMs: 0 }));
      return answers.parse(await redis.eval(script, 3, seenKey(deliveryId), outboxKey, originKey(envelopes[0]?.traceId ?? deliveryId), String(seenForMs), String(originForMs), JSON.stringify(origin), ...entries));
    },
  };
}

import type { Redis } from 'ioredis';
import * as z from 'zod';
import { tenantScope, type TenantId } from '../kernel/ids.ts';
import { bandWidth, priorities, queuePrefix, urgentPerMinute } from './settings.ts';

/**
 * Start-time fair queuing (Goyal, Vin and Cheng, 1996) on BullMQ's priorities. A message is tagged one step behind the last of its tenant,
 * and never before the virtual time, which is the lowest tag that waits: who floods lines up behind himself, who comes seldom is next. A
 * tenant's step is as long as its installation has tenants with work, so that an installation has one share however many tenants it names.
 *
 * Tags count up for ever. A priority is the tag less an offset that moves up when nothing waits; a queue that does not run empty once in
 * half a million messages is first in, first out from there on.
 *
 * KEYS: BullMQ's prioritized jobs, state of the queue, the same of what is urgent, last tags of the installation, the same of what is
 * urgent, the message's deduplication, urgent messages of the installation. ARGV: `place` or `turn`, tenant, 1 for urgent, first priority of the urgent ones and of the others, width of each,
 * urgent messages a minute. Answers with a priority; `turn` with 0 when it has come.
 */
const script = `
local isTurn, tenant, urgent, width, scale = ARGV[1] == 'turn', ARGV[2], ARGV[3] == '1', tonumber(ARGV[6]), 4294967296
if urgent and not isTurn then
  local used = redis.call('INCR', KEYS[7])
  if used == 1 then redis.call('PEXPIRE', KEYS[7], 60000) end
  urgent = used <= tonumber(ARGV[7])
end
local stateKey, tagsKey = KEYS[urgent and 3 or 2], KEYS[urgent and 5 or 4]
local first = tonumber(urgent and ARGV[4] or ARGV[5])
if not isTurn and redis.call('EXISTS', KEYS[6]) == 1 then return first end
local state = redis.call('HMGET', stateKey, 'time', 'last', 'offset')
local time, last, offset = tonumber(state[1] or 0), tonumber(state[2] or 0), tonumber(state[3] or 0)
local lowest = redis.call('ZRANGEBYSCORE', KEYS[1], (first + 1) * scale, (first + width) * scale - 1, 'WITHSCORES', 'LIMIT', 0, 1)
if lowest[2] then
  time = math.max(time, math.floor(tonumber(lowest[2]) / scale) - first - 1 + offset)
else
  time = math.max(time, last)
  if time - offset > width / 2 then offset = time end
end
redis.call('ZREMRANGEBYSCORE', tagsKey, '-inf', time)
local own = redis.call('ZSCORE', tagsKey, tenant)
local tag = math.max(time, tonumber(own or 0))
local step = redis.call('ZCARD', tagsKey) + (own and 0 or 1)
redis.call('ZADD', tagsKey, tag + step, tenant)
redis.call('PEXPIRE', tagsKey, 3600000)
redis.call('HSET', stateKey, 'time', time, 'last', math.max(last, tag + step), 'offset', offset)
redis.call('PEXPIRE', stateKey, 86400000)
if isTurn and tag <= time then return 0 end
return first + 1 + math.min(tag - offset, width - 2)
`;

interface Placed {
  readonly queue: string;
  readonly tenant: TenantId;
  readonly urgent: boolean;
}

/** Who is next when tenants compete for a queue. */
export interface FairShare {
  /**
   * The priority of a message that is put on its queue. One that will be absorbed by an older one of its key, or comes later, is charged
   * when it starts (`turn`): its priority says so. More urgent messages of an installation than people send by hand are not urgent.
   */
  place(message: Placed, deduplicationId: string | null): Promise<number>;
  /** For a job that comes back: null when it is its turn, otherwise the priority with which it has to line up. */
  turn(job: Placed): Promise<number | null>;
}

const answer = z.int().nonnegative();

export function fairShare(redis: Pick<Redis, 'eval'>): FairShare {
  const ask = async (what: 'place' | 'turn', { queue, tenant, urgent }: Placed, deduplicationId: string | null): Promise<number> => {
    const { installationId } = tenantScope(tenant);
    const own = `${queuePrefix}:fair:${queue}`;
    const tags = `${own}:${installationId}`;
    // Where BullMQ keeps the two is its own business; fair-share.test.ts fails when a place changes.
    const keys = [`${queuePrefix}:${queue}:prioritized`, own, `${own}:urgent`, tags, `${tags}:urgent`, `${queuePrefix}:${queue}:de:${deduplicationId ?? ''}`, `${queuePrefix}:fair:urgent:${installationId}`];
    return answer.parse(await redis.eval(script, keys.length, ...keys, what, tenant, urgent ? '1' : '0', priorities.urgent, priorities.ordinary, bandWidth, urgentPerMinute));
  };
  return {
    place: (message, deduplicationId) => ask('place', message, deduplicationId),
    turn: async (job) => (await ask('turn', job, null)) || null,
  };
}

/** Whether a job with this priority goes before all that are not urgent. */
export function isUrgent(priority: number): boolean {
  return priority < priorities.ordinary;
}

/** Whether a job with this priority has lined up. One that has not is looked at by `turn` when it starts. */
export function isInLine(priority: number): boolean {
  return priority !== priorities.urgent && priority !== priorities.ordinary;
}

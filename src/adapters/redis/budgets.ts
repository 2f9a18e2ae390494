import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { unlimited, type Budget } from '../outage/budget.ts';
import { prefix } from './keys.ts';

/** So many within any span of this length. */
export interface Window {
  readonly ms: number;
  readonly most: number;
}

/** KEYS: what was spent, by time. ARGV: a name for this one, the longest window, then each window and its most. */
const windowsScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
local wait = 0
for index = 3, #ARGV, 2 do
  local from = now - ARGV[index]
  local over = redis.call('ZCOUNT', KEYS[1], '(' .. from, '+inf') - ARGV[index + 1]
  if over >= 0 then
    local leaves = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. from, '+inf', 'WITHSCORES', 'LIMIT', over, 1)
    wait = math.max(wait, leaves[2] + ARGV[index] - now, 1)
  end
end
if wait > 0 then return wait end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0
`;

/** KEYS: the bucket. ARGV: what it holds, refill per second. */
const bucketScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local bucket = redis.call('HMGET', KEYS[1], 'left', 'at')
local holds, perSecond = tonumber(ARGV[1]), tonumber(ARGV[2])
local left = math.min(holds, (tonumber(bucket[1]) or holds) + math.max(0, now - (tonumber(bucket[2]) or now)) / 1000 * perSecond)
if left < 1 then return math.ceil((1 - left) / perSecond * 1000) end
redis.call('HSET', KEYS[1], 'left', tostring(left - 1), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil(holds / perSecond * 1000))
return 0
`;

/** For a service that counts what came within the last minute or hour: exactly what it counts. `most` 0 is no window; without any, no budget. */
export function windowBudget(redis: Redis, name: string, windows: readonly Window[]): Budget {
  const kept = windows.filter(({ most }) => most > 0);
  if (kept.length === 0) return unlimited;
  const longest = Math.max(...kept.map(({ ms }) => ms));
  const given = kept.flatMap(({ ms, most }) => [String(ms), String(most)]);
  return { spend: (owner) => waitOf(redis.eval(windowsScript, 1, keyOf(name, owner), randomUUID(), String(longest), ...given)) };
}

/** For a service that counts with a bucket. `perMinute` 0 is no budget. It holds twenty seconds' worth. */
export function bucketBudget(redis: Redis, name: string, perMinute: number): Budget {
  if (perMinute === 0) return unlimited;
  const holds = String(Math.max(1, Math.round(perMinute / 3)));
  return { spend: (owner) => waitOf(redis.eval(bucketScript, 1, keyOf(name, owner), holds, String(perMinute / 60))) };
}

function keyOf(name: string, owner: string): string {
  return `${prefix}:budget:${name}:${owner}`;
}

/** A budget that cannot be asked holds nothing up: the service has limits of its own. */
function waitOf(asked: Promise<unknown>): Promise<number> {
  return asked.then(Number, () => 0);
}

import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { CountedRun, CrashLog, CrashStanding } from '../../kernel/delivery-ports.ts';
import { crashKey, quarantineKey } from './keys.ts';

/** A mark that nobody comes back to is forgotten after this long: as long as dead letters are kept. */
const keptForSeconds = 7 * 86_400;
/** A third crash, alone again, is hardly bad luck: only machines that die all the time make it so, and then the first pause is short. */
const quarantineFrom = 3;
const longestPauseMs = 86_400_000;
const listed = 1000;

/** Of work that is quarantined; milliseconds. */
export interface QuarantinePauses {
  /** After the third crash; twice as long after each further one, a day at most. */
  readonly firstMs: number;
  /** Between two looks at whose pause is over. */
  readonly lookEveryMs: number;
}

/** 5 minutes and a look a minute of a lock of 60 s: where crashes are noticed sooner, they are also over sooner. */
export function pausesOf(lockMs: number): QuarantinePauses {
  return { firstMs: 5 * lockMs, lookEveryMs: lockMs };
}

/**
 * KEYS: the key's hash, the quarantine. ARGV: job, `alone` or empty, the key, seconds of life, crashes of a quarantine, first and longest
 * pause. A mark per job and not a number alone: the same work may rightly run twice at once, and two marks are no crash. A crash is
 * counted where its mark is found, and the mark goes: a suspect that waits for its lonely run must not be counted for what ends another.
 */
const beginScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local mark = 'job:' .. ARGV[1]
local crashed = redis.call('HDEL', KEYS[1], mark)
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or '0')
if crashed == 1 then
  count = redis.call('HINCRBY', KEYS[1], 'count', 1)
  redis.call('HSETNX', KEYS[1], 'since', string.format('%.0f', now))
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  if count >= tonumber(ARGV[5]) then
    local pause = math.min(ARGV[6] * 2 ^ (count - ARGV[5]), tonumber(ARGV[7]))
    redis.call('ZADD', KEYS[2], string.format('%.0f', now + pause), ARGV[3])
    redis.call('HDEL', KEYS[1], 'told')
  end
end
local till = redis.call('ZSCORE', KEYS[2], ARGV[3])
local held = count >= tonumber(ARGV[5]) and till and tonumber(till) > now
local begun = 0
if not held and (count == 0 or ARGV[2] == 'alone') then
  redis.call('HSET', KEYS[1], mark, '1')
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  begun = 1
end
return { count, crashed, redis.call('HGET', KEYS[1], 'since') or '', held and till or '', redis.call('HEXISTS', KEYS[1], 'told'), begun }
`;

/** KEYS: the key's hash, the quarantine, the general key's hash or the same again. ARGV: job, `cleared` or empty, the key, the general key. */
const endScript = `
redis.call('HDEL', KEYS[1], 'job:' .. ARGV[1])
local lifted = {}
if ARGV[2] == '' then return lifted end
for i, hash in ipairs({ KEYS[1], KEYS[3] }) do
  local about = redis.call('HGET', hash, 'about')
  redis.call('HDEL', hash, 'count', 'since', 'about', 'told')
  if redis.call('ZREM', KEYS[2], ARGV[2 + i]) == 1 and about then table.insert(lifted, about) end
end
return lifted
`;

const stands = z.tuple([z.number(), z.number(), z.string(), z.string(), z.number(), z.number()]);
const lifts = z.array(z.string());

/** @see CrashLog */
export function redisCrashLog(redis: Redis, { firstMs }: QuarantinePauses = pausesOf(60_000)): CrashLog {
  return {
    begin: async ({ key, job, alone }) => standingOf(stands.parse(await redis.eval(beginScript, 2, crashKey(key), quarantineKey, job, alone ? 'alone' : '', key, keptForSeconds, quarantineFrom, firstMs, longestPauseMs))),
    async end({ key, general, job }: CountedRun, cleared) {
      const other = general ?? key;
      return lifts.parse(await redis.eval(endScript, 3, crashKey(key), quarantineKey, crashKey(other), job, cleared ? 'cleared' : '', key, other));
    },
    async quarantine(key, about) {
      await redis.hset(crashKey(key), { about, told: '1' });
    },
    async pardon(key) {
      // It stays a suspect, and in the quarantine's list until it ended well: whoever was told of it is told of that, too.
      await redis.multi().hset(crashKey(key), { count: '1' }).zadd(quarantineKey, 'XX', '0', key).exec();
    },
    async quarantined() {
      const found = await redis.zrange(quarantineKey, '0', String(listed - 1), 'WITHSCORES');
      const entries = found.flatMap((key, index) => (index % 2 === 0 ? [{ key, until: Number(found[index + 1]) }] : []));
      const texts = await Promise.all(entries.map(({ key }) => redis.hget(crashKey(key), 'about')));
      return entries.map((entry, index) => ({ ...entry, about: texts[index] ?? null }));
    },
    async forget(key) {
      await redis.multi().del(crashKey(key)).zrem(quarantineKey, key).exec();
    },
  };
}

function standingOf([crashes, crashed, since, until, told, begun]: z.infer<typeof stands>): CrashStanding {
  return {
    crashes,
    isNews: crashed === 1,
    since: since === '' ? null : Number(since),
    until: until === '' ? null : Number(until),
    isTold: told === 1,
    isBegun: begun === 1,
  };
}

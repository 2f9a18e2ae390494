import type { Redis } from 'ioredis';
import type { OutageBoard } from '../outage/outage-board.ts';
import { prefix } from './keys.ts';

/** KEYS: since, probe. ARGV: milliseconds of a probe, 0 to look only. Since is nil for a place that is not held back. Less than a millisecond that is left is one, and 0 that it may be tried. */
const askScript = `
local since = redis.call('GET', KEYS[1])
if not since then return {false, 0, 0} end
if tonumber(ARGV[1]) > 0 and redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[1]) then return {since, 1, 0} end
local left = redis.call('PTTL', KEYS[2])
return {since, 0, left < 0 and 0 or math.max(1, left)}
`;
/** KEYS: since, probe. ARGV: since, milliseconds until the probe, milliseconds to keep. The first that held it back says since when. */
const holdScript = `
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
return redis.call('GET', KEYS[1])
`;

/** @see OutageBoard. One key says that a place is held back, the other one, while it lasts, that it is not to be tried. */
export function redisOutageBoard(redis: Redis): OutageBoard {
  const keysOf = (place: string): readonly [string, string] => [`${prefix}:outage:${place}`, `${prefix}:outage:${place}:probe`];
  const ask = async (place: string, probeMs: number) => {
    // The script's three values: text or nil, 0 or 1, milliseconds.
    const [since, isOurs, probeInMs] = (await redis.eval(askScript, 2, ...keysOf(place), String(probeMs))) as [string | null, number, number];
    return since === null ? null : { since: Number(since), isOurs: isOurs === 1, probeInMs };
  };
  return {
    look: (place) => ask(place, 0),
    claim: ask,
    async hold(place, { since, probeInMs }, keepMs) {
      return Number(await redis.eval(holdScript, 2, ...keysOf(place), String(since), String(Math.round(probeInMs)), String(Math.round(keepMs))));
    },
    async release(place) {
      await redis.del(...keysOf(place));
    },
  };
}

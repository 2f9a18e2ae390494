import type { Redis } from 'ioredis';
import { z } from 'zod';
import { prefix } from './keys.ts';

const versionsKey = `${prefix}:versions`;

/** Of what is stored. Raised by a release that writes an aggregate which the release before cannot read. */
const aggregatesVersion = 1;

/**
 * KEYS: versions. ARGV: version of messages, version of aggregates. Nothing is written when one of them is newer there.
 */
const script = `
local messages = tonumber(redis.call('HGET', KEYS[1], 'messages') or '0')
local aggregates = tonumber(redis.call('HGET', KEYS[1], 'aggregates') or '0')
if messages <= tonumber(ARGV[1]) and aggregates <= tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'messages', ARGV[1], 'aggregates', ARGV[2]) end
return {messages, aggregates}
`;

const found = z.tuple([z.number(), z.number()]);

/**
 * Says in Redis which version writes there. @returns null, or the sentence for the operator when a newer one has written: what it stored
 * might be misread. The newer one still runs beside the older during a roll-out, so its messages are left to it (jobs/worker.ts).
 */
export async function claimVersions(redis: Redis, messagesVersion: number, aggregates = aggregatesVersion): Promise<string | null> {
  const [messages, stored] = found.parse(await redis.eval(script, 1, versionsKey, String(messagesVersion), String(aggregates)));
  const newer = [
    ...(messages > messagesVersion ? [`messages of version ${messages}, this Trueup knows ${messagesVersion}`] : []),
    ...(stored > aggregates ? [`aggregates of version ${stored}, this Trueup knows ${aggregates}`] : []),
  ];
  return newer.length === 0 ? null : `a newer Trueup has written to this Redis (${newer.join('; ')}): start that version or a later one`;
}

/** Whether messages of a newer version may be under way: what cannot be read is that version's then, and no damage. */
export async function isNewerAbout(redis: Redis, messagesVersion: number): Promise<boolean> {
  return Number((await redis.hget(versionsKey, 'messages')) ?? 0) > messagesVersion;
}

import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Commit, CommitLog } from '../../kernel/delivery-ports.ts';
import { Conflict } from '../../kernel/errors.ts';
import { aggregateKey, appliedKey, indexKey, indexMember, leaseKey, outboxKey } from './keys.ts';
import { entryFields } from './outbox-entry.ts';

/** A repeat after this long is not recognised; it would find the world as it should be and change nothing. */
const appliedForSeconds = 7 * 86_400;

/**
 * KEYS: outbox, applied mark, lease, then aggregate and index per save. ARGV: number of saves, lease token, seconds of the mark,
 * then (expected version, index member, JSON or empty) per save, then (envelope, delay) per message. Empty seconds or token: not wanted.
 * Everything is compared before anything is written; the mark, too, because two workers may run the same delivery. Redis takes nothing
 * back when a script fails, so messages come first: one too many is a repeat, one too few is lost.
 */
const script = `
local saves = tonumber(ARGV[1])
if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[2]) == 1 then return 'repeated' end
if ARGV[2] ~= '' and redis.call('GET', KEYS[3]) ~= ARGV[2] then return 'lease' end
for i = 1, saves do
  local version = redis.call('HGET', KEYS[2 + 2 * i], 'version') or '0'
  if version ~= ARGV[1 + 3 * i] then return 'version' end
end
for i = 4 + 3 * saves, #ARGV, 2 do
  redis.call('XADD', KEYS[1], '*', 'envelope', ARGV[i], 'delay', ARGV[i + 1])
end
for i = 1, saves do
  local key, index = KEYS[2 + 2 * i], KEYS[3 + 2 * i]
  local version, member, json = ARGV[1 + 3 * i], ARGV[2 + 3 * i], ARGV[3 + 3 * i]
  if json == '' then
    redis.call('DEL', key)
    redis.call('SREM', index, member)
  else
    redis.call('HSET', key, 'version', tostring(tonumber(version) + 1), 'json', json)
    redis.call('SADD', index, member)
  end
end
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], '1', 'EX', ARGV[3]) end
return 'written'
`;

const answers = z.enum(['written', 'repeated', 'lease', 'version']);

/** @see CommitLog */
export function redisCommitLog(redis: Redis): CommitLog {
  return {
    async commit(commit) {
      const { keys, values } = parameters(commit);
      const answer = answers.parse(await redis.eval(script, keys.length, ...keys, ...values));
      if (answer === 'lease') throw new Conflict('the lease has another holder by now', { code: 'LeaseLost' });
      if (answer === 'version') throw new Conflict('somebody else saved the aggregate in between', { code: 'VersionConflict' });
      return answer;
    },
    async isApplied({ tenantId, eventId }, reaction) {
      return (await redis.exists(appliedKey(tenantId, reaction, eventId))) === 1;
    },
  };
}

function parameters({ saves, emits, applied, lease }: Commit): { readonly keys: readonly string[]; readonly values: readonly string[] } {
  // A key that is not wanted must still lie in the same slot of a cluster.
  const marked = applied?.once === true ? applied : null;
  const mark = marked === null ? outboxKey : appliedKey(marked.envelope.tenantId, marked.reaction, marked.envelope.eventId);
  return {
    keys: [outboxKey, mark, lease === null ? outboxKey : leaseKey(lease.key), ...saves.flatMap(({ key }) => [aggregateKey(key), indexKey(key.type)])],
    values: [
      String(saves.length),
      lease?.token ?? '',
      marked === null ? '' : String(appliedForSeconds),
      ...saves.flatMap(({ key, expectedVersion, value }) => [String(expectedVersion), indexMember(key), value === null ? '' : JSON.stringify(value)]),
      ...emits.flatMap((envelope) => entryFields({ envelope, delayMs: 0 })),
    ],
  };
}

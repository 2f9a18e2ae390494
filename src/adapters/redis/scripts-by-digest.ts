import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** The numbers of keys, the keys, and what else the script gets. */
type Given = [keys: number | string, ...rest: (string | number | Buffer)[]];

/**
 * `eval` sends the digest of a script: its text only to a server that does not know it, which one that was restarted or emptied does not.
 * A refused digest has changed nothing, so nothing runs twice. https://redis.io/docs/latest/commands/evalsha/
 */
export function scriptsByDigest(redis: Redis): Redis {
  const digests = new Map<string, string>();
  const sendText: (script: string, ...given: Given) => Promise<unknown> = redis.eval.bind(redis);
  const sendDigest: (digest: string, ...given: Given) => Promise<unknown> = redis.evalsha.bind(redis);
  const run = async (script: string, ...given: Given): Promise<unknown> => {
    const digest = digests.get(script) ?? createHash('sha1').update(script).digest('hex');
    digests.set(script, digest);
    try {
      return await sendDigest(digest, ...given);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await sendText(script, ...given);
    }
  };
  return Object.assign(redis, { eval: run });
}

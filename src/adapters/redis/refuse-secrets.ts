import type { Redis } from 'ioredis';
import { Rejected } from '../../kernel/errors.ts';
import type { Scrubber } from '../../kernel/scrubbing/scrubber.ts';

/** They are there to carry the password. */
const credentials = new Set(['auth', 'hello']);

/**
 * No command with a secret leaves: what is stored must be whole or not be there, because it is read back, compared and deployed. A
 * command of a pipeline becomes one that Redis does not know, so that the others keep their answers and a transaction is given up.
 */
export function refuseSecrets(redis: Redis, scrubber: Pick<Scrubber, 'holds'>): Redis {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    if (credentials.has(command.name) || !scrubber.holds(command.args.map(textOf))) return send(command, stream);
    if (stream && 'isPipeline' in stream) return send(Object.assign(command, { name: 'trueup.refused', args: [] }), stream);
    command.reject(new Rejected('a secret would have been stored in Redis', { code: 'SecretRefused' }));
    return command.promise;
  };
  return redis;
}

/** BullMQ packs what it stores; texts stay as they are in that. */
function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
}

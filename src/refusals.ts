import type { Redis } from 'ioredis';
import { clockFault } from './adapters/redis/clock-skew.ts';
import { redisFaults } from './adapters/redis/safety.ts';
import { claimVersions } from './adapters/redis/versions.ts';
import type { Config } from './config.ts';
import { schemaVersion } from './kernel/messages/catalogue.ts';

/** @throws with what to do when work would be lost, misread or mistimed here. */
export async function refuseUnfit(redis: Redis, { acceptUnsafeRedis }: Pick<Config, 'acceptUnsafeRedis'>, log: { warn(fields: object, message: string): void }): Promise<void> {
  const faults = await redisFaults(redis);
  if (faults.length > 0 && !acceptUnsafeRedis) throw new Error(`this Redis may lose acknowledged work:\n  ${faults.join('\n  ')}\nCorrect it, or set TRUEUP_ACCEPT_UNSAFE_REDIS=true to start all the same`);
  if (faults.length > 0) log.warn({ faults }, 'This Redis may lose acknowledged work; the setting says to accept that');
  const clock = await clockFault(redis);
  if (clock !== null) throw new Error(clock);
  const versions = await claimVersions(redis, schemaVersion);
  if (versions !== null) throw new Error(versions);
}

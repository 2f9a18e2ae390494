import { Secret } from '../kernel/secret.ts';
import { UsageFault } from './usage-fault.ts';

/** @throws {UsageFault} for none, and for a password on the command line, which everybody on the machine can read. */
export function redisAddress(option: string | undefined, environment: Readonly<Record<string, string | undefined>>): Secret<string> {
  const address = option ?? environment['REDIS_URL'];
  if (!address) throw new UsageFault('where is Redis? Set REDIS_URL or pass --redis redis://127.0.0.1:6379');
  if (option !== undefined && /:[^/@:]*@/.test(option)) throw new UsageFault('a password on the command line is read by everybody on this machine: set REDIS_URL instead of --redis');
  return new Secret(address);
}

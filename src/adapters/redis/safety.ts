import type { Redis } from 'ioredis';

const wanted = [
  ['maxmemory-policy', 'noeviction', 'any other policy drops acknowledged jobs without an error'],
  ['appendonly', 'yes', 'without it a restart loses every job'],
  ['appendfsync', 'always', 'everysec loses up to a second of acknowledged webhooks on power loss'],
  ['no-appendfsync-on-rewrite', 'no', 'yes leaves acknowledged webhooks in memory while the file is rewritten'],
] as const;

/**
 * What makes this Redis unfit to hold acknowledged work, one sentence each (facts/reliability.md 4.2). A managed Redis may forbid
 * CONFIG: what cannot be read is said, not taken as fine.
 */
export async function redisFaults(redis: Redis): Promise<readonly string[]> {
  const answers = await Promise.all(wanted.map(([name]) => redis.config('GET', name))).catch(() => null);
  if (answers === null) return ['CONFIG GET is not allowed, so whether acknowledged work is kept cannot be checked'];
  return wanted.flatMap(([name, value, why], index) => {
    const found = valueOf(answers[index]);
    return found === value ? [] : [`${name} is ${found}, expected ${value}: ${why}`];
  });
}

/** RESP2 answers a list of name and value, RESP3 a map. */
function valueOf(answer: unknown): string {
  if (Array.isArray(answer)) return String(answer[1] ?? '');
  return typeof answer === 'object' && answer !== null ? String(Object.values(answer)[0] ?? '') : '';
}

import type { Redis } from 'ioredis';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import { newOrigin, scheduledOrigin } from '../../kernel/envelope.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { chainFaults } from '../audit/chain.ts';
import { auditedTenants, entriesIn, readAudit, redisAuditLog } from './audit-log.ts';
import { auditKey, originKey } from './keys.ts';
import { redisOrigins } from './origins.ts';

const bench = redisForFile();
let redis: Redis;
beforeAll(async () => {
  redis = await bench.connect();
});
beforeEach(() => redis.flushall());

const entry = (id: string): AuditEntry => ({ phase: 'ended', id, at: '2026-11-28T00:00:00.000Z', status: 200, requestId: id, correlationId: null, ms: 1 });

describe('the audit', () => {
  test('of many processes that write at once is one chain, and each one\'s entries are in their order', async () => {
    const processes = await Promise.all(['a', 'b', 'c'].map(async (name) => ({ name, append: redisAuditLog(await bench.connect(), 10_000) })));
    await Promise.all(processes.flatMap(({ name, append }) => Array.from({ length: 60 }, (_, index) => append('100.7', entry(`${name}${index}`)))));
    const stored = await readAudit(redis, '100.7');
    expect(chainFaults(stored.links, stored.head)).toEqual([]);
    const ids = entriesIn(stored).map(({ id }) => id);
    for (const { name } of processes) expect(ids.filter((id) => id.startsWith(name))).toEqual(Array.from({ length: 60 }, (_, index) => `${name}${index}`));
  });

  test('of each tenant is a stream of its own, and the oldest entries go where the bound is reached', async () => {
    const append = redisAuditLog(redis, 1000);
    await append('100.8', entry('other'));
    await Promise.all(Array.from({ length: 1500 }, (_, index) => append('100.7', entry(String(index)))));
    const stored = await readAudit(redis, '100.7');
    expect(stored.links.length).toBeLessThan(1200);
    expect(chainFaults(stored.links, stored.head)).toEqual([]);
    expect(entriesIn(stored).at(-1)?.id).toBe('1499');
    expect(await auditedTenants(redis)).toEqual(['100.7', '100.8']);
  });

  test('goes on after somebody emptied Redis', async () => {
    const append = redisAuditLog(redis, 1000);
    await append('100.7', entry('1'));
    await redis.flushall();
    await append('100.7', entry('2'));
    const stored = await readAudit(redis, '100.7');
    expect(entriesIn(stored).map(({ id }) => id)).toEqual(['2']);
    expect(chainFaults(stored.links, stored.head)).toEqual([]);
  });

  test('an entry that cannot be kept is told to whoever waits for it, and the next one can', async () => {
    const append = redisAuditLog(redis, 1000);
    await redis.set(auditKey('100.7'), 'no stream');
    await expect(append('100.7', entry('1'))).rejects.toThrow('WRONGTYPE');
    await redis.del(auditKey('100.7'));
    await append('100.7', entry('2'));
    expect(entriesIn(await readAudit(redis, '100.7')).map(({ id }) => id)).toEqual(['2']);
  });
});

describe('who began a trace', () => {
  const ids = { uuid: () => '72d3162e-cc78-41e3-81ab-4c9367dc0958' };
  const sender = { by: 'github', login: 'maria', id: 2, event: 'push', delivery: 'd' } as const;

  test.each([
    { reason: 'a schedule, without anything kept', traceId: scheduledOrigin('drift-detection/scan-drift', ids).traceId, who: { by: 'schedule', name: 'drift-detection/scan-drift' } },
    { reason: 'a sender, kept with the webhook', traceId: newOrigin('d', ids).traceId, who: sender },
    { reason: 'nobody who is still known', traceId: 'trace-72d3162e-cc78-41e3-81ab-4c9367dc0959', who: null },
    { reason: 'a schedule that is not one of ours', traceId: scheduledOrigin('another', ids).traceId, who: null },
  ])('$reason', async ({ traceId, who }) => {
    await redis.set(originKey(newOrigin('d', ids).traceId), JSON.stringify(sender));
    expect(await redisOrigins(redis, () => ['resync-installations', 'drift-detection/scan-drift'])(traceId)).toEqual(who);
  });
});

import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run, type CliRun } from '../../test/support/cli-run.ts';
import { redisBench, type RedisBench } from '../../test/support/redis-bench.ts';
import type { AuditEntry } from '../adapters/audit/audit-entry.ts';
import { redisAuditLog } from '../adapters/redis/audit-log.ts';
import { auditKey } from '../adapters/redis/keys.ts';
import { auditCommand } from './audit.ts';

let bench: RedisBench;
let redis: Redis;
beforeAll(async () => {
  bench = await redisBench();
  redis = new Redis(bench.server.url);
});
afterAll(async () => {
  redis?.disconnect();
  await bench?.[Symbol.asyncDispose]();
});
afterEach(() => vi.restoreAllMocks());

const commit = '0f7c2a5b6d7e8f901a2b3c4d5e6f708192a3b4c5';
const who = { by: 'github', login: 'maria', id: 2, event: 'issue_comment.created', delivery: '72d3162e' } as const;
const begun = (id: string, tenantId: string, environment: string, ageMs: number): AuditEntry => ({
  phase: 'begun', id, at: new Date(Date.now() - ageMs).toISOString(), tenantId, environment, traceId: `trace-${id}`, eventId: 'evt-1', reaction: 'deployment/when-advance-deployment', who,
  commit, policy: 'rollout canary of web, stage 2 of 3, promoting', service: 'azure', operation: 'PATCH Microsoft.App/containerApps', target: '/subscriptions/s/resourceGroups/g', clientRequestId: 'client-1',
});
const hour = 3_600_000;

beforeEach(async () => {
  await redis.flushall();
  const append = redisAuditLog(redis, 1000);
  await append('100.7.contoso', begun('old', '100.7.contoso', 'prod', 50 * hour));
  await append('100.7.contoso', begun('one', '100.7.contoso', 'prod', hour));
  await append('100.7.contoso', { phase: 'ended', id: 'one', at: new Date().toISOString(), status: 202, requestId: 'request-1', correlationId: 'operation-1', ms: 41 });
  await append('100.7.contoso', begun('two', '100.7.contoso', 'dev', hour));
  await append('100.8.contoso', begun('three', '100.8.contoso', 'prod', hour));
});

const audit = (...words: readonly string[]): Promise<CliRun> => run(auditCommand(), '--redis', bench.server.url, ...words);

describe('trueup audit', () => {
  test('says who had what written, from which commit, why, and what to ask Azure for', async () => {
    const { code, out } = await audit('--tenant', '100.7', '--environment', 'prod');
    expect(code).toBe(0);
    for (const part of ['202 in 41 ms', 'rollout canary of web, stage 2 of 3, promoting, at 0f7c2a5b6d7e, by maria (2) with issue_comment.created, delivery 72d3162e', 'x-ms-request-id request-1', 'x-ms-correlation-request-id operation-1', 'x-ms-client-request-id client-1']) expect(out).toContain(part);
    expect(out).not.toContain('trace-old');
    expect(out).not.toContain('trace-two');
  });

  test.each([
    { reason: 'of the last day, of all', words: [], ids: ['one', 'two', 'three'] },
    { reason: 'further back', words: ['--since', '7d', '--tenant', '100.7'], ids: ['old', 'one', 'two'] },
    { reason: 'of one tenant', words: ['--tenant', '100.8.contoso'], ids: ['three'] },
    { reason: 'of nobody whose id only begins alike', words: ['--tenant', '10'], ids: [] },
  ])('gives programs one JSON line each: $reason', async ({ words, ids }) => {
    const { out } = await audit('--json', ...words);
    const lines = out.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids);
  });

  test('checks the chain', async () => {
    expect(await audit('--verify')).toMatchObject({ code: 0, out: expect.stringMatching(/100\.7\.contoso: 4 entries, unchanged; the newest is [0-9a-f]{64}\n100\.8/) as unknown });
    const [first] = await redis.xrange(auditKey('100.7.contoso'), '-', '+', 'COUNT', 1);
    await redis.xdel(auditKey('100.7.contoso'), first?.[0] ?? '');
    expect(await audit('--verify')).toMatchObject({ code: 0 });
    const [, second] = await redis.xrange(auditKey('100.7.contoso'), '-', '+');
    await redis.xdel(auditKey('100.7.contoso'), second?.[0] ?? '');
    expect(await audit('--verify')).toMatchObject({ code: 1, out: expect.stringContaining('does not follow the one before it') as unknown });
  });

  test('does not take a period that it cannot read for one', async () => {
    expect((await audit('--since', 'yesterday')).err).toContain('expected a number with m, h or d');
  });
});

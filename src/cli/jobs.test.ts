import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { jobsBench } from '../../test/support/jobs-bench.ts';
import { redisBench, type RedisBench } from '../../test/support/redis-bench.ts';
import { reaction } from '../kernel/context.ts';
import { Rejected } from '../kernel/errors.ts';
import { tenantId } from '../kernel/ids.ts';

let redis: RedisBench;
beforeAll(async () => {
  redis = await redisBench();
});
afterAll(() => redis[Symbol.asyncDispose]());
beforeEach(() => redis.server.empty());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function trueup(words: readonly string[], environment: Readonly<Record<string, string>> = { REDIS_URL: redis.server.url }): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], { env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...environment } }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** A dead letter; @returns its job's id. */
async function deadLetter(): Promise<string> {
  await using jobs = await jobsBench(redis, [reaction({ on: 'SyncRepository', name: 'when-sync', handle: () => Promise.reject(new Rejected('GitHub refused it', { code: 'GitHub422' })) })]);
  const envelope = envelopeOf('SyncRepository', tenantId(100, 7), { reason: 'push' });
  await jobs.send(envelope);
  await expect.poll(() => jobs.queues.all.get('gitops')?.getFailedCount()).toBe(1);
  return `${envelope.eventId}.when-sync`;
}

describe('trueup jobs', () => {
  test('lists dead letters with what a person needs to know', async () => {
    const id = await deadLetter();
    const { code, out } = await trueup(['jobs']);
    expect(code).toBe(0);
    for (const part of [id, 'gitops/when-sync', 'SyncRepository', '100.7', '1 deliveries', 'Rejected: GitHub refused it (GitHub422)', 'trace-']) expect(out).toContain(part);
  });

  test('gives programs one JSON line each', async () => {
    const id = await deadLetter();
    const { code, out } = await trueup(['jobs', '--json', '--redis', redis.server.url], {});
    expect(code).toBe(0);
    const lines = out.trim().split('\n').map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([{ id, queue: 'gitops', state: 'failed', reason: 'Rejected: GitHub refused it (GitHub422)', deliveries: 1 }]);
  });

  test('delivers one again, once', async () => {
    const id = await deadLetter();
    expect(await trueup(['jobs', 'retry', id])).toMatchObject({ code: 0, out: `${id} is delivered again\n` });
    expect(await trueup(['jobs', 'retry', id, '--redis', redis.server.url], {})).toMatchObject({ code: 1 });
    expect(await trueup(['jobs'])).toMatchObject({ code: 0, out: 'no failed jobs\n' });
  });

  test.each([
    { words: ['jobs', '--state', 'lost'], reason: 'a state that does not exist' },
    { words: ['jobs', '--limit', '0'], reason: 'a limit of nothing' },
    { words: ['jobs', 'retry'], reason: 'no id' },
    { words: ['jobs', '--nothing'], reason: 'an option that does not exist' },
  ])('typed wrongly exits with 2: $reason', async ({ words }) => {
    const { code, err, out } = await trueup(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  test.each([
    { environment: {}, exit: 2, wanted: 'Set REDIS_URL', reason: 'nobody said where Redis is' },
    { environment: { REDIS_URL: 'redis://127.0.0.1:1' }, exit: 1, wanted: 'Redis does not answer', reason: 'nobody answers there' },
  ])('exits with $exit: $reason', async ({ environment, exit, wanted }) => {
    const { code, err } = await trueup(['jobs'], environment);
    expect(code).toBe(exit);
    expect(err).toContain(wanted);
  });
});

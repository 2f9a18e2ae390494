import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { jobsBench } from '../../test/support/jobs-bench.ts';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { resyncMarks } from '../adapters/redis/resync-marks.ts';
import { reaction, type Reaction } from '../kernel/context.ts';
import type { Envelope } from '../kernel/envelope.ts';
import { NotAllowed, Throttled } from '../kernel/errors.ts';
import { tenantId } from '../kernel/ids.ts';
import { done, wait, type Outcome } from '../kernel/outcome.ts';

const repository = tenantId(100, 7);
const sync = (reason: string, tenant = repository): Envelope => envelopeOf('SyncRepository', tenant, { reason });
const reasonOf = ({ payload }: Envelope): string => ('reason' in payload ? String(payload.reason) : '');

const redis = redisForFile();

function latest(handle: (envelope: Envelope) => Promise<Outcome>): Reaction {
  return reaction({ on: 'SyncRepository', name: 'when-sync', latestWins: () => 'sync', handle });
}

describe('latest wins', () => {
  test('while one runs, many more are one more, and it is the newest', async () => {
    const handled: string[] = [];
    const gate = Promise.withResolvers<void>();
    await using jobs = await jobsBench(redis, [latest(async (envelope) => {
      handled.push(reasonOf(envelope));
      await gate.promise;
      return done();
    })]);
    await jobs.send(sync('first'));
    await expect.poll(() => handled).toEqual(['first']);
    for (const reason of ['second', 'third', 'fourth']) await jobs.send(sync(reason));
    await expect.poll(() => jobs.outbox.next(1)).toEqual([]);
    await expect.poll(async () => (await redis.connect()).xlen('{trueup}:outbox')).toBe(0);
    gate.resolve();
    await expect.poll(() => handled).toEqual(['first', 'fourth']);
    await expect.poll(() => jobs.open()).toBe(0);
    expect(handled).toEqual(['first', 'fourth']);
  });

  test('one that was dealt with and lies there again stands for what comes meanwhile: its worker died before it could say so', async () => {
    let handled = 0;
    await using jobs = await jobsBench(redis, [latest(async () => {
      handled += 1;
      return done();
    })]);
    const first = sync('first');
    await jobs.send(first);
    await expect.poll(() => handled).toBe(1);
    await expect.poll(() => jobs.open()).toBe(0);
    await jobs.queues.all.get('gitops')?.obliterate({ force: true });
    await jobs.send(first, 60_000);
    await expect.poll(() => jobs.queues.all.get('gitops')?.getDelayedCount()).toBe(1);
    await jobs.send(sync('news'));
    await expect.poll(() => handled).toBe(2);
    await expect.poll(() => jobs.open()).toBe(0);
  });

  test('one that is done counts for whoever watches, though a repeat of it is handled again', async () => {
    await using jobs = await jobsBench(redis, [latest(async () => done())]);
    const marks = resyncMarks(await redis.connect());
    expect(await marks.oldestComparison()).toBeNull();
    await jobs.send(sync('resync'));
    await expect.poll(() => marks.oldestComparison()).not.toBeNull();
  });

  test('of two tenants are two keys', async () => {
    const handled: string[] = [];
    const gate = Promise.withResolvers<void>();
    await using jobs = await jobsBench(redis, [latest(async ({ tenantId: tenant }) => {
      handled.push(tenant);
      await gate.promise;
      return done();
    })]);
    await jobs.send(sync('a'));
    await jobs.send(sync('b', tenantId(100, 8)));
    await expect.poll(() => handled.toSorted()).toEqual(['100.7', '100.8']);
    gate.resolve();
  });

  test.each([
    { reason: 'one that waits for its time', first: async () => wait(60_000, 'not yet') },
    { reason: 'one that sits out a missing right', first: () => Promise.reject(new NotAllowed('no right', {})) },
  ])('a new message wakes $reason', async ({ first }) => {
    let handled = 0;
    await using jobs = await jobsBench(redis, [latest(async () => {
      handled += 1;
      return handled === 1 ? first() : done();
    })]);
    await jobs.send(sync('first'));
    await expect.poll(() => jobs.queues.all.get('gitops')?.getDelayedCount()).toBe(1);
    await jobs.send(sync('push'));
    await expect.poll(() => handled).toBe(2);
    await expect.poll(() => jobs.open()).toBe(0);
  });

  test('a push wakes a resync that was spread over its interval; another resync does not', async () => {
    const handled: string[] = [];
    await using jobs = await jobsBench(redis, [latest(async (envelope) => {
      handled.push(reasonOf(envelope));
      return done();
    })]);
    await jobs.send(sync('resync'), 60_000);
    await expect.poll(() => jobs.queues.all.get('gitops')?.getDelayedCount()).toBe(1);
    await jobs.send(sync('another resync'), 60_000);
    await expect.poll(async () => (await redis.connect()).xlen('{trueup}:outbox')).toBe(0);
    expect(handled).toEqual([]);
    await jobs.send(sync('push'));
    await expect.poll(() => handled.length).toBe(1);
    await expect.poll(() => jobs.open()).toBe(0);
  });

  test('a message that came while an older one was running is not stuck behind that one\'s wait', async () => {
    const handled: string[] = [];
    const gate = Promise.withResolvers<void>();
    await using jobs = await jobsBench(redis, [latest(async (envelope) => {
      handled.push(reasonOf(envelope));
      if (handled.length > 1) return done();
      await gate.promise;
      return wait(60_000, 'not yet');
    })]);
    await jobs.send(sync('first'));
    await expect.poll(() => handled).toEqual(['first']);
    await jobs.send(sync('push'));
    await expect.poll(async () => (await redis.connect()).xlen('{trueup}:outbox')).toBe(0);
    gate.resolve();
    await expect.poll(() => handled).toEqual(['first', 'first', 'push']);
  });

  test('news wakes one that keeps failing once, and does not make it hot', async () => {
    let handled = 0;
    const gate = Promise.withResolvers<void>();
    await using jobs = await jobsBench(redis, [latest(async () => {
      handled += 1;
      await gate.promise;
      throw new NotAllowed('no right', {});
    })]);
    await jobs.send(sync('first'));
    await expect.poll(() => handled).toBe(1);
    await jobs.send(sync('push'));
    await expect.poll(async () => (await redis.connect()).xlen('{trueup}:outbox')).toBe(0);
    gate.resolve();
    await expect.poll(() => handled).toBe(2);
    await expect.poll(async () => (await jobs.queues.all.get('gitops')?.getDelayed())?.[0]?.delay).toBeGreaterThan(50_000);
    expect(handled).toBe(2);
  });

  test('a service that said when to come back is not asked earlier, whatever news comes', async () => {
    let handled = 0;
    await using jobs = await jobsBench(redis, [latest(async () => {
      handled += 1;
      throw new Throttled('busy', { retryAfterMs: 60_000 });
    })]);
    await jobs.send(sync('first'));
    await expect.poll(async () => (await jobs.queues.all.get('gitops')?.getDelayed())?.length).toBe(1);
    for (const reason of ['push', 'another', 'and another']) await jobs.send(sync(reason));
    await expect.poll(async () => (await redis.connect()).xlen('{trueup}:outbox')).toBe(0);
    await expect.poll(async () => (await jobs.queues.all.get('gitops')?.getDelayed())?.length).toBe(1);
    expect(handled).toBe(1);
  });

  test('one that is tried again after a bug lets the next one through', async () => {
    let handled = 0;
    await using jobs = await jobsBench(redis, [latest(async () => {
      handled += 1;
      if (handled === 1) throw new TypeError('a bug');
      return done();
    })]);
    await jobs.send(sync('first'));
    await expect.poll(() => handled).toBe(1);
    await jobs.send(sync('push'));
    await expect.poll(() => handled).toBe(2);
  });
});

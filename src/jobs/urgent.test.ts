import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { jobsBench, type JobsBench } from '../../test/support/jobs-bench.ts';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { reaction, type Reaction } from '../kernel/context.ts';
import type { Envelope } from '../kernel/envelope.ts';
import { tenantId } from '../kernel/ids.ts';
import { done, wait } from '../kernel/outcome.ts';
import { listJobs } from './dead-letters.ts';

const repository = tenantId(100, 7);
const sync = (reason: string): Envelope => envelopeOf('SyncRepository', repository, { reason });
const reasonOf = ({ payload }: Envelope): string => ('reason' in payload ? String(payload.reason) : '');
const isUrgent = (envelope: Envelope): boolean => reasonOf(envelope).startsWith('push');

const redis = redisForFile();

interface Held {
  readonly jobs: JobsBench;
  readonly handled: string[];
  readonly open: () => void;
}

/** One delivery at a time; the first runs until `open`, so that everything sent meanwhile waits. */
async function heldUp(more: Partial<Pick<Reaction, 'latestWins'>> = {}, waits: ReadonlySet<string> = new Set()): Promise<Held> {
  const handled: string[] = [];
  const gate = Promise.withResolvers<void>();
  const jobs = await jobsBench(redis, [reaction({
    on: 'SyncRepository',
    name: 'when-sync',
    urgent: isUrgent,
    ...(more.latestWins && { latestWins: more.latestWins }),
    async handle(envelope, { attempt }) {
      handled.push(reasonOf(envelope));
      if (reasonOf(envelope) === 'first') await gate.promise;
      return attempt === 0 && waits.has(reasonOf(envelope)) ? wait(1, 'not yet') : done();
    },
  })], { concurrency: 1 });
  await jobs.send(sync('first'));
  await expect.poll(() => handled).toEqual(['first']);
  return { jobs, handled, open: gate.resolve };
}

const reports = Array.from({ length: 200 }, (_, index) => `report ${index}`);

async function queued({ jobs }: Held, reasons: readonly string[]): Promise<void> {
  for (const reason of reasons) await jobs.send(sync(reason));
  await expect.poll(async () => (await redis.connect()).xlen('{trueup}:outbox')).toBe(0);
}

async function ended({ jobs }: Held): Promise<void> {
  await expect.poll(() => jobs.open(), { timeout: 30_000, interval: 20 }).toBe(0);
}

describe('what is urgent', { timeout: 60_000 }, () => {
  test('goes before 200 that wait, in its own order, and these keep theirs: none is left', async () => {
    const held = await heldUp();
    await using _jobs = held.jobs;
    await queued(held, [...reports, 'push 1', 'push 2']);
    held.open();
    await ended(held);
    expect(held.handled).toEqual(['first', 'push 1', 'push 2', ...reports]);
  });

  test('goes before them also when its time comes only after theirs', async () => {
    const held = await heldUp();
    await using _jobs = held.jobs;
    const dueAt = Date.now() + 500;
    await held.jobs.send(sync('push'), 500);
    await queued(held, reports);
    await expect.poll(() => Date.now()).toBeGreaterThan(dueAt + 100);
    held.open();
    await ended(held);
    expect(held.handled).toEqual(['first', 'push', ...reports]);
  });

  test('keeps its place when it waits for something', async () => {
    const held = await heldUp({}, new Set(['push']));
    await using _jobs = held.jobs;
    await queued(held, [...reports, 'push']);
    held.open();
    await ended(held);
    const [once = 0, again = 0] = held.handled.flatMap((reason, index) => (reason === 'push' ? [index] : []));
    expect(once).toBe(1);
    expect(again).toBeLessThan(held.handled.length - 1);
  });

  test('takes an older one of its key along, which waits or sits out a delay', async () => {
    const held = await heldUp({ latestWins: reasonOfKey });
    await using _jobs = held.jobs;
    await held.jobs.send(sync('delayed'), 60_000);
    await queued(held, [...reports, 'older']);
    await queued(held, ['push older', 'push delayed']);
    held.open();
    await ended(held);
    expect(held.handled).toEqual(['first', 'older', 'delayed', ...reports]);
  });

  test('is listed among what waits, as what is not urgent is', async () => {
    const held = await heldUp();
    await using _jobs = held.jobs;
    await queued(held, ['report', 'push']);
    expect(await listJobs(held.jobs.queues, ['waiting'], 10)).toHaveLength(2);
    expect(await listJobs(held.jobs.queues, ['waiting'], 1)).toHaveLength(1);
    held.open();
    await ended(held);
  });
});

/** `push older` and `older` are about the same. */
function reasonOfKey(envelope: Envelope): string {
  return reasonOf(envelope).replace('push ', '');
}

describe('a message that waits', { timeout: 60_000 }, () => {
  test.for([
    { reason: 'and became urgent goes before what waited longer', urgent: true, order: ['rollout', 'rollout', 'a', 'b'] },
    { reason: 'keeps its place otherwise', urgent: undefined, order: ['rollout', 'a', 'b', 'rollout'] },
  ])('$reason', async ({ urgent, order }, { expect }) => {
    const handled: string[] = [];
    const gate = Promise.withResolvers<void>();
    await using jobs = await jobsBench(redis, [reaction({
      on: 'SyncRepository',
      name: 'when-sync',
      async handle(envelope, { attempt }) {
        handled.push(reasonOf(envelope));
        if (reasonOf(envelope) !== 'rollout' || attempt > 0) return done();
        await gate.promise;
        return { ...wait(0, 'it failed its gate'), ...(urgent !== undefined && { urgent }) };
      },
    })], { concurrency: 1 });
    await jobs.send(sync('rollout'));
    await expect.poll(() => handled).toEqual(['rollout']);
    for (const reason of ['a', 'b']) await jobs.send(sync(reason));
    await expect.poll(async () => (await redis.connect()).xlen('{trueup}:outbox')).toBe(0);
    gate.resolve();
    await expect.poll(() => handled, { timeout: 30_000 }).toEqual(order);
  });
});

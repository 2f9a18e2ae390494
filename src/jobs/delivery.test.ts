import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { jobsBench, type JobsBench } from '../../test/support/jobs-bench.ts';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { redisStore } from '../adapters/redis/store.ts';
import { reaction, type Delivery, type Reaction } from '../kernel/context.ts';
import { emit, type Envelope } from '../kernel/envelope.ts';
import { Conflict, NotAllowed, Rejected, Throttled, Unavailable } from '../kernel/errors.ts';
import { tenantId } from '../kernel/ids.ts';
import { schemaVersion } from '../kernel/messages/catalogue.ts';
import { done, stalled, wait, type Outcome } from '../kernel/outcome.ts';
import { listJobs, retryJob } from './dead-letters.ts';

const repository = tenantId(100, 7);
const sync = (): Envelope => envelopeOf('SyncRepository', repository, { reason: 'push' });
const synced = emit('RepositorySynced', repository, { commit: 'a'.repeat(40), environments: [] });
const counter = { tenantId: repository, type: 'Counter', id: 'a' };

const redis = redisForFile();

type Handle = (envelope: Envelope, delivery: Delivery) => Promise<Outcome>;

function when(handle: Handle, more: { readonly writes?: (envelope: Envelope) => string } = {}): Reaction {
  return reaction({ on: 'SyncRepository', name: 'when-sync', handle, ...more });
}

async function idle(jobs: JobsBench): Promise<void> {
  await expect.poll(() => jobs.open(), { interval: 20 }).toBe(0);
}

async function deadLetters(jobs: JobsBench, wanted: readonly object[]): Promise<void> {
  await expect.poll(() => listJobs(jobs.queues, ['failed'], 10), { interval: 20 }).toMatchObject(wanted);
}

describe('a delivery', () => {
  test('of a version that this worker does not know is left to a newer one, and is no failure', async () => {
    let handled = 0;
    await using jobs = await jobsBench(redis, [when(async () => {
      handled += 1;
      return done();
    })]);
    const queue = jobs.queues.all.get('gitops');
    const job = await queue?.add('when-sync', { envelope: { of: 'tomorrow' }, schemaVersion: schemaVersion + 1 }, { jobId: 'newer' });
    await expect.poll(() => job?.isDelayed()).toBe(true);
    expect(await queue?.getJob('newer')).toMatchObject({ attemptsMade: 0 });
    expect(handled).toBe(0);
  });

  test('commits what was decided, and its messages carry trace and cause on', async () => {
    const heard: Envelope[] = [];
    const listens = reaction({ on: 'RepositorySynced', name: 'when-synced', async handle(envelope) {
      heard.push(envelope);
      return done();
    } });
    await using jobs = await jobsBench(redis, [when(async () => done([{ key: counter, expectedVersion: 0, value: { n: 1 } }], [synced])), listens]);
    const envelope = sync();
    await jobs.send(envelope);
    await expect.poll(() => heard.length).toBe(1);
    expect(heard[0]).toMatchObject({ eventType: 'RepositorySynced', traceId: envelope.traceId, correlationId: envelope.correlationId, causationId: envelope.eventId });
    const store = redisStore(await redis.connect());
    expect(await store.load(counter, z.object({ n: z.number() }))).toEqual({ version: 1, value: { n: 1 } });
  });

  test('of a message that comes twice, at once and later, changes nothing more', async () => {
    let handled = 0;
    await using jobs = await jobsBench(redis, [when(async () => {
      handled += 1;
      return done([{ key: counter, expectedVersion: 0, value: { n: handled } }]);
    })]);
    const envelope = sync();
    await Promise.all([jobs.send(envelope), jobs.send(envelope)]);
    await expect.poll(() => handled).toBe(1);
    await idle(jobs);
    // As after the queue has forgotten the job.
    await jobs.queues.all.get('gitops')?.obliterate({ force: true });
    await jobs.send(envelope);
    await expect.poll(() => jobs.lines.some(({ fields }) => 'end' in fields && fields.end === 'repeated')).toBe(true);
    expect(handled).toBe(1);
  });

  test('that waits comes again, keeps what it saved, and costs no attempt', async () => {
    const attempts: number[] = [];
    await using jobs = await jobsBench(redis, [when(async (_envelope, { attempt }) => {
      attempts.push(attempt);
      // More often than a job has attempts.
      return attempts.length < 16 ? wait(1, 'not yet', [{ key: counter, expectedVersion: attempts.length - 1, value: { n: attempts.length } }]) : done();
    })]);
    await jobs.send(sync());
    await expect.poll(() => attempts.length).toBe(16);
    await idle(jobs);
    expect(attempts).toEqual(Array.from({ length: 16 }, (_, index) => index));
    expect(await listJobs(jobs.queues, ['failed'], 10)).toEqual([]);
    const [job] = await jobs.queues.all.get('gitops')?.getCompleted() ?? [];
    expect(job?.attemptsMade).toBe(1);
  });

  test('that stalls says what a person must do, and a retry asks the reaction again', async () => {
    let mayGo = false;
    let handled = 0;
    await using jobs = await jobsBench(redis, [when(async () => {
      handled += 1;
      return mayGo ? done() : stalled('the vault is missing', 'create it');
    })]);
    await jobs.send(sync());
    await deadLetters(jobs, [{ reaction: 'when-sync', eventType: 'SyncRepository', tenantId: '100.7', reason: 'stalled: the vault is missing. What to do: create it' }]);
    mayGo = true;
    const [letter] = await listJobs(jobs.queues, ['failed'], 10);
    expect(await retryJob(jobs.queues, jobs.crashes, letter?.id ?? '')).toBe(true);
    await expect.poll(() => handled).toBe(2);
    await deadLetters(jobs, []);
    expect(await retryJob(jobs.queues, jobs.crashes, letter?.id ?? '')).toBe(false);
  });

  test.each([
    { error: new Throttled('busy', { retryAfterMs: 20_000 }), ms: [19_000, 22_000], reason: 'throttled: when the service says' },
    { error: new Conflict('busy', {}), ms: [400, 1600], reason: 'a conflict: soon' },
    { error: new Unavailable('away', {}), ms: [500, 2100], reason: 'an outage: with backoff' },
    { error: new NotAllowed('no', {}), ms: [59_000, 121_000], reason: 'a missing right: slowly' },
  ])('$reason, and no attempt is used', async ({ error, ms: [least = 0, most = 0] }) => {
    await using jobs = await jobsBench(redis, [when(async () => {
      throw error;
    })]);
    await jobs.send(sync());
    const queue = jobs.queues.all.get('gitops');
    await expect.poll(() => queue?.getDelayedCount()).toBe(1);
    const [job] = await queue?.getDelayed() ?? [];
    expect(job?.delay).toBeGreaterThan(least);
    expect(job?.delay).toBeLessThan(most);
    expect(job?.attemptsMade).toBe(0);
  });

  test('after many waits a first outage is looked at as soon as ever', async () => {
    let handled = 0;
    await using jobs = await jobsBench(redis, [when(async () => {
      handled += 1;
      if (handled <= 20) return wait(0, 'not yet');
      throw new Unavailable('away', {});
    })]);
    await jobs.send(sync());
    const queue = jobs.queues.all.get('gitops');
    await expect.poll(() => handled).toBe(21);
    await expect.poll(async () => (await queue?.getDelayed())?.[0]?.data.failing?.times).toBe(1);
    const [job] = await queue?.getDelayed() ?? [];
    expect(job?.delay).toBeLessThan(2100);
  });

  test.each([
    { error: new Rejected('Azure refused it', { code: 'Invalid' }), wanted: 'Rejected: Azure refused it (Invalid)', reason: 'a wrong request' },
  ])('$reason is a dead letter at once', async ({ error, wanted }) => {
    await using jobs = await jobsBench(redis, [when(async () => {
      throw error;
    })]);
    await jobs.send(sync());
    await deadLetters(jobs, [{ reason: wanted, deliveries: 1 }]);
  });

  test('a bug is tried again after a backoff, as an attempt', async () => {
    await using jobs = await jobsBench(redis, [when(async () => {
      throw new TypeError('x is undefined');
    })]);
    await jobs.send(sync());
    const queue = jobs.queues.all.get('gitops');
    await expect.poll(() => queue?.getDelayedCount()).toBe(1);
    const [job] = await queue?.getDelayed() ?? [];
    expect(job?.attemptsMade).toBe(1);
    expect(job?.opts.attempts).toBe(12);
  });

  test('of a tenant that the context may not act for never reaches the reaction', async () => {
    let handled = 0;
    const handle: Handle = async () => {
      handled += 1;
      return done();
    };
    await using jobs = await jobsBench(redis, [when(handle)], { guard: () => ({ allowed: false, reason: 'no grant for 100.7' }) });
    await jobs.send(sync());
    await deadLetters(jobs, [{ reason: 'refused: no grant for 100.7' }]);
    expect(handled).toBe(0);
  });

  test('what two deliveries write under one key is written one after the other', async () => {
    let inside = 0;
    let most = 0;
    let handled = 0;
    await using jobs = await jobsBench(redis, [when(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 30));
      inside -= 1;
      handled += 1;
      return done();
    }, { writes: () => 'env' })]);
    await Promise.all([sync(), sync(), sync(), sync()].map((envelope) => jobs.send(envelope)));
    await expect.poll(() => handled).toBe(4);
    expect(most).toBe(1);
  });

  test('that lost its lease writes nothing and is made again by the holder after it', async () => {
    let handled = 0;
    const signals: boolean[] = [];
    const commits: string[] = [];
    const client = await redis.connect();
    await using jobs = await jobsBench(redis, [when(async (_envelope, { write, signal }) => {
      handled += 1;
      if (handled > 1) return done([], [synced]);
      // Somebody else got it meanwhile, as after a pause of this process.
      await client.set('{trueup}:lease:100.7:env', 'another', 'PX', 300);
      await expect.poll(() => signal.aborted, { interval: 5 }).toBe(true);
      signals.push(signal.aborted);
      await expect(write({ commit: 'a'.repeat(40), policy: 'a test' }, async () => void commits.push('written'))).rejects.toThrow(Conflict);
      return done([], [synced]);
    }, { writes: () => 'env' }), reaction({ on: 'RepositorySynced', name: 'when-synced', async handle({ causationId }) {
      commits.push(causationId);
      return done();
    } })]);
    const envelope = sync();
    await jobs.send(envelope);
    await expect.poll(() => handled).toBe(2);
    await idle(jobs);
    expect(signals).toEqual([true]);
    expect(commits).toEqual([envelope.eventId]);
  });
});

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { jobsBench } from '../../test/support/jobs-bench.ts';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { reaction, type Reaction } from '../kernel/context.ts';
import { emit, type Envelope } from '../kernel/envelope.ts';
import { Conflict } from '../kernel/errors.ts';
import { tenantId } from '../kernel/ids.ts';
import { done } from '../kernel/outcome.ts';

const repository = tenantId(100, 7);
const sync = (): Envelope => envelopeOf('SyncRepository', repository, { reason: 'push' });
const synced = emit('RepositorySynced', repository, { commit: 'a'.repeat(40), environments: [] });

const redis = redisForFile();

function counting(handled: Envelope[]): Reaction {
  return reaction({ on: 'RepositorySynced', name: 'when-synced', async handle(envelope) {
    handled.push(envelope);
    return done();
  } });
}

describe('a worker that dies', () => {
  test('in the middle of a reaction is followed by another one that finishes, once', async () => {
    const story = await redis.connect();
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../test/support/crash-worker.ts'), redis.server.url], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const heard: Envelope[] = [];
    let handled = 0;
    const envelope = sync();
    await story.xadd('{trueup}:outbox', '*', 'envelope', JSON.stringify(envelope), 'delay', '0');
    await expect.poll(() => story.lrange('story', 0, -1)).toEqual(['begun']);
    child.kill('SIGKILL');
    await using jobs = await jobsBench(redis, [reaction({ on: 'SyncRepository', name: 'when-sync', writes: () => 'env', async handle() {
      handled += 1;
      return done([], [synced]);
    } }), counting(heard)]);
    await expect.poll(() => heard.length).toBe(1);
    await expect.poll(() => jobs.open()).toBe(0);
    expect(handled).toBe(1);
    expect(heard[0]?.causationId).toBe(envelope.eventId);
  });
});

describe('Redis that crashes and comes back', () => {
  test('loses nothing that was stored, and every message is dealt with once', async () => {
    const handled: string[] = [];
    const heard: Envelope[] = [];
    await using jobs = await jobsBench(redis, [reaction({ on: 'SyncRepository', name: 'when-sync', async handle({ eventId }) {
      handled.push(eventId);
      return done([], [synced]);
    } }), counting(heard)]);
    const sent: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const envelope = sync();
      await jobs.send(envelope);
      sent.push(envelope.eventId);
      if (index % 20 === 10) await redis.server.crash();
    }
    await expect.poll(() => new Set(heard.map(({ causationId }) => causationId)).size).toBe(60);
    await expect.poll(() => jobs.open()).toBe(0);
    expect(new Set(handled)).toEqual(new Set(sent));
    expect(heard).toHaveLength(60);
  });
});

describe('a worker that is told to stop', () => {
  test('finishes what runs and starts nothing more', async () => {
    const begun: string[] = [];
    const gate = Promise.withResolvers<void>();
    const jobs = await jobsBench(redis, [reaction({ on: 'SyncRepository', name: 'when-sync', async handle({ eventId }) {
      begun.push(eventId);
      await gate.promise;
      return done();
    } })], { concurrency: 1 });
    const [first, second] = [sync(), sync()];
    await jobs.send(first);
    await expect.poll(() => begun.length).toBe(1);
    await jobs.send(second);
    await expect.poll(() => jobs.queues.all.get('gitops')?.getJobCountByTypes('waiting', 'prioritized')).toBe(1);
    const stopped = jobs[Symbol.asyncDispose]();
    setTimeout(gate.resolve, 200);
    await stopped;
    expect(begun).toEqual([first.eventId]);
    expect(await jobs.commits.isApplied(first, 'gitops/when-sync')).toBe(true);
    expect(await jobs.commits.isApplied(second, 'gitops/when-sync')).toBe(false);
  });

  test('begins no further write, hands the job back at once and uses no attempt', async () => {
    let begun = 0;
    const gate = Promise.withResolvers<void>();
    const jobs = await jobsBench(redis, [reaction({ on: 'SyncRepository', name: 'when-sync', async handle(_envelope, { write }) {
      begun += 1;
      await gate.promise;
      const begins = (): Promise<void> => write({ commit: 'a'.repeat(40), policy: 'a test' }, async () => void (begun += 1));
      await expect(begins).rejects.toThrow(Conflict);
      await begins();
      return done();
    } })]);
    await jobs.send(sync());
    await expect.poll(() => begun).toBe(1);
    const stopped = jobs[Symbol.asyncDispose]();
    setTimeout(gate.resolve, 100);
    await stopped;
    const client = await redis.connect();
    const [id = ''] = await client.zrange('{trueup}:gitops:delayed', '0', '-1');
    expect(await client.hget(`{trueup}:gitops:${id}`, 'atm')).toBeNull();
    expect(begun).toBe(1);
  });

  test('is cut when its time is over: calls outside are aborted, and the job is delivered again by another', async () => {
    let begun = 0;
    const hangs = reaction({ on: 'SyncRepository', name: 'when-sync', writes: () => 'env', async handle(_envelope, { signal }) {
      begun += 1;
      if (begun > 1) return done([], [synced]);
      await expect.poll(() => signal.aborted, { timeout: 5000, interval: 10 }).toBe(true);
      throw new DOMException('aborted', 'AbortError');
    } });
    const jobs = await jobsBench(redis, [hangs], { drainMs: 200 });
    await jobs.send(sync());
    await expect.poll(() => begun).toBe(1);
    await jobs[Symbol.asyncDispose]();
    const heard: Envelope[] = [];
    await using next = await jobsBench(redis, [hangs, counting(heard)]);
    await expect.poll(() => heard.length).toBe(1);
    expect(await next.queues.all.get('gitops')?.getFailedCount()).toBe(0);
  });

  test('does not wait for ever for a reaction that ignores it', async () => {
    let begun = 0;
    const jobs = await jobsBench(redis, [reaction({ on: 'SyncRepository', name: 'when-sync', async handle() {
      begun += 1;
      if (begun === 1) await new Promise(() => undefined);
      return done([], [synced]);
    } })], { drainMs: 100 });
    await jobs.send(sync());
    await expect.poll(() => begun).toBe(1);
    const started = Date.now();
    await jobs[Symbol.asyncDispose]();
    expect(Date.now() - started).toBeLessThan(4500);
    const heard: Envelope[] = [];
    await using _next = await jobsBench(redis, [reaction({ on: 'SyncRepository', name: 'when-sync', handle: async () => done([], [synced]) }), counting(heard)]);
    await expect.poll(() => heard.length).toBe(1);
  });
});

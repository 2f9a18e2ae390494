import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../test/support/delivery.ts';
import { jobsBench, type JobsBench } from '../../test/support/jobs-bench.ts';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { crashKey, quarantineKey } from '../adapters/redis/keys.ts';
import { reaction, type Reaction } from '../kernel/context.ts';
import type { Envelope } from '../kernel/envelope.ts';
import { tenantId } from '../kernel/ids.ts';
import { done } from '../kernel/outcome.ts';
import { silent, type Telemetry } from '../kernel/telemetry.ts';
import { crashKeysOf } from './crash-key.ts';
import { listJobs, retryJob } from './dead-letters.ts';
import { sweepOnce } from './quarantine-sweep.ts';
import { quarantineReports } from './quarantine.ts';

const redis = redisForFile();
const repository = tenantId(100, 7);
const commit = 'a'.repeat(40);
const suspect = (): Envelope => envelopeOf('RepositorySynced', repository, { commit, environments: [] });
const innocent = (number: number): Envelope => envelopeOf('PlanPullRequest', repository, { number });

interface World {
  readonly jobs: JobsBench;
  readonly handled: string[];
  readonly reports: Envelope<'ReportQuarantine'>['payload'][];
  /** Most at a time beside the suspect. */
  readonly beside: () => number;
}

async function world(): Promise<World> {
  const handled: string[] = [];
  const reports: World['reports'] = [];
  let [inside, most] = [0, 0];
  const work = async (name: string): Promise<ReturnType<typeof done>> => {
    inside += 1;
    const before = inside;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (name === 'suspect') most = Math.max(most, before - 1, inside - 1);
    inside -= 1;
    handled.push(name);
    return done();
  };
  const planted: readonly Reaction[] = [
    reaction({ on: 'RepositorySynced', name: 'when-suspect', handle: () => work('suspect') }),
    reaction({ on: 'PlanPullRequest', name: 'when-innocent', handle: ({ payload }) => work(`innocent ${payload.number}`) }),
    reaction({ on: 'ReportQuarantine', name: 'when-report', async handle({ payload }) {
      reports.push(payload);
      return done();
    } }),
  ];
  const jobs = await jobsBench(redis, planted);
  return { jobs, handled, reports, beside: () => most };
}

/** As if so many processes had ended while they did it. */
async function crashed({ jobs }: World, envelope: Envelope, times: number): Promise<string> {
  const job = `${envelope.eventId}.when-suspect`;
  const keys = crashKeysOf({ context: 'gitops', reaction: reaction({ on: 'RepositorySynced', name: 'when-suspect', handle: async () => done() }) }, envelope);
  for (let count = 0; count < times; count += 1) await jobs.crashes.begin({ ...keys, job, alone: true });
  return job;
}

/** Sent after it ended three processes: set aside. @returns its job. */
async function setAside(all: World): Promise<string> {
  const envelope = suspect();
  const job = await crashed(all, envelope, 3);
  await all.jobs.send(envelope);
  await expect.poll(() => all.jobs.queues.all.get('gitops')?.getFailedCount()).toBe(1);
  return job;
}

/** Its pause is over. */
async function due({ jobs }: World): Promise<void> {
  const [held] = await jobs.crashes.quarantined();
  await (await redis.connect()).zadd(quarantineKey, '1', held?.key ?? '');
}

function sweep({ jobs: { crashes, commits, queues } }: World, telemetry: Telemetry = silent): Promise<void> {
  const reports = quarantineReports({ commits, crashes, clock: { now: () => Date.now() }, ids: { uuid: () => crypto.randomUUID() } });
  return sweepOnce({ crashes, queues, reports, telemetry, log: { info: () => undefined, warn: () => undefined, error: () => undefined } });
}

describe('a delivery that may end its process', () => {
  test('runs alone, and goes on as everybody after it ended well', async () => {
    const all = await world();
    await using jobs = all.jobs;
    const envelope = suspect();
    await crashed(all, envelope, 2);
    for (let number = 1; number <= 30; number += 1) await jobs.send(innocent(number));
    await jobs.send(envelope);
    for (let number = 31; number <= 60; number += 1) await jobs.send(innocent(number));
    await expect.poll(() => all.handled.length, { timeout: 20_000 }).toBe(61);
    expect(all.beside()).toBe(0);
    expect(all.reports).toEqual([]);
    const client = await redis.connect();
    await expect.poll(() => client.keys('{trueup}:crash:*')).toEqual([]);
  });

  test('that ended it three times is held back and told, and the same work of another message with it', async () => {
    const all = await world();
    await using jobs = all.jobs;
    const envelope = suspect();
    const job = await crashed(all, envelope, 3);
    await jobs.send(envelope);
    await expect.poll(() => all.reports).toMatchObject([{ state: 'quarantined', context: 'gitops', reaction: 'when-suspect', message: 'RepositorySynced', commit, job, crashes: 3, environment: null, number: null }]);
    const [listed] = await listJobs(jobs.queues, ['failed'], 10);
    expect(listed).toMatchObject({ id: job, reason: expect.stringMatching(/^quarantined: it ended its process 3 times since .*; it is tried again, alone, at /) });
    await jobs.send(suspect());
    await jobs.send(innocent(1));
    await expect.poll(() => jobs.queues.all.get('gitops')?.getFailedCount()).toBe(2);
    await expect.poll(() => all.handled).toEqual(['innocent 1']);
    expect(all.reports).toHaveLength(1);
  });

  test('is tried again when a person says so, and told that it is over', async () => {
    const all = await world();
    await using jobs = all.jobs;
    const job = await setAside(all);
    await expect.poll(() => all.reports.length).toBe(1);
    expect(await retryJob(jobs.queues, jobs.crashes, job)).toBe(true);
    await expect.poll(() => all.handled).toEqual(['suspect']);
    await expect.poll(() => all.reports.at(-1)).toMatchObject({ state: 'lifted', job, commit });
    expect(await jobs.crashes.quarantined()).toEqual([]);
  });

  test('is tried again by itself when its time has come', async () => {
    const all = await world();
    await using jobs = all.jobs;
    await setAside(all);
    const gauges: unknown[] = [];
    const telemetry: Telemetry = { ...silent, set: (name, _labels, value) => gauges.push([name, value]) };
    await sweep(all, telemetry);
    expect(gauges).toEqual([['trueup_quarantined', 1]]);
    expect(await jobs.queues.all.get('gitops')?.getFailedCount(), 'its pause is not over').toBe(1);
    await due(all);
    await (await redis.connect()).multi().zadd(quarantineKey, '0.5', 'unreadable').hset(crashKey('unreadable'), { about: '{' }).zadd(quarantineKey, '0.4', 'never told').exec();
    await sweep(all, telemetry);
    expect((await jobs.crashes.quarantined()).map(({ key }) => key), 'one that is bad stops no other, and one that nobody came back to is forgotten').not.toContain('never told');
    await expect.poll(() => all.handled).toEqual(['suspect']);
    await expect.poll(() => all.reports.map(({ state }) => state)).toEqual(['quarantined', 'lifted']);
  });

  test('and whose dead letter is gone is forgotten, and told that it is over', async () => {
    const all = await world();
    await using jobs = all.jobs;
    const job = await setAside(all);
    await (await jobs.queues.all.get('gitops')?.getJob(job))?.remove();
    await due(all);
    await sweep(all);
    await expect.poll(() => all.reports.map(({ state }) => state)).toEqual(['quarantined', 'lifted']);
    expect(await jobs.crashes.quarantined()).toEqual([]);
  });
});

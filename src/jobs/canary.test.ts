import { describe, expect, onTestFinished, test } from 'vitest';
import { jobsBench } from '../../test/support/jobs-bench.ts';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { contextNames } from '../kernel/ids.ts';
import { silent, type Telemetry } from '../kernel/telemetry.ts';
import { startCanary, type Canary } from './canary.ts';
import { openQueues } from './queues.ts';
import type { Workers } from './worker.ts';

const redis = redisForFile();
const everyMs = 150;

function settled(canary: Canary): () => string | null {
  let said: string | null = null;
  void canary.died.then((reason) => (said = reason));
  return () => said;
}

/** Workers of which nobody takes anything. */
const dead = (over: Partial<Workers> = {}): Pick<Workers, 'instance' | 'taken' | 'isSaturated'> => ({ instance: 'dead', taken: () => 0, isSaturated: () => false, ...over });

function watching(options: Parameters<typeof startCanary>[0]): Canary {
  const canary = startCanary(options);
  onTestFinished(() => canary[Symbol.dispose]());
  return canary;
}

function looksCounted(looks: { count: number }): Telemetry {
  return { ...silent, set: (name) => void (name === 'trueup_canary_age_seconds' && (looks.count += 1)) };
}

describe('a canary', () => {
  test('notices a worker that takes nothing, although another process takes all that comes', async () => {
    await using other = await jobsBench(redis, []);
    const said = settled(watching({ queues: other.queues, workers: dead(), telemetry: silent, everyMs }));
    await expect.poll(said, { timeout: 10_000 }).toMatch(/^the worker of [a-z-]+ takes no jobs$/);
  });

  test('goes through each worker of each process, past all that waits', async () => {
    await using one = await jobsBench(redis, []);
    await using two = await jobsBench(redis, []);
    const looks = { count: 0 };
    const said = [one, two].map(({ queues, workers }) => settled(watching({ queues, workers, telemetry: looksCounted(looks), everyMs: 2500 })));
    const before = contextNames.map((name) => one.workers.taken(name));
    await expect.poll(() => contextNames.every((name, index) => one.workers.taken(name) > (before[index] ?? 0) && two.workers.taken(name) > 0), { timeout: 20_000 }).toBe(true);
    expect(said.map((ask) => ask())).toEqual([null, null]);
  });

  test.each([
    { over: { isSaturated: () => true }, reason: 'all its places are in use' },
    { over: { taken: (() => { let jobs = 0; return () => (jobs += 1); })() }, reason: 'it takes jobs' },
  ])('holds nothing against a worker when $reason', async ({ over }) => {
    await using queues = openQueues(await redis.connect());
    const looks = { count: 0 };
    const said = settled(watching({ queues, workers: dead(over), telemetry: looksCounted(looks), everyMs: 40 }));
    await expect.poll(() => looks.count, { timeout: 10_000 }).toBeGreaterThan(10 * contextNames.length);
    expect(said()).toBeNull();
  });

  test('ends no process because Redis is away', async () => {
    const client = await redis.connect('fail-fast');
    await using queues = openQueues(client);
    const looks = { count: 0 };
    client.disconnect();
    const said = settled(watching({ queues, workers: dead(), telemetry: looksCounted(looks), everyMs: 40 }));
    await expect.poll(() => looks.count, { timeout: 10_000 }).toBeGreaterThan(10 * contextNames.length);
    expect(said()).toBeNull();
  });
});

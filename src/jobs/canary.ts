import { contextNames, type ContextName } from '../kernel/ids.ts';
import type { Telemetry } from '../kernel/telemetry.ts';
import { sendCanary } from './canary-job.ts';
import type { Queues } from './queues.ts';
import type { Workers } from './worker.ts';

interface CanaryOptions {
  readonly queues: Queues;
  readonly workers: Pick<Workers, 'instance' | 'taken' | 'isSaturated'>;
  readonly telemetry: Telemetry;
  /** Between two looks. */
  readonly everyMs: number;
}

export interface Canary extends Disposable {
  /** A sentence when a worker takes nothing although Redis answers and it has a place free; never before that. */
  readonly died: Promise<string>;
}

/** In a row with its canary out: 120 s of a look each 30 s. Looks and not time, because a process that was stopped and goes on has missed no canary. */
const looksUntilDead = 4;

interface Seen {
  readonly taken: number;
  /** Looks since it took something; at the first of them its canary was sent. */
  readonly missed: number;
  readonly at: number;
}

/**
 * Notices a worker that says it runs and takes nothing. Every job that it takes is a sign of life. One that took none since the last
 * look gets a canary of its own through its queue, which workers of other processes pass on (canary-job.ts). It is only held against it once Redis
 * took the canary, so that an outage of Redis ends no process.
 */
export function startCanary(options: CanaryOptions): Canary {
  const { workers, telemetry, everyMs } = options;
  const { promise, resolve } = Promise.withResolvers<string>();
  const seen = new Map<ContextName, Seen>(contextNames.map((name) => [name, { taken: workers.taken(name), missed: 0, at: Date.now() }]));
  let isLooking = false;

  const look = async (): Promise<void> => {
    if (isLooking) return; // Redis has not taken the canaries of the last one
    isLooking = true;
    try {
      await Promise.all([...seen].map(async ([name, last]) => {
        const next = await lookAt(options, name, last);
        seen.set(name, next);
        telemetry.set('trueup_canary_age_seconds', { context: name }, Math.round((Date.now() - next.at) / 1000));
        if (next.missed > looksUntilDead) resolve(`the worker of ${name} takes no jobs`);
      }));
    } finally {
      isLooking = false;
    }
  };
  const looks = setInterval(() => void look(), everyMs).unref();
  return { died: promise, [Symbol.dispose]: () => clearInterval(looks) };
}

async function lookAt({ queues, workers, everyMs }: CanaryOptions, name: ContextName, { taken, missed, at }: Seen): Promise<Seen> {
  const [count, queue] = [workers.taken(name), queues.all.get(name)];
  const missedMore = count === taken && !workers.isSaturated(name) ? missed + 1 : 0;
  const isAlive = count > taken;
  const next = { taken: count, missed: missedMore, at: isAlive ? Date.now() : at };
  if (isAlive || queue === undefined) return next;
  // The same job as long as it lies there: a worker that is dead for hours leaves no heap of them.
  const isSent = await sendCanary(queue, `canary.${workers.instance}`, { of: workers.instance, until: Date.now() + 2 * looksUntilDead * everyMs }).then(() => true, () => false);
  return isSent ? next : { ...next, missed: 0 };
}

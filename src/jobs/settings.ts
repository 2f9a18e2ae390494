import type { JobsOptions, WorkerOptions } from 'bullmq';

/** Measured in facts/reliability.md 4.2; one hash tag, so that queues of a cluster share a slot. */
export const queuePrefix = '{trueup}';

/**
 * BullMQ takes the lowest priority first and knows 2^21 of them: one half is for what is urgent, the other for the rest. The first of each
 * half is for jobs that have not lined up behind their tenant's; those after it follow from fair-share.ts.
 */
export const priorities = { urgent: 1, ordinary: 2 ** 20 } as const;
export const bandWidth = 2 ** 20 - 1;

/** Of an installation: many more than people send by hand. */
export const urgentPerMinute = 120;

/** Attempts of what fails without anybody else's fault: a bug, mostly. Waiting and outages do not count. */
export const attempts = 12;

export const jobOptions: JobsOptions = {
  attempts,
  backoff: { type: 'custom' },
  removeOnComplete: { count: 1000, age: 86_400 },
  removeOnFail: { count: 5000, age: 7 * 86_400 },
};

export type Locking = Pick<WorkerOptions, 'lockDuration' | 'lockRenewTime' | 'stalledInterval' | 'maxStalledCount'>;

/** Never BullMQ's own end of what stalled: it counts also those that only ran beside what ended their process (see crash-guard.ts). */
const neverTooOften = 1_000_000;

/** A killed worker's deliveries are taken up again `lockMs` and a quarter later; the measured setting is 60 s. */
export function lockingOf(lockMs: number): Locking {
  return { lockDuration: lockMs, lockRenewTime: lockMs / 4, stalledInterval: lockMs / 4, maxStalledCount: neverTooOften };
}

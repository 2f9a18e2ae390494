import type { JobsOptions, WorkerOptions } from 'bullmq';

/** Measured in facts/reliability.md 4.2; one hash tag, so that queues of a cluster share a slot. */
export const queuePrefix = '{trueup}';

/** BullMQ takes jobs without a priority first, so what is not urgent has one, the same for all: first in, first out. */
export const ordinaryPriority = 1;

/** Attempts of what fails without anybody else's fault: a bug, mostly. Waiting and outages do not count. */
export const attempts = 12;

export const jobOptions: JobsOptions = {
  attempts,
  backoff: { type: 'custom' },
  removeOnComplete: { count: 1000, age: 86_400 },
  removeOnFail: { count: 5000, age: 7 * 86_400 },
};

export type Locking = Pick<WorkerOptions, 'lockDuration' | 'lockRenewTime' | 'stalledInterval' | 'maxStalledCount'>;

/** A killed worker's deliveries are taken up again `lockMs` and a quarter later; the measured setting is 60 s. */
export function lockingOf(lockMs: number): Locking {
  return { lockDuration: lockMs, lockRenewTime: lockMs / 4, stalledInterval: lockMs / 4, maxStalledCount: 10 };
}

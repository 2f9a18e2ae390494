import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { contextNames } from '../../src/kernel/ids.ts';
import { queuePrefix } from '../../src/jobs/settings.ts';

export interface SpentAttempts extends AsyncDisposable {
  /** Attempts that jobs spent on failures since it began. */
  readonly spent: number;
  deadLetters(): Promise<number>;
}

/** Looks at all jobs of all contexts again and again: what ended well is kept by the thousand only. */
export function watchAttempts(connection: Redis): SpentAttempts {
  const queues = contextNames.map((name) => new Queue(name, { connection, prefix: queuePrefix, skipVersionCheck: true }));
  const most = new Map<string, number>();
  const look = async (): Promise<void> => {
    for (const queue of queues) {
      for (const job of await queue.getJobs(['waiting', 'prioritized', 'delayed', 'active'], 0, 5000)) {
        // What ended well between the list and its reading has one, too.
        if (job?.id !== undefined && job.finishedOn === undefined && job.attemptsMade > 0) most.set(`${queue.name} ${job.id}`, job.attemptsMade);
      }
    }
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => (looking = looking.then(look).catch(() => undefined)), 2000);
  return {
    get spent() {
      return [...most.values()].reduce((sum, made) => sum + made, 0);
    },
    deadLetters: async () => (await Promise.all(queues.map((queue) => queue.getJobCountByTypes('failed')))).reduce((sum, count) => sum + count, 0),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await looking;
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}

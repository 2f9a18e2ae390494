import type { Job, Queue } from 'bullmq';
import type { GaugeSource } from '../kernel/telemetry.ts';
import type { JobData, Queues } from './queues.ts';

/** What waits, for how long, and what is dead, by context. */
export function queueGauges(queues: Queues, now: () => number): GaugeSource {
  return {
    gauges: ['trueup_queue_waiting', 'trueup_queue_oldest_waiting_seconds', 'trueup_dead_letters'],
    async read(telemetry) {
      await Promise.all(
        [...queues.all].map(async ([context, queue]) => {
          const { waiting = 0, prioritized = 0, failed = 0 } = await queue.getJobCounts('waiting', 'prioritized', 'failed');
          telemetry.set('trueup_queue_waiting', { context }, waiting + prioritized);
          telemetry.set('trueup_dead_letters', { context }, failed);
          telemetry.set('trueup_queue_oldest_waiting_seconds', { context }, Math.max(0, now() - (await oldestSince(queue, now()))) / 1000);
        }),
      );
    },
  };
}

/** Each state is first in, first out. */
async function oldestSince(queue: Queue<JobData>, fallback: number): Promise<number> {
  const firsts = await Promise.all((['waiting', 'prioritized'] as const).map((state) => queue.getJobs([state], 0, 0, true)));
  return Math.min(fallback, ...firsts.flat().filter((job) => job !== undefined).map(waitingSince));
}

/** One that was put off waits since its time came. */
function waitingSince({ timestamp, processedOn, delay }: Job<JobData>): number {
  return (processedOn ?? timestamp) + delay;
}

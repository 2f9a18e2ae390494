import { DelayedError, WaitingError, type Job, type Queue } from 'bullmq';
import type { JobData } from './queues.ts';

/** No reaction has it: reactions begin with `when-`. */
export const canaryName = 'canary';

/** Long enough for a worker that waits to take it. */
const handOverMs = 100;
/** One that was passed on and came back within this long was offered to everybody. */
const roundMs = 3000;

/** Without a priority it goes before everything that waits: a long queue is no dead worker. */
export async function sendCanary(queue: Queue<JobData>, id: string, canary: NonNullable<JobData['canary']>): Promise<void> {
  await queue.add(canaryName, { envelope: null, schemaVersion: 0, canary }, { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true });
}

/** Handles the canaries that come to the worker of one context. */
export type Aviary = (job: Job<JobData>, token: string | undefined) => Promise<string>;

/**
 * Ends a canary that is ours or that nobody waits for any more, and passes on any other. Redis gives what is put on the queue to whoever
 * waits for the longest, which is never the one who had it last: so it comes to every worker that waits before it comes back. Not with
 * a delay: the worker that knows of a delayed job is the one that takes it.
 */
export function openAviary(instance: string): Aviary {
  const passedOn = new Map<string, number>();
  return async (job, token) => {
    const [{ canary }, now] = [job.data, Date.now()];
    if (canary === undefined || canary.of === instance || canary.until <= now) return canaryName;
    for (const [of, at] of passedOn) if (now - at > roundMs) passedOn.delete(of);
    if (passedOn.has(canary.of)) {
      passedOn.delete(canary.of);
      await job.moveToDelayed(now + roundMs, token);
      throw new DelayedError();
    }
    passedOn.set(canary.of, now);
    await job.moveToWait(token);
    // Its place stays taken meanwhile: a worker with nothing to do would fetch it again at once.
    await new Promise((resolve) => setTimeout(resolve, handOverMs));
    throw new WaitingError();
  };
}

import type { Job } from 'bullmq';
import type { CrashLog } from '../kernel/delivery-ports.ts';
import { parseEnvelope } from '../kernel/envelope.ts';
import { canaryName } from './canary-job.ts';
import type { JobData, Queues } from './queues.ts';

/** A job as people list it. */
export interface ListedJob {
  readonly id: string;
  readonly queue: string;
  readonly reaction: string;
  readonly state: string;
  readonly eventType: string;
  readonly tenantId: string;
  /** Null for what concerns no environment. */
  readonly environment: string | null;
  readonly traceId: string;
  /** ISO-8601. */
  readonly publishedAt: string;
  readonly deliveries: number;
  /** Why it is dead; null for the others. */
  readonly reason: string | null;
}

export type ListedState = 'failed' | 'delayed' | 'waiting' | 'active' | 'completed';

/** Newest first, at most `limit` of each queue. */
export async function listJobs(queues: Queues, wanted: readonly ListedState[], limit: number): Promise<readonly ListedJob[]> {
  const lists = [...queues.all].flatMap(([name, queue]) =>
    wanted.map(async (state) => {
      const jobs = await queue.getJobs(state === 'waiting' ? ['waiting', 'prioritized'] : [state], 0, limit - 1, false);
      return jobs.filter(({ name: of }) => of !== canaryName).sort((a, b) => b.timestamp - a.timestamp).slice(0, limit).map((job) => listed(name, state, job));
    }),
  );
  return (await Promise.all(lists)).flat().sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1));
}

/** Delivers a dead letter again, from its first attempt, also out of quarantine. @returns whether there was one of that id. */
export async function retryJob(queues: Queues, crashes: Pick<CrashLog, 'pardon'>, id: string): Promise<boolean> {
  for (const queue of queues.all.values()) {
    const job = await queue.getJob(id);
    if (job && (await job.isFailed())) {
      if (job.data.quarantine !== undefined) await crashes.pardon(job.data.quarantine);
      await retriedWithoutCount(job);
      return true;
    }
  }
  return false;
}

/** From its first attempt, with nothing known of those before. */
export async function retriedWithoutCount(job: Job<JobData>): Promise<void> {
  await job.updateData({ envelope: job.data.envelope, schemaVersion: job.data.schemaVersion });
  await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true });
}

function listed(queue: string, state: ListedState, job: Job<JobData>): ListedJob {
  const { eventType, tenantId, environment, traceId } = aboutOf(job);
  return {
    id: job.id ?? '',
    queue,
    reaction: job.name,
    state,
    eventType,
    tenantId,
    environment,
    traceId,
    publishedAt: new Date(job.timestamp).toISOString(),
    deliveries: job.attemptsStarted,
    reason: state === 'failed' ? (job.failedReason ?? null) : null,
  };
}

function aboutOf(job: Job<JobData>): Pick<ListedJob, 'eventType' | 'tenantId' | 'environment' | 'traceId'> {
  try {
    const { eventType, tenantId, traceId, payload } = parseEnvelope(job.data.envelope);
    return { eventType, tenantId, traceId, environment: 'environment' in payload ? payload.environment : null };
  } catch {
    return { eventType: '(unreadable)', tenantId: '', environment: null, traceId: '' };
  }
}

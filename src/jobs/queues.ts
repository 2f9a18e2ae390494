import { Queue, type ConnectionOptions } from 'bullmq';
import { schemaVersion } from '../kernel/messages/catalogue.ts';
import { contextNames, type ContextName } from '../kernel/ids.ts';
import type { OutboxEntry } from '../kernel/delivery-ports.ts';
import { jobOptions, ordinaryPriority, queuePrefix } from './settings.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What a job holds: the whole envelope, and beside it the version of the published language. */
export interface JobData {
  readonly envelope: unknown;
  readonly schemaVersion: number;
  /** The row of failures that the job is in. */
  readonly failing?: { readonly since: number; readonly times: number };
  /** Milliseconds since the epoch before which the service does not want to be asked again. */
  readonly notBefore?: number;
  /** The newer message of its key for which it was woken last. */
  readonly wokenBy?: string;
}

/** One queue per context, and only here. */
export interface Queues extends AsyncDisposable {
  /** Puts a message on the queue of each subscriber. Repeating it adds nothing. */
  publish(entry: OutboxEntry, subscriptions: Subscriptions): Promise<void>;
  readonly all: ReadonlyMap<ContextName, Queue<JobData>>;
}

/** `connection` fails fast for a producer; see adapters/redis/connection.ts. */
export function openQueues(connection: ConnectionOptions): Queues {
  const all = new Map(contextNames.map((name) => [name, new Queue<JobData>(name, { connection, prefix: queuePrefix, defaultJobOptions: jobOptions, skipVersionCheck: true })]));
  for (const queue of all.values()) queue.on('error', () => undefined);
  return {
    all,
    async publish({ envelope, delayMs }, subscriptions) {
      for (const { context, reaction } of subscriptions.of(envelope.eventType)) {
        const queue = all.get(context);
        if (!queue) throw new Error(`no queue for ${context}`);
        const key = reaction.latestWins?.(envelope);
        const jobId = `${envelope.eventId}.${reaction.name}`;
        const isUrgent = reaction.urgent?.(envelope) ?? false;
        const job = await queue.add(reaction.name, { envelope, schemaVersion }, {
          jobId,
          ...(!isUrgent && { priority: ordinaryPriority }),
          ...(delayMs > 0 && { delay: delayMs }),
          ...(key !== undefined && { deduplication: { id: `${envelope.tenantId}/${reaction.name}/${key}`, keepLastIfActive: true } }),
        });
        if (delayMs === 0 && job.id !== undefined && job.id !== jobId) await wake(queue, job.id, isUrgent);
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...all.values()].map((queue) => queue.close()));
    },
  };
}

/**
 * A message that found an older one of its key waiting for its time wakes it: the reaction looks at the world, not at the message, so
 * a push does not have to sit out the delay of a resync or of an outage, nor its place behind what is not urgent.
 */
async function wake(queue: Queue<JobData>, olderId: string, isUrgent: boolean): Promise<void> {
  const waiting = await queue.getJob(olderId);
  if (waiting && isUrgent && waiting.priority > 0) await waiting.changePriority({ priority: 0 }).catch(() => undefined); // it may have ended in between
  if (waiting && isWakeable(waiting.data) && (await waiting.isDelayed())) await waiting.promote().catch(() => undefined); // it may have started in between
}

/** A service that said when to come back is not asked earlier, whatever happened meanwhile. */
export function isWakeable({ notBefore = 0 }: JobData): boolean {
  return notBefore <= Date.now();
}

import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { schemaVersion } from '../kernel/messages/catalogue.ts';
import { contextNames, type ContextName } from '../kernel/ids.ts';
import type { OutboxEntry } from '../kernel/delivery-ports.ts';
import type { Row } from './decide.ts';
import { fairShare, isUrgent } from './fair-share.ts';
import { jobOptions, priorities, queuePrefix } from './settings.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

/** What a job holds: the whole envelope, and beside it the version of the published language. */
export interface JobData extends Row {
  readonly envelope: unknown;
  readonly schemaVersion: number;
  /** Milliseconds since the epoch before which the service does not want to be asked again. */
  readonly notBefore?: number;
  /** The newer message of its key for which it was woken last. */
  readonly wokenBy?: string;
  /** Starts at which it only had to line up behind its tenant's other jobs. */
  readonly linedUp?: number;
  /** The key of its crashes when that is why it is dead. */
  readonly quarantine?: string;
  /** Of a canary, which holds no envelope: whose it is, and until when it is looked for, in milliseconds since the epoch. */
  readonly canary?: { readonly of: string; readonly until: number };
}

/** One queue per context, and only here. */
export interface Queues extends AsyncDisposable {
  /** Puts a message on the queue of each subscriber. Repeating it adds nothing. */
  publish(entry: OutboxEntry, subscriptions: Subscriptions): Promise<void>;
  readonly all: ReadonlyMap<ContextName, Queue<JobData>>;
}

/** `connection` fails fast for a producer; see adapters/redis/connection.ts. */
export function openQueues(connection: Redis): Queues {
  const all = new Map(contextNames.map((name) => [name, new Queue<JobData>(name, { connection, prefix: queuePrefix, defaultJobOptions: jobOptions, skipVersionCheck: true })]));
  for (const queue of all.values()) queue.on('error', () => undefined);
  const fair = fairShare(connection);

  async function put(queue: Queue<JobData>, { context, reaction }: Subscription, { envelope, delayMs }: OutboxEntry): Promise<void> {
    const key = reaction.latestWins?.(envelope);
    const deduplicationId = key === undefined ? null : `${envelope.tenantId}/${reaction.name}/${key}`;
    const jobId = `${envelope.eventId}.${reaction.name}`;
    const urgent = reaction.urgent?.(envelope) ?? false;
    const later = urgent ? priorities.urgent : priorities.ordinary;
    const priority = delayMs > 0 ? later : await fair.place({ queue: context, tenant: envelope.tenantId, urgent }, deduplicationId);
    const job = await queue.add(reaction.name, { envelope, schemaVersion }, {
      jobId,
      priority,
      ...(delayMs > 0 && { delay: delayMs }),
      ...(deduplicationId !== null && { deduplication: { id: deduplicationId, keepLastIfActive: true } }),
    });
    if (delayMs === 0 && job.id !== undefined && job.id !== jobId) await wake(queue, job.id, isUrgent(priority));
  }

  return {
    all,
    // Asked for at once, so that messages that are published side by side keep their order on every queue.
    async publish(entry, subscriptions) {
      await Promise.all(subscriptions.of(entry.envelope.eventType).map((subscription) => {
        const queue = all.get(subscription.context);
        if (!queue) throw new Error(`no queue for ${subscription.context}`);
        return put(queue, subscription, entry);
      }));
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
async function wake(queue: Queue<JobData>, olderId: string, urgent: boolean): Promise<void> {
  const waiting = await queue.getJob(olderId);
  if (waiting && urgent && !isUrgent(waiting.priority)) await waiting.changePriority({ priority: priorities.urgent }).catch(() => undefined); // it may have ended in between
  if (waiting && isWakeable(waiting.data) && (await waiting.isDelayed())) await waiting.promote().catch(() => undefined); // it may have started in between
}

/** A service that said when to come back is not asked earlier, whatever happened meanwhile. */
export function isWakeable({ notBefore = 0 }: JobData): boolean {
  return notBefore <= Date.now();
}

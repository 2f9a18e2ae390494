import { Queue, Worker, type ConnectionOptions } from 'bullmq';
import { atMost } from '../at-most.ts';
import { scheduledOrigin, seal, type EmittedMessage } from '../kernel/envelope.ts';
import type { Context, Schedule } from '../kernel/context.ts';
import type { Outbox, OutboxEntry } from '../kernel/delivery-ports.ts';
import { digestOf } from '../kernel/digest.ts';
import type { Clock, Ids, Store } from '../kernel/ports.ts';
import type { Log } from './log.ts';
import { queuePrefix, type Locking } from './settings.ts';
import { shapesOnly, type Scrubber } from '../kernel/scrubbing/scrubber.ts';
import { storedError } from './stored-error.ts';

/** Work that no aggregate names yet: what finds the installations after Redis was emptied. */
export interface Source {
  readonly name: string;
  readonly everyMs: number;
  readonly messages: () => Promise<readonly EmittedMessage[]>;
}

interface SchedulesOptions {
  /** For the queue and its worker. */
  readonly producer: ConnectionOptions;
  readonly worker: ConnectionOptions;
  readonly locking: Locking;
  readonly contexts: readonly Context[];
  readonly sources: readonly Source[];
  readonly store: Store;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Goes over what BullMQ keeps of an error. */
  readonly scrubber?: Pick<Scrubber, 'text'>;
  readonly log: Log;
  /** How often to look whether the schedules still stand. */
  readonly lookEveryMs?: number;
}

const queueName = 'schedules';

const lookEveryMs = 30_000;
const partingMs = 2000;

/** Every schedule once per interval over all workers. Sources also run at start, and when somebody emptied Redis. */
export async function startSchedules(options: SchedulesOptions): Promise<AsyncDisposable> {
  const { contexts, sources } = options;
  const schedules = new Map<string, Schedule>(contexts.flatMap(({ name, schedules }) => schedules.map((schedule) => [`${name}/${schedule.name}`, schedule] as const)));
  const queue = new Queue(queueName, { connection: options.producer, prefix: queuePrefix, skipVersionCheck: true });
  queue.on('error', () => undefined);
  const intervals = [...[...schedules].map(([name, { everyMs }]) => ({ name, everyMs })), ...sources];
  await establish(queue, intervals, sources);
  const look = setInterval(() => {
    queue.getJobSchedulersCount().then(
      (count) => (count < intervals.length ? establish(queue, intervals, sources) : undefined),
    ).catch((error: unknown) => options.log.warn({ queue: queueName, err: error }, 'The schedules could not be looked at'));
  }, options.lookEveryMs ?? lookEveryMs).unref();

  const worker = new Worker(queueName, async (job) => {
    const source = sources.find(({ name }) => name === job.name);
    const schedule = schedules.get(job.name);
    try {
      const entries = source ? await entriesOfSource(source, options) : schedule ? await entriesOf(job.name, schedule, options) : [];
      await options.outbox.append(entries);
    } catch (error) {
      throw storedError(error, options.scrubber ?? shapesOnly.to('redis'));
    }
  }, { ...options.locking, prefix: queuePrefix, connection: options.worker, concurrency: 2 });
  worker.on('error', (error) => options.log.warn({ queue: queueName, err: error }, 'A worker lost its connection or its lock'));
  worker.on('failed', (job, error) => options.log.warn({ queue: queueName, schedule: job?.name, err: error }, 'A schedule failed; its next turn comes by itself'));
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(look);
      // A schedule that is cut takes its next turn by itself.
      await atMost(partingMs, Promise.all([worker.close(), queue.close()]));
    },
  };
}

async function establish(queue: Queue, intervals: readonly { readonly name: string; readonly everyMs: number }[], sources: readonly Source[]): Promise<void> {
  for (const { name, everyMs } of intervals) await queue.upsertJobScheduler(name, { every: everyMs }, { name, opts: kept });
  for (const { name } of sources) await queue.add(name, {}, { ...kept, attempts: 20, backoff: { type: 'fixed', delay: 1000 } });
}

const kept = { removeOnComplete: 100, removeOnFail: 100 };

async function entriesOfSource({ name, messages }: Source, { ids, clock }: SchedulesOptions): Promise<readonly Omit<OutboxEntry, 'id'>[]> {
  return (await messages()).map((message) => ({ envelope: seal(message, scheduledOrigin(name, ids), ids.uuid(), clock), delayMs: 0 }));
}

async function entriesOf(name: string, schedule: Schedule, { store, ids, clock }: SchedulesOptions): Promise<readonly Omit<OutboxEntry, 'id'>[]> {
  const keys = await store.list(schedule.forEach);
  return keys.map(({ tenantId, id }) => ({
    envelope: seal(schedule.message(tenantId, id), scheduledOrigin(name, ids), ids.uuid(), clock),
    delayMs: spread(`${tenantId}|${id}`, schedule.everyMs),
  }));
}

/** Each at its own moment of the interval, always the same one, so that a thousand environments are not read at once. */
function spread(key: string, everyMs: number): number {
  return Math.floor((Number.parseInt(digestOf(key).slice(0, 8), 16) / 2 ** 32) * everyMs * 0.2);
}

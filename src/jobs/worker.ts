import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { atMost } from '../at-most.ts';
import { parseEnvelope, type Envelope } from '../kernel/envelope.ts';
import { Conflict, Throttled } from '../kernel/errors.ts';
import { contextNames, type ContextName } from '../kernel/ids.ts';
import { backoffMs } from './backoff.ts';
import { decide } from './decide.ts';
import { deliver, type Delivered, type DeliveryPorts, type StopSignals } from './deliver.ts';
import type { Log } from './log.ts';
import { wakeForNext } from './next-message.ts';
import type { JobData } from './queues.ts';
import { ordinaryPriority, queuePrefix, type Locking } from './settings.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

export interface Workers extends AsyncDisposable {
  isRunning(): boolean;
}

interface WorkersOptions {
  /** Patient: a worker waits for Redis to come back. */
  readonly connection: Redis;
  readonly subscriptions: Subscriptions;
  readonly delivery: DeliveryPorts;
  /** Deliveries at a time per context. */
  readonly concurrency: number;
  /** A drain that takes longer is cut: what was cut is delivered again. */
  readonly drainMs: number;
  readonly log: Log;
  /** How soon a worker that died is noticed. */
  readonly locking: Locking;
}

interface RunOptions extends WorkersOptions {
  readonly stop: StopSignals;
}

/** For what was cut to hand its job back, and for the goodbye to Redis. */
const partingMs = 2000;

/** One worker per context. */
export function startWorkers(options: WorkersOptions): Workers {
  const draining = new AbortController();
  const cut = new AbortController();
  const stop = { draining: draining.signal, cut: cut.signal };
  const running = new Set<Promise<unknown>>();
  const allEnded = (): Promise<unknown> => Promise.allSettled(running);
  const workers = contextNames.map((name) => startWorker(name, running, { ...options, stop }));
  return {
    isRunning: () => workers.every((worker) => worker.isRunning()),
    async [Symbol.asyncDispose]() {
      draining.abort();
      await Promise.all(workers.map((worker) => worker.pause(true)));
      const inTime = await atMost(options.drainMs, allEnded());
      cut.abort();
      const ended = inTime || (await atMost(partingMs, allEnded()));
      if (!ended) options.log.warn({ deliveries: running.size }, 'Deliveries did not end in time and are delivered again');
      // What is forced to close lets its jobs go; another worker finds them without a lock.
      await atMost(partingMs, Promise.all(workers.map((worker) => worker.close(!ended))));
    },
  };
}

function startWorker(name: ContextName, running: Set<Promise<unknown>>, options: RunOptions): Worker<JobData> {
  const process = async (job: Job<JobData>, token?: string): Promise<string> => {
    const run = runJob(name, job, token, options);
    running.add(run);
    try {
      return await run;
    } finally {
      running.delete(run);
    }
  };
  const worker = new Worker<JobData>(name, process, {
    ...options.locking,
    prefix: queuePrefix,
    connection: options.connection,
    concurrency: options.concurrency,
    settings: { backoffStrategy: (failures: number) => backoffMs(failures, Math.random) },
  });
  worker.on('error', (error) => options.log.warn({ queue: name, err: error }, 'A worker lost its connection or its lock'));
  return worker;
}

/** The one place where an outcome or an error becomes what happens to the job: complete, delay, retry or dead letter. */
async function runJob(name: ContextName, job: Job<JobData>, token: string | undefined, options: RunOptions): Promise<string> {
  const started = performance.now();
  // A read that waited when the worker was paused still brings a job.
  if (options.stop.draining.aborted) return later(job, token, 0);
  const envelope = readEnvelope(job);
  const subscription = options.subscriptions.find(name, job.name);
  if (subscription === null) throw new UnrecoverableError(`nobody here handles ${job.name}`);
  const { eventId, eventType, tenantId, traceId, correlationId, projectId, moduleId } = envelope;
  const environment = 'environment' in envelope.payload ? envelope.payload.environment : undefined;
  const fields = { queue: name, reaction: job.name, eventId, eventType, tenantId, environment, traceId, correlationId, projectId, moduleId };
  const delivered = await attempt(job, envelope, subscription, options).catch(async (error: unknown) => {
    // Two that met at one aggregate are the ordinary case, and one of them looks again.
    const level = error instanceof Conflict ? 'info' : 'warn';
    options.log[level]({ ...fields, err: error, attempt: job.attemptsStarted }, 'A delivery is made again');
    return afterFailure(job, token, error, options);
  });
  options.log.info({ ...fields, ...delivered, ms: Math.round(performance.now() - started) }, 'Delivered');
  return settle(job, token, delivered, options);
}

function readEnvelope(job: Job<JobData>): Envelope {
  try {
    return parseEnvelope(job.data.envelope);
  } catch {
    throw new UnrecoverableError('the job holds no envelope that this version knows');
  }
}

function attempt(job: Job<JobData>, envelope: Envelope, subscription: Subscription, { delivery, stop }: RunOptions): Promise<Delivered> {
  return deliver(delivery, { envelope, subscription, stop, attempt: Math.max(0, job.attemptsStarted - 1), publishedAt: job.timestamp });
}

async function afterFailure(job: Job<JobData>, token: string | undefined, error: unknown, { connection, stop }: RunOptions): Promise<never> {
  // Whatever it was, the next worker finds out for itself.
  if (stop.draining.aborted) return later(job, token, 0);
  const now = Date.now();
  const { since = now, times = 0 } = job.data.failing ?? {};
  const decision = decide({ error, failures: times + 1, failingMs: now - since }, Math.random);
  switch (decision.fate) {
    case 'retry':
      throw error;
    case 'dead-letter':
      throw new UnrecoverableError(decision.reason);
    case 'delay':
      await job.updateData({ ...job.data, failing: { since, times: times + 1 }, ...(error instanceof Throttled && { notBefore: now + decision.ms }) });
      return later(job, token, decision.ms, connection);
  }
}

async function settle(job: Job<JobData>, token: string | undefined, delivered: Delivered, { connection }: RunOptions): Promise<string> {
  switch (delivered.end) {
    case 'done':
    case 'repeated':
      return delivered.end;
    case 'wait':
      if (job.data.failing !== undefined) await job.updateData(withoutFailing(job.data));
      await setUrgency(job, delivered.urgent);
      return later(job, token, delivered.forMs, connection);
    case 'busy':
      return later(job, token, delivered.forMs);
    case 'stalled':
      throw new UnrecoverableError(`stalled: ${delivered.reason.replace(/\.$/, '')}. What to do: ${delivered.needs}`);
    case 'refused':
      throw new UnrecoverableError(`refused: ${delivered.reason}`);
  }
}

/** Its next delivery takes its place by it. */
async function setUrgency(job: Job<JobData>, urgent: boolean | null): Promise<void> {
  if (urgent === null || urgent === (job.priority === 0)) return;
  await job.changePriority({ priority: urgent ? 0 : ordinaryPriority });
}

function withoutFailing({ envelope, schemaVersion, wokenBy }: JobData): JobData {
  return { envelope, schemaVersion, ...(wokenBy !== undefined && { wokenBy }) };
}

/** The same job again later; it does not count as an attempt. With `wakes`, a newer message of its key that came meanwhile wakes it. */
async function later(job: Job<JobData>, token: string | undefined, ms: number, wakes?: Redis): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  // The job is not this delivery's any more: whatever fails here must not count as its failure.
  if (wakes !== undefined) await wakeForNext(wakes, job).catch(() => undefined);
  throw new DelayedError();
}

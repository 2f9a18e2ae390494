import { DelayedError, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { atMost } from '../at-most.ts';
import type { CrashLog } from '../kernel/delivery-ports.ts';
import { parseEnvelope, type Envelope } from '../kernel/envelope.ts';
import { Conflict, HeldBack, Throttled } from '../kernel/errors.ts';
import { contextNames, type ContextName } from '../kernel/ids.ts';
import { schemaVersion } from '../kernel/messages/catalogue.ts';
import { shapesOnly, type Scrubber } from '../kernel/scrubbing/scrubber.ts';
import { openRoom } from './alone.ts';
import { backoffMs } from './backoff.ts';
import { canaryName, openAviary, type Aviary } from './canary-job.ts';
import { guarded, type GuardOptions, type Held } from './crash-guard.ts';
import { decide, rowAfter } from './decide.ts';
import { deliver, type Delivered, type DeliveryPorts, type StopSignals } from './deliver.ts';
import { fairShare, isInLine, isUrgent, type FairShare } from './fair-share.ts';
import type { Log } from './log.ts';
import { wakeForNext } from './next-message.ts';
import { quarantineReports } from './quarantine.ts';
import type { JobData } from './queues.ts';
import { storedError } from './stored-error.ts';
import { priorities, queuePrefix, type Locking } from './settings.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

export interface Workers extends AsyncDisposable {
  isRunning(): boolean;
  /** Of this process and no other: to whom its canaries are addressed. */
  readonly instance: string;
  /** Jobs that the worker of this context ever took. */
  taken(context: ContextName): number;
  /** Whether it cannot take one, because all its places are in use or it drains. */
  isSaturated(context: ContextName): boolean;
}

interface WorkersOptions {
  /** Patient: a worker waits for Redis to come back. */
  readonly connection: Redis;
  readonly subscriptions: Subscriptions;
  readonly delivery: DeliveryPorts;
  /** What was running when a process ended. */
  readonly crashes: CrashLog;
  /** Deliveries at a time per context. */
  readonly concurrency: number;
  /** A drain that takes longer is cut: what was cut is delivered again. */
  readonly drainMs: number;
  /** Goes over what BullMQ keeps of an error. */
  readonly scrubber?: Pick<Scrubber, 'text'>;
  readonly log: Log;
  /** How soon a worker that died is noticed. */
  readonly locking: Locking;
}

interface RunOptions extends WorkersOptions {
  readonly stop: StopSignals;
  readonly fair: FairShare;
  readonly guard: GuardOptions;
  readonly watch: Watch;
  /** Of this context alone. */
  readonly aviary: Aviary;
}

/** What each worker of this process does. */
interface Watch {
  readonly instance: string;
  readonly taken: Map<ContextName, number>;
  readonly running: Map<ContextName, number>;
}

/** For what was cut to hand its job back, and for the goodbye to Redis. */
const partingMs = 2000;

/** One worker per context. */
export function startWorkers(options: WorkersOptions): Workers {
  const draining = new AbortController();
  const cut = new AbortController();
  const stop = { draining: draining.signal, cut: cut.signal };
  const running = new Set<Promise<unknown>>();
  const fair = fairShare(options.connection);
  const allEnded = (): Promise<unknown> => Promise.allSettled(running);
  const { crashes, delivery, log } = options;
  const guard = { crashes, room: openRoom(stop.draining), reports: quarantineReports({ ...delivery, crashes }), telemetry: delivery.telemetry, log };
  const watch: Watch = { instance: delivery.ids.uuid(), taken: new Map(), running: new Map() };
  const workers = contextNames.map((name) => startWorker(name, running, { ...options, stop, fair, guard, watch, aviary: openAviary(watch.instance) }));
  return {
    isRunning: () => workers.every((worker) => worker.isRunning()),
    instance: watch.instance,
    taken: (context) => watch.taken.get(context) ?? 0,
    isSaturated: (context) => draining.signal.aborted || (watch.running.get(context) ?? 0) >= options.concurrency,
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
    const { taken, running: busy } = options.watch;
    taken.set(name, (taken.get(name) ?? 0) + 1);
    busy.set(name, (busy.get(name) ?? 0) + 1);
    const run = runJob(name, job, token, options);
    running.add(run);
    try {
      return await run;
    } catch (error) {
      throw storedError(error, options.scrubber ?? shapesOnly.to('redis'));
    } finally {
      running.delete(run);
      busy.set(name, (busy.get(name) ?? 1) - 1);
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

const leftToNewerMs = 5000;

/** The one place where an outcome or an error becomes what happens to the job: complete, delay, retry or dead letter. */
async function runJob(name: ContextName, job: Job<JobData>, token: string | undefined, options: RunOptions): Promise<string> {
  const started = performance.now();
  // Also while it drains: nobody else can end a canary of its own, and it has no priority to hand back.
  if (job.name === canaryName) return options.aviary(job, token);
  // A read that waited when the worker was paused still brings a job.
  if (options.stop.draining.aborted) return later(job, token, 0);
  // A newer Trueup runs beside this one and knows what to do with it.
  if (job.data.schemaVersion > schemaVersion) return later(job, token, leftToNewerMs);
  const envelope = readEnvelope(job);
  await takeTurn(name, job, token, envelope, options);
  const subscription = options.subscriptions.find(name, job.name);
  if (subscription === null) throw new UnrecoverableError(`nobody here handles ${job.name}`);
  const { eventId, eventType, tenantId, traceId, correlationId, projectId, moduleId } = envelope;
  const environment = 'environment' in envelope.payload ? envelope.payload.environment : undefined;
  const fields = { queue: name, reaction: job.name, eventId, eventType, tenantId, environment, traceId, correlationId, projectId, moduleId };
  const delivered = await attempt(job, envelope, subscription, options).catch(async (error: unknown) => {
    // Two that met at one aggregate are the ordinary case, and one of them looks again.
    const level = error instanceof Conflict || error instanceof HeldBack ? 'info' : 'warn';
    options.delivery.telemetry.count('trueup_deliveries_total', { context: name, end: 'error' });
    options.log[level]({ ...fields, err: error, attempt: job.attemptsStarted }, 'A delivery is made again');
    return afterFailure(job, token, error, options);
  });
  options.delivery.telemetry.count('trueup_deliveries_total', { context: name, end: delivered.end });
  options.log.info({ ...fields, ...delivered, ms: Math.round(performance.now() - started) }, 'Delivered');
  return settle(job, token, delivered, { ...options, subscription });
}

function readEnvelope(job: Job<JobData>): Envelope {
  try {
    return parseEnvelope(job.data.envelope);
  } catch {
    throw new UnrecoverableError('the job holds no envelope that this version knows');
  }
}

function attempt(job: Job<JobData>, envelope: Envelope, subscription: Subscription, { delivery, stop, guard }: RunOptions): Promise<Delivered | Held> {
  const of = { envelope, subscription, stop, attempt: Math.max(0, job.attemptsStarted - 1 - (job.data.linedUp ?? 0)), publishedAt: job.timestamp };
  return guarded(guard, of, `${job.id}`, () => deliver(delivery, of));
}

async function afterFailure(job: Job<JobData>, token: string | undefined, error: unknown, { connection, stop }: RunOptions): Promise<never> {
  // Whatever it was, the next worker finds out for itself.
  if (stop.draining.aborted) return later(job, token, 0);
  const now = Date.now();
  const { since = now, times = 0 } = job.data.failing ?? {};
  const decision = decide({ error, failures: times + 1, failingMs: now - since }, Math.random);
  switch (decision.fate) {
    case 'retry':
      await leaveLine(job);
      throw error;
    case 'dead-letter':
      throw new UnrecoverableError(decision.reason);
    case 'delay':
      await job.updateData({ ...job.data, ...rowAfter(job.data, error, now, decision.ms), ...(error instanceof Throttled && { notBefore: now + decision.ms }) });
      return later(job, token, decision.ms, connection);
  }
}

async function settle(job: Job<JobData>, token: string | undefined, delivered: Delivered | Held, { connection, subscription }: RunOptions & { readonly subscription: Subscription }): Promise<string> {
  switch (delivered.end) {
    case 'done':
    case 'repeated':
      return delivered.end;
    case 'wait':
      if (job.data.failing !== undefined) await job.updateData(withoutFailing(job.data));
      await setUrgency(job, delivered.urgent);
      return later(job, token, delivered.forMs, connection);
    case 'busy':
      // Those that wait for the same lease do not come back in the same moment.
      return later(job, token, Math.round(delivered.forMs * (0.75 + Math.random() / 2)));
    case 'not-alone':
      return later(job, token, delivered.forMs);
    case 'stalled':
      throw new UnrecoverableError(`stalled: ${delivered.reason.replace(/\.$/, '')}. What to do: ${delivered.needs}`);
    case 'refused':
      throw new UnrecoverableError(`refused: ${delivered.reason}`);
    case 'quarantined':
      // One dead letter stands for all that look at the same thing; any other message is a piece of work of its own.
      if (delivered.isTold && subscription.reaction.latestWins !== null) return delivered.end;
      await job.updateData({ ...job.data, quarantine: delivered.key });
      throw new UnrecoverableError(`quarantined: ${delivered.reason}`);
  }
}

/** Its next delivery takes its place by it. */
async function setUrgency(job: Job<JobData>, urgent: boolean | null): Promise<void> {
  if (urgent === null || urgent === isUrgent(job.priority)) return;
  await job.changePriority({ priority: urgent ? priorities.urgent : priorities.ordinary });
}

/** What came back at its time goes on when its tenant has not had more than its share; otherwise it lines up. */
async function takeTurn(queue: ContextName, job: Job<JobData>, token: string | undefined, { tenantId }: Envelope, { fair, stop }: RunOptions): Promise<void> {
  if (isInLine(job.priority)) return;
  const priority = await fair.turn({ queue, tenant: tenantId, urgent: isUrgent(job.priority) });
  // Lining up wakes no other worker, and this one fetches nothing more.
  if (stop.draining.aborted) return later(job, token, 0);
  if (priority === null) return;
  await job.updateData({ ...job.data, linedUp: (job.data.linedUp ?? 0) + 1 });
  await job.changePriority({ priority });
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Its place in the line was for this delivery; the virtual time goes on while it is away. */
async function leaveLine(job: Job<JobData>): Promise<void> {
  if (isInLine(job.priority)) await job.changePriority({ priority: isUrgent(job.priority) ? priorities.urgent : priorities.ordinary });
}

function withoutFailing({ failing: _failing, notBefore: _notBefore, ...rest }: JobData): JobData {
  return rest;
}

/** The same job again later; it does not count as an attempt. With `wakes`, a newer message of its key that came meanwhile wakes it. */
async function later(job: Job<JobData>, token: string | undefined, ms: number, wakes?: Redis): Promise<never> {
  await leaveLine(job);
  await job.moveToDelayed(Date.now() + ms, token);
  // The job is not this delivery's any more: whatever fails here must not count as its failure.
  if (wakes !== undefined) await wakeForNext(wakes, job).catch(() => undefined);
  throw new DelayedError();
}

import { randomUUID } from 'node:crypto';
import { redisCommitLog } from '../../src/adapters/redis/commit-log.ts';
import { redisCrashLog } from '../../src/adapters/redis/crash-log.ts';
import { redisLeases } from '../../src/adapters/redis/leases.ts';
import { redisOutbox } from '../../src/adapters/redis/outbox.ts';
import { markingCommits } from '../../src/adapters/redis/resync-marks.ts';
import type { DeliveryPorts } from '../../src/jobs/deliver.ts';
import { openQueues, type Queues } from '../../src/jobs/queues.ts';
import { startRelay } from '../../src/jobs/relay.ts';
import { lockingOf } from '../../src/jobs/settings.ts';
import { subscriptionsOf } from '../../src/jobs/subscriptions.ts';
import { startWorkers, type Workers } from '../../src/jobs/worker.ts';
import { unaudited } from '../../src/kernel/audit.ts';
import { reaction, type Context, type Reaction } from '../../src/kernel/context.ts';
import type { CommitLog, CrashLog, Outbox } from '../../src/kernel/delivery-ports.ts';
import type { Envelope } from '../../src/kernel/envelope.ts';
import { contextNames } from '../../src/kernel/ids.ts';
import { messageCatalogue, type MessageType } from '../../src/kernel/messages/catalogue.ts';
import { done } from '../../src/kernel/outcome.ts';
import { silent, type Telemetry } from '../../src/kernel/telemetry.ts';
import type { RedisBench } from './redis-bench.ts';

/** As quick as a test needs it: a worker that died is noticed within a second. */
const quickLocking = { lockDuration: 800, lockRenewTime: 200, stalledInterval: 300, maxStalledCount: 1000 };
const quickLease = { ttlMs: 1000, renewEveryMs: 100, marginMs: 200 };

export interface LogLine {
  readonly message: string;
  readonly fields: object;
}

export interface JobsBench extends AsyncDisposable {
  readonly queues: Queues;
  readonly workers: Workers;
  readonly outbox: Outbox;
  readonly commits: CommitLog;
  readonly crashes: CrashLog;
  readonly lines: LogLine[];
  send(envelope: Envelope, delayMs?: number): Promise<void>;
  /** Jobs of every queue that have not ended. */
  open(): Promise<number>;
}

interface JobsOptions {
  readonly guard?: DeliveryPorts['guard'];
  readonly drainMs?: number;
  readonly telemetry?: Telemetry;
  readonly concurrency?: number;
  /** How soon a worker that died is noticed. */
  readonly lockMs?: number;
  /** Of entries that a relay did not acknowledge. */
  readonly takeOverAfterMs?: number;
}

/** Relay and workers over planted reactions, all in gitops, on a real Redis. */
export async function jobsBench(redis: Pick<RedisBench, 'connect'>, planted: readonly Reaction[], options: JobsOptions = {}): Promise<JobsBench> {
  const shared = await redis.connect();
  const lines: LogLine[] = [];
  const write = (fields: object, message: string): void => void lines.push({ fields, message });
  const log = { info: write, warn: write, error: write };
  const subscriptions = subscriptionsOf(withEveryCommand(planted));
  const outbox = redisOutbox(shared, await redis.connect(), { consumer: randomUUID(), onUnreadable: () => undefined, takeOverAfterMs: options.takeOverAfterMs ?? 300 });
  const queues = openQueues(shared);
  const commits = markingCommits(redisCommitLog(shared), shared, () => Date.now());
  const delivery: DeliveryPorts = {
    commits,
    leases: redisLeases(shared, quickLease),
    clock: { now: () => Date.now() },
    ids: { uuid: randomUUID },
    writes: unaudited,
    telemetry: options.telemetry ?? silent,
    guard: options.guard ?? (() => ({ allowed: true })),
  };
  const crashes = redisCrashLog(shared);
  const workers = startWorkers({ connection: await redis.connect(), subscriptions, delivery, crashes, concurrency: options.concurrency ?? 4, drainMs: options.drainMs ?? 2000, log, locking: options.lockMs === undefined ? quickLocking : lockingOf(options.lockMs) });
  const relay = startRelay(outbox, queues, subscriptions, log, 50);
  return {
    queues,
    workers,
    outbox,
    commits,
    crashes,
    lines,
    send: (envelope, delayMs = 0) => outbox.append([{ envelope, delayMs }]),
    async open() {
      const counts = await Promise.all([...queues.all.values()].map((queue) => queue.getJobCountByTypes('waiting', 'active', 'delayed', 'prioritized')));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await workers[Symbol.asyncDispose]();
      await queues[Symbol.asyncDispose]();
    },
  };
}

/** A composition is refused when a command has no handler. */
export function withEveryCommand(planted: readonly Reaction[]): readonly Context[] {
  const handled = new Set(planted.map(({ on }) => on));
  const commands = Object.entries(messageCatalogue).flatMap(([type, { role }]) => (role === 'command' ? [type as MessageType] : [])); // its keys are the message types
  const rest = commands.filter((type) => !handled.has(type)).map((type) => reaction({ on: type, name: `when-${type}`, handle: async () => done() }));
  return contextNames.map((name) => ({ name, schedules: [], reactions: name === 'gitops' ? [...planted, ...rest] : [] }));
}

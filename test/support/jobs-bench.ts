import { randomUUID } from 'node:crypto';
import { redisCommitLog } from '../../src/adapters/redis/commit-log.ts';
import { redisLeases } from '../../src/adapters/redis/leases.ts';
import { redisOutbox } from '../../src/adapters/redis/outbox.ts';
import type { DeliveryPorts } from '../../src/jobs/deliver.ts';
import { openQueues, type Queues } from '../../src/jobs/queues.ts';
import { startRelay } from '../../src/jobs/relay.ts';
import { subscriptionsOf } from '../../src/jobs/subscriptions.ts';
import { startWorkers } from '../../src/jobs/worker.ts';
import { reaction, type Context, type Reaction } from '../../src/kernel/context.ts';
import type { CommitLog, Outbox } from '../../src/kernel/delivery-ports.ts';
import type { Envelope } from '../../src/kernel/envelope.ts';
import { contextNames } from '../../src/kernel/ids.ts';
import { messageCatalogue, type MessageType } from '../../src/kernel/messages/catalogue.ts';
import { done } from '../../src/kernel/outcome.ts';
import type { RedisBench } from './redis-bench.ts';

/** As quick as a test needs it: a worker that died is noticed within a second. */
const quickLocking = { lockDuration: 800, lockRenewTime: 200, stalledInterval: 300, maxStalledCount: 10 };
const quickLease = { ttlMs: 1000, renewEveryMs: 100, marginMs: 200 };

export interface LogLine {
  readonly message: string;
  readonly fields: object;
}

export interface JobsBench extends AsyncDisposable {
  readonly queues: Queues;
  readonly outbox: Outbox;
  readonly commits: CommitLog;
  readonly lines: LogLine[];
  send(envelope: Envelope, delayMs?: number): Promise<void>;
  /** Jobs of every queue that have not ended. */
  open(): Promise<number>;
}

interface JobsOptions {
  readonly guard?: DeliveryPorts['guard'];
  readonly drainMs?: number;
  readonly concurrency?: number;
}

/** Relay and workers over planted reactions, all in gitops, on a real Redis. */
export async function jobsBench(redis: Pick<RedisBench, 'connect'>, planted: readonly Reaction[], options: JobsOptions = {}): Promise<JobsBench> {
  const shared = await redis.connect();
  const lines: LogLine[] = [];
  const write = (fields: object, message: string): void => void lines.push({ fields, message });
  const log = { info: write, warn: write, error: write };
  const subscriptions = subscriptionsOf(withEveryCommand(planted));
  const outbox = redisOutbox(shared, await redis.connect(), { consumer: randomUUID(), onUnreadable: () => undefined, takeOverAfterMs: 300 });
  const queues = openQueues(shared);
  const commits = redisCommitLog(shared);
  const delivery: DeliveryPorts = {
    commits,
    leases: redisLeases(shared, quickLease),
    clock: { now: () => Date.now() },
    ids: { uuid: randomUUID },
    guard: options.guard ?? (() => ({ allowed: true })),
  };
  const workers = startWorkers({ connection: await redis.connect(), subscriptions, delivery, concurrency: options.concurrency ?? 4, drainMs: options.drainMs ?? 2000, log, locking: quickLocking });
  const relay = startRelay(outbox, queues, subscriptions, log, 50);
  return {
    queues,
    outbox,
    commits,
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

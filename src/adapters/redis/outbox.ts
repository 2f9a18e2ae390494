import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Outbox, OutboxEntry } from '../../kernel/delivery-ports.ts';
import { outboxKey } from './keys.ts';
import { entryFields, readEntry } from './outbox-entry.ts';

const group = 'relay';
const batch = 500;

const rows = z.array(z.tuple([z.string(), z.array(z.string()).nullable()]));
const streams = z.union([z.record(z.string(), rows), z.array(z.tuple([z.string(), rows]))]).nullable();
const claimed = z.tuple([z.string(), rows]).rest(z.unknown());
type Rows = z.infer<typeof rows>;

interface OutboxOptions {
  /** Names this process among the consumers. */
  readonly consumer: string;
  /** Whether a newer Trueup runs beside this one: what cannot be read here it can, and takes over after a while. */
  readonly isNewerAbout?: () => Promise<boolean>;
  /** Told about an entry that cannot be read: it is set aside, so that it does not stop the others. */
  readonly onUnreadable: (id: string, error: unknown) => void;
  /** Entries of a consumer that did not acknowledge for this long are taken over. */
  readonly takeOverAfterMs: number;
}

/** Looked for every half of it, so that what a dead worker was relaying is taken up before its jobs are, which is `lockMs` later. */
export function takeOverOf(lockMs: number): number {
  return lockMs / 2;
}

/** A Redis stream with one consumer group. `blocking` is a connection of its own: it waits inside Redis. @see Outbox */
export function redisOutbox(redis: Redis, blocking: Redis, options: OutboxOptions): Outbox {
  const next = outboxReader(redis, blocking, options);
  return {
    next,
    acknowledge: (ids) => acknowledge(redis, ids),
    async append(entries) {
      if (entries.length === 0) return;
      const transaction = redis.multi();
      for (const entry of entries) {
        const [envelope, delay] = entryFields(entry);
        transaction.xadd(outboxKey, '*', 'envelope', envelope, 'delay', delay);
      }
      const results = (await transaction.exec()) ?? [];
      const failed = results.find(([error]) => error !== null);
      if (failed?.[0]) throw failed[0];
    },
  };
}

function outboxReader(redis: Redis, blocking: Redis, { consumer, isNewerAbout = () => Promise.resolve(false), onUnreadable, takeOverAfterMs }: OutboxOptions): Outbox['next'] {
  let nextTakeOver = 0;
  // Entries of an answer that was lost on its way count as handed out to this consumer already.
  let lookBack = false;

  async function read(found: Rows): Promise<readonly OutboxEntry[]> {
    const entries: OutboxEntry[] = [];
    for (const [id, fields] of found) {
      try {
        if (fields === null) await acknowledge(redis, [id]);
        else entries.push(readEntry(id, fields));
      } catch (error) {
        if (await isNewerAbout()) continue;
        onUnreadable(id, error);
        await redis.xadd(`${outboxKey}:unreadable`, 'MAXLEN', '~', '1000', '*', ...(fields ?? []));
        await acknowledge(redis, [id]);
      }
    }
    return entries;
  }

  async function takeOver(): Promise<readonly OutboxEntry[]> {
    if (Date.now() < nextTakeOver) return [];
    nextTakeOver = Date.now() + takeOverAfterMs / 2;
    const [, found] = claimed.parse(await redis.xautoclaim(outboxKey, group, consumer, takeOverAfterMs, '0', 'COUNT', batch));
    return read(found);
  }

  async function next(waitMs: number): Promise<readonly OutboxEntry[]> {
    const left = await takeOver();
    if (left.length > 0) return left;
    const own = lookBack ? await read(foundIn(await blocking.xreadgroup('GROUP', group, consumer, 'COUNT', batch, 'STREAMS', outboxKey, '0'))) : [];
    lookBack = false;
    if (own.length > 0) return own;
    return read(foundIn(await blocking.xreadgroup('GROUP', group, consumer, 'COUNT', batch, 'BLOCK', waitMs, 'STREAMS', outboxKey, '>')));
  }

  return async (waitMs) => {
    try {
      return await next(waitMs);
    } catch (error) {
      lookBack = true;
      // The stream is made on first use, and again after somebody emptied Redis.
      if (!isReply(error, 'NOGROUP')) throw error;
      await ensureGroup(redis);
      return next(waitMs);
    }
  };
}

async function ensureGroup(redis: Redis): Promise<void> {
  await redis.xgroup('CREATE', outboxKey, group, '0', 'MKSTREAM').catch((error: unknown) => {
    if (!isReply(error, 'BUSYGROUP')) throw error;
  });
}

async function acknowledge(redis: Redis, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await redis.multi().xack(outboxKey, group, ...ids).xdel(outboxKey, ...ids).exec();
}

function foundIn(answer: unknown): Rows {
  const parsed = streams.parse(answer);
  if (parsed === null) return [];
  return Array.isArray(parsed) ? parsed.flatMap(([, entries]) => entries) : Object.values(parsed).flat();
}

/** Redis names the kind of an error by its first word. */
function isReply(error: unknown, kind: string): boolean {
  return error instanceof Error && error.message.startsWith(kind);
}

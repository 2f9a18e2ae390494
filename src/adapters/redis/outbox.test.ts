import type { Redis } from 'ioredis';
import { beforeAll, describe, expect, test } from 'vitest';
import { envelopeOf } from '../../../test/support/delivery.ts';
import { redisForFile } from '../../../test/support/redis-bench.ts';
import type { Outbox } from '../../kernel/delivery-ports.ts';
import type { Envelope } from '../../kernel/envelope.ts';
import { tenantId } from '../../kernel/ids.ts';
import { redisInbox } from './inbox.ts';
import { redisOutbox, takeOverOf } from './outbox.ts';

const message = (): Envelope => envelopeOf('SyncRepository', tenantId(100, 7), { reason: 'push' });
const origin = { by: 'github', login: 'maria', id: 1, event: 'push', delivery: 'd' } as const;
const guid = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

const bench = redisForFile();
let redis: Redis;
const unreadable: string[] = [];

beforeAll(async () => {
  redis = await bench.connect();
});

async function consumer(name: string, takeOverAfterMs = takeOverOf(60_000)): Promise<Outbox> {
  return redisOutbox(redis, await bench.connect(), { consumer: name, onUnreadable: (id) => unreadable.push(id), takeOverAfterMs });
}

async function nextOf(outbox: Outbox): Promise<readonly Envelope[]> {
  return (await outbox.next(1)).map(({ envelope }) => envelope);
}

describe('the outbox', () => {
  test('hands out in order, each once, with its delay', async () => {
    const outbox = await consumer('a');
    const [first, second] = [message(), message()];
    await outbox.append([{ envelope: first, delayMs: 0 }, { envelope: second, delayMs: 1500 }]);
    const entries = await outbox.next(1);
    expect(entries).toMatchObject([{ envelope: first, delayMs: 0 }, { envelope: second, delayMs: 1500 }]);
    expect(await outbox.next(1)).toEqual([]);
  });

  test('an empty list is nothing to append', async () => {
    const outbox = await consumer('a');
    await outbox.append([]);
    expect(await outbox.next(1)).toEqual([]);
  });

  test('two consumers share, and nobody gets what the other has', async () => {
    const [a, b] = [await consumer('a'), await consumer('b')];
    await a.append([{ envelope: message(), delayMs: 0 }]);
    expect(await nextOf(a)).toHaveLength(1);
    expect(await nextOf(b)).toEqual([]);
  });

  test('what was acknowledged is forgotten, also by Redis', async () => {
    const outbox = await consumer('a');
    await outbox.append([{ envelope: message(), delayMs: 0 }]);
    await outbox.acknowledge((await outbox.next(1)).map(({ id }) => id));
    expect(await redis.xlen('{trueup}:outbox')).toBe(0);
  });

  test('entries of a dead consumer are taken over after a while, and not before', async () => {
    const [dead, heir] = [await consumer('dead'), await consumer('heir', 1000)];
    const envelope = message();
    await dead.append([{ envelope, delayMs: 0 }]);
    expect(await nextOf(dead)).toEqual([envelope]);
    expect(await nextOf(heir)).toEqual([]);
    await expect.poll(() => nextOf(heir)).toEqual([envelope]);
  });

  test.each([4000, 60_000, 600_000])('with a lock of %i ms they are taken over before the jobs of the dead worker are', (lockMs) => {
    const lookEveryMs = takeOverOf(lockMs) / 2;
    expect(takeOverOf(lockMs) + lookEveryMs).toBeLessThan(lockMs);
    // One that only works slowly keeps what it has.
    expect(takeOverOf(lockMs)).toBeGreaterThanOrEqual(2000);
  });

  test('works on after somebody emptied Redis while it ran', async () => {
    const outbox = await consumer('a');
    await outbox.append([{ envelope: message(), delayMs: 0 }]);
    expect(await nextOf(outbox)).toHaveLength(1);
    await redis.flushall();
    const after = message();
    await outbox.append([{ envelope: after, delayMs: 0 }]);
    await expect.poll(() => nextOf(outbox)).toEqual([after]);
  });

  test('a read that waits while Redis is emptied does not end the consumer', async () => {
    const outbox = await consumer('a');
    await outbox.next(1);
    const waiting = outbox.next(400);
    await redis.flushall();
    expect(await waiting).toEqual([]);
    await outbox.append([{ envelope: message(), delayMs: 0 }]);
    await expect.poll(() => nextOf(outbox)).toHaveLength(1);
  });

  test.each([
    { text: '{"eventType":"Nothing"}', reason: 'a message of another version' },
    { text: '{', reason: 'no JSON' },
  ])('an entry that cannot be read is set aside and stops nobody: $reason', async ({ text }) => {
    const outbox = await consumer('a');
    const id = await redis.xadd('{trueup}:outbox', '*', 'envelope', text, 'delay', '0');
    const good = message();
    await outbox.append([{ envelope: good, delayMs: 0 }]);
    expect(await nextOf(outbox)).toEqual([good]);
    expect(unreadable).toContain(id);
    expect(await redis.xlen('{trueup}:outbox:unreadable')).toBe(1);
    expect(await redis.xpending('{trueup}:outbox', 'relay')).toMatchObject({ 0: 1 });
  });
});

describe('beside a newer Trueup', () => {
  test('an entry that cannot be read is left to it, and nothing is set aside', async () => {
    const older = redisOutbox(redis, await bench.connect(), { consumer: 'older', isNewerAbout: () => Promise.resolve(true), onUnreadable: (id) => unreadable.push(id), takeOverAfterMs: 60_000 });
    const id = await redis.xadd('{trueup}:outbox', '*', 'envelope', '{"eventType":"Tomorrow"}', 'delay', '0');
    expect(await nextOf(older)).toEqual([]);
    expect(unreadable).not.toContain(id);
    expect(await redis.exists('{trueup}:outbox:unreadable')).toBe(0);
    expect(await redis.xpending('{trueup}:outbox', 'relay')).toMatchObject({ 0: 1 });
  });
});

describe('the inbox', () => {
  test('stores a delivery once, however often it comes', async () => {
    const inbox = redisInbox(redis);
    const results = await Promise.all(Array.from({ length: 100 }, () => inbox.accept(guid, [message()], origin)));
    expect(results.filter((result) => result === 'stored')).toHaveLength(1);
    expect(await redis.xlen('{trueup}:outbox')).toBe(1);
  });

  test('a delivery that could not be stored is not seen: its redelivery is', async () => {
    const inbox = redisInbox(redis);
    // As on a full Redis: the second half of the work fails.
    await redis.set('{trueup}:outbox', 'no stream');
    await expect(inbox.accept(guid, [message()], origin)).rejects.toThrow('WRONGTYPE');
    await redis.del('{trueup}:outbox');
    expect(await inbox.accept(guid, [message()], origin)).toBe('stored');
  });

  test('another delivery of the same body is another delivery', async () => {
    const inbox = redisInbox(redis);
    const envelope = message();
    expect(await inbox.accept(guid, [envelope], origin)).toBe('stored');
    expect(await inbox.accept(guid.replace('7', '8'), [envelope], origin)).toBe('stored');
  });

  test('is forgotten after the time in which GitHub delivers again', async () => {
    await redisInbox(redis).accept(guid, [message()], origin);
    const days = (await redis.pttl(`{trueup}:seen:${guid}`)) / 86_400_000;
    expect(days).toBeCloseTo(3, 2);
  });
});

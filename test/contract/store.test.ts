import type { Redis } from 'ioredis';
import { z } from 'zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisCommitLog } from '../../src/adapters/redis/commit-log.ts';
import { redisLeases } from '../../src/adapters/redis/leases.ts';
import { redisOutbox } from '../../src/adapters/redis/outbox.ts';
import { redisStore } from '../../src/adapters/redis/store.ts';
import type { Commit } from '../../src/kernel/delivery-ports.ts';
import { Conflict } from '../../src/kernel/errors.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { done, type Save } from '../../src/kernel/outcome.ts';
import type { AggregateKey, Store } from '../../src/kernel/ports.ts';
import { envelopeOf } from '../support/delivery.ts';
import { memoryStore } from '../support/memory-store.ts';
import { redisBench, type RedisBench } from '../support/redis-bench.ts';

const contoso = tenantId(100, 7, 'contoso');
const fabrikam = tenantId(100, 7, 'fabrikam');
const schema = z.strictObject({ count: z.number() });
const keyOf = (id: string, type = 'Counter', tenant = contoso): AggregateKey => ({ tenantId: tenant, type, id });
const save = (key: AggregateKey, expectedVersion: number, value: object | null): Save => ({ key, expectedVersion, value });
const nothing: Commit = { saves: [], emits: [], applied: null, lease: null };

let bench: RedisBench;
let redis: Redis;

beforeAll(async () => {
  bench = await redisBench();
  redis = await bench.connect();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Subject {
  readonly store: Store;
  readonly write: (saves: readonly Save[]) => Promise<void>;
}

const subjects: readonly { readonly name: string; readonly open: () => Promise<Subject> }[] = [
  {
    name: 'redis',
    async open() {
      await redis.flushall();
      const commits = redisCommitLog(redis);
      return { store: redisStore(redis), write: async (saves) => void (await commits.commit({ ...nothing, saves })) };
    },
  },
  {
    name: 'memory',
    async open() {
      const store = memoryStore();
      return { store, write: async (saves) => store.apply(done(saves)) };
    },
  },
];

describe.each(subjects)('a store in $name', ({ open }) => {
  test('what was never saved is null', async () => {
    const { store } = await open();
    expect(await store.load(keyOf('a'), schema)).toBeNull();
    expect(await store.list('Counter')).toEqual([]);
  });

  test('versions start at 1 and grow by one', async () => {
    const { store, write } = await open();
    for (const count of [1, 2, 3]) {
      await write([save(keyOf('a'), count - 1, { count })]);
      expect(await store.load(keyOf('a'), schema)).toEqual({ version: count, value: { count } });
    }
  });

  test.each([
    { expected: 0, reason: 'somebody made it in between' },
    { expected: 2, reason: 'it was removed and made again' },
  ])('version $expected is refused and nothing is written: $reason', async ({ expected }) => {
    const { store, write } = await open();
    await write([save(keyOf('a'), 0, { count: 1 })]);
    await expect(write([save(keyOf('b'), 0, { count: 9 }), save(keyOf('a'), expected, { count: 9 })])).rejects.toThrow(Conflict);
    expect(await store.load(keyOf('a'), schema)).toEqual({ version: 1, value: { count: 1 } });
    expect(await store.load(keyOf('b'), schema)).toBeNull();
  });

  test('what is removed is gone from reads and lists, and starts again at 1', async () => {
    const { store, write } = await open();
    await write([save(keyOf('a'), 0, { count: 1 })]);
    await write([save(keyOf('a'), 1, null)]);
    expect(await store.load(keyOf('a'), schema)).toBeNull();
    expect(await store.list('Counter')).toEqual([]);
    await write([save(keyOf('a'), 0, { count: 2 })]);
    expect(await store.load(keyOf('a'), schema)).toEqual({ version: 1, value: { count: 2 } });
  });

  test('lists one type of all tenants, whatever is in an id', async () => {
    const { store, write } = await open();
    const keys = [keyOf('a|b:c'), keyOf('a', 'Counter', fabrikam), keyOf('z')];
    await write([...keys.map((key) => save(key, 0, { count: 1 })), save(keyOf('other', 'Timer'), 0, { count: 1 })]);
    expect(new Set(await store.list('Counter'))).toEqual(new Set(keys));
  });

  test('the same id of another tenant or type is something else', async () => {
    const { store, write } = await open();
    await write([save(keyOf('a'), 0, { count: 1 }), save(keyOf('a', 'Counter', fabrikam), 0, { count: 2 }), save(keyOf('a', 'Timer'), 0, { count: 3 })]);
    expect((await store.load(keyOf('a', 'Counter', fabrikam), schema))?.value).toEqual({ count: 2 });
    expect((await store.load(keyOf('a', 'Timer'), schema))?.value).toEqual({ count: 3 });
  });

  test('what the schema refuses is a throw, not an absence', async () => {
    const { store, write } = await open();
    await write([save(keyOf('a'), 0, { amount: 1 })]);
    await expect(store.load(keyOf('a'), schema)).rejects.toThrow(z.ZodError);
  });
});

describe('a commit in redis', () => {
  const message = envelopeOf('SyncRepository', tenantId(100, 7), { reason: 'push' });
  const emitted = envelopeOf('ResyncInstallation', tenantId(100), { reason: 'resync' });
  const stream = () => redis.xlen('{trueup}:outbox');

  test('writes saves, messages and the mark at once', async () => {
    await redis.flushall();
    const commits = redisCommitLog(redis);
    expect(await commits.isApplied(message, 'gitops/when-x')).toBe(false);
    expect(await commits.commit({ saves: [save(keyOf('a'), 0, { count: 1 })], emits: [emitted, message], applied: { envelope: message, reaction: 'gitops/when-x', once: true }, lease: null })).toBe('written');
    expect(await commits.isApplied(message, 'gitops/when-x')).toBe(true);
    expect(await commits.isApplied(message, 'gitops/when-y')).toBe(false);
    const outbox = redisOutbox(redis, await bench.connect(), { consumer: 'me', onUnreadable: () => undefined, takeOverAfterMs: 30_000 });
    expect((await outbox.next(10)).map(({ envelope }) => envelope)).toEqual([emitted, message]);
  });

  test.each([
    { reason: 'another version', commit: { saves: [save(keyOf('a'), 3, { count: 1 })] } },
    { reason: 'a lease that nobody holds', commit: { lease: { key: 'k', token: 'mine' } } },
  ])('writes nothing at all after $reason', async ({ commit }) => {
    await redis.flushall();
    const commits = redisCommitLog(redis);
    await expect(commits.commit({ saves: [save(keyOf('b'), 0, { count: 1 })], emits: [emitted], applied: { envelope: message, reaction: 'r', once: true }, lease: null, ...commit })).rejects.toThrow(Conflict);
    expect(await stream()).toBe(0);
    expect(await commits.isApplied(message, 'r')).toBe(false);
    expect(await redis.dbsize()).toBe(0);
  });

  test('that fails in the middle has saved nothing without its message', async () => {
    await redis.flushall();
    await redis.set('{trueup}:outbox', 'no stream');
    await expect(redisCommitLog(redis).commit({ saves: [save(keyOf('a'), 0, { count: 1 })], emits: [emitted], applied: { envelope: message, reaction: 'r', once: true }, lease: null })).rejects.toThrow('WRONGTYPE');
    expect(await redis.dbsize()).toBe(1);
  });

  test('of a message that was dealt with meanwhile writes nothing and says so', async () => {
    await redis.flushall();
    const commits = redisCommitLog(redis);
    const applied = { envelope: message, reaction: 'r', once: true };
    await commits.commit({ ...nothing, emits: [emitted], applied });
    expect(await commits.commit({ ...nothing, saves: [save(keyOf('a'), 0, { count: 1 })], emits: [emitted], applied })).toBe('repeated');
    expect(await stream()).toBe(1);
    expect(await redisStore(redis).load(keyOf('a'), schema)).toBeNull();
  });

  test('under a lease is taken from its holder only', async () => {
    await redis.flushall();
    const commits = redisCommitLog(redis);
    const leases = redisLeases(redis);
    const first = await leases.acquire('env');
    expect(await commits.commit({ ...nothing, emits: [emitted], lease: first?.proof ?? null })).toBe('written');
    await redis.flushall();
    const second = await leases.acquire('env');
    await expect(commits.commit({ ...nothing, emits: [emitted], lease: first?.proof ?? null })).rejects.toThrow(Conflict);
    await first?.release();
    expect(await commits.commit({ ...nothing, emits: [emitted], lease: second?.proof ?? null })).toBe('written');
    await second?.release();
  });

  test('takes as many saves and messages as a repository of 400 services makes', async () => {
    await redis.flushall();
    const many = Array.from({ length: 2000 }, (_, index) => index);
    await redisCommitLog(redis).commit({ ...nothing, saves: many.map((index) => save(keyOf(`id-${index}`), 0, { count: index })), emits: many.map(() => emitted) });
    expect(await stream()).toBe(2000);
    expect(await redisStore(redis).list('Counter')).toHaveLength(2000);
  });
});

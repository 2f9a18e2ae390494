import type { Redis } from 'ioredis';
import { beforeEach, describe, expect } from 'vitest';
import { fc, test } from '../../test/support/property.ts';
import { redisForFile } from '../../test/support/redis-bench.ts';
import { tenantId, type TenantId } from '../kernel/ids.ts';
import { fairShare, isInLine, isUrgent } from './fair-share.ts';
import { bandWidth, priorities, urgentPerMinute } from './settings.ts';

const queue = 'gitops';
const waiting = `{trueup}:${queue}:prioritized`;
const bench = redisForFile();
let redis: Redis;
let count = 0;
beforeEach(async () => {
  redis = await bench.connect();
  count = 0;
});

const tenants = [tenantId(100, 7, 'contoso'), tenantId(200, 9, 'fabrikam'), tenantId(300, 11, 'northwind')] as const;
/** Of one installation. */
const siblings = [tenantId(100, 7, 'a'), tenantId(100, 8, 'b'), tenantId(100, 8, 'c')] as const;

/** As BullMQ puts a job among those that wait. */
async function put(job: string, tenant: TenantId, urgent = false): Promise<number> {
  const priority = await fairShare(redis).place({ queue, tenant, urgent }, null);
  await redis.zadd(waiting, priority * 2 ** 32 + ++count, job);
  return priority;
}

async function take(): Promise<string | null> {
  return (await redis.zpopmin(waiting))[0] ?? null;
}

async function takeAll(): Promise<readonly string[]> {
  const taken: string[] = [];
  for (let job = await take(); job !== null; job = await take()) taken.push(job);
  return taken;
}

describe('tenants that compete', { timeout: 60_000 }, () => {
  test('wait for as many jobs of each other as they have themselves, and keep their own order, however jobs come and go', async () => {
    const step = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 2 }) }, { weight: 2, arbitrary: fc.constant('take' as const) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        await bench.server.empty();
        const line: string[] = [];
        /** Jobs that were taken since a job came, and its tenant's that were before it. */
        const came = new Map<string, { readonly at: number; readonly ahead: number }>();
        let taken = 0;
        const check = (job: string | null): void => {
          if (job === null) return;
          const { at, ahead } = came.get(job) ?? { at: 0, ahead: 0 };
          const own = line.filter((other) => other[0] === job[0]);
          expect(own[0]).toBe(job);
          expect(taken - at).toBeLessThanOrEqual((ahead + 1) * tenants.length);
          line.splice(line.indexOf(job), 1);
          taken += 1;
        };
        for (const [index, what] of steps.entries()) {
          if (what === 'take') check(await take());
          else {
            const job = `${what}:${index}`;
            came.set(job, { at: taken, ahead: line.filter((other) => other[0] === job[0]).length });
            line.push(job);
            await put(job, tenants[what] ?? tenants[0]);
          }
        }
        for (const job of await takeAll()) check(job);
        expect(line).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('have one share per installation, however many tenants it names', async () => {
    for (let index = 0; index < 30; index += 1) await put(`many ${index}`, siblings[index % 3] ?? siblings[0]);
    for (let index = 0; index < 10; index += 1) await put(`one ${index}`, tenants[1]);
    const first = (await takeAll()).slice(0, 20);
    expect(first.filter((job) => job.startsWith('one')).length).toBeGreaterThanOrEqual(9);
  });

  test('do not save up what they did not use', async () => {
    for (let index = 0; index < 20; index += 1) await put(`a ${index}`, tenants[0]);
    for (let index = 0; index < 10; index += 1) await take();
    for (let index = 0; index < 10; index += 1) await put(`b ${index}`, tenants[1]);
    expect((await takeAll()).slice(0, 6).filter((job) => job.startsWith('a')).length).toBeGreaterThanOrEqual(2);
  });
});

describe('a job that comes back', () => {
  test.for([
    { reason: 'goes on when nobody waits', waits: [], told: true },
    { reason: 'goes on when its tenant has had nothing', waits: ['1', '1', '1'], told: true },
    { reason: 'lines up behind its tenant\'s others', waits: ['0', '0', '1'], told: false },
  ])('$reason', async ({ waits, told }) => {
    for (const [index, tenant] of waits.entries()) await put(String(index), tenants[Number(tenant) === 0 ? 0 : 1]);
    const priority = await fairShare(redis).turn({ queue, tenant: tenants[0], urgent: false });
    expect(priority === null).toBe(told);
    if (priority !== null) expect(isInLine(priority)).toBe(true);
  });
});

describe('priorities', () => {
  test('of urgent messages are before all others, until there are more than people send', async () => {
    await put('ordinary', tenants[0]);
    const given: number[] = [];
    for (let index = 0; index <= urgentPerMinute; index += 1) given.push(await put(`urgent ${index}`, tenants[0], true));
    expect(given.slice(0, -1).every(isUrgent)).toBe(true);
    expect(isUrgent(given.at(-1) ?? 0)).toBe(false);
    expect(isUrgent(await put('of another', tenants[1], true))).toBe(true);
  });

  test('of what an older one absorbs are those of a job that has not lined up, and cost its tenant nothing', async () => {
    await redis.set(`{trueup}:${queue}:de:key`, 'older');
    await put('waits', tenants[1]);
    for (let index = 0; index < 5; index += 1) expect(await fairShare(redis).place({ queue, tenant: tenants[0], urgent: false }, 'key')).toBe(priorities.ordinary);
    expect(await fairShare(redis).turn({ queue, tenant: tenants[0], urgent: false })).toBeNull();
  });

  test('start again when nothing waits, and stay within what BullMQ knows when something always does', async () => {
    await redis.hset(`{trueup}:fair:${queue}`, { time: 5e9, last: 5e9 + bandWidth * 2, offset: 5e9 });
    expect(await put('first', tenants[0])).toBe(priorities.ordinary + 1);
    await redis.hset(`{trueup}:fair:${queue}`, { offset: 0 });
    await redis.zadd(`{trueup}:fair:${queue}:200`, 9e12, tenants[1]);
    expect(await put('last', tenants[1])).toBe(priorities.ordinary + bandWidth - 1);
    expect(priorities.ordinary + bandWidth).toBeLessThanOrEqual(2 ** 21);
  });

  test('leave nothing behind for ever', async () => {
    await put('one', tenants[0], true);
    await put('two', tenants[0]);
    const keys = (await redis.keys('{trueup}:fair:*')).sort();
    expect(keys).not.toEqual([]);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leaseKey } from '../../src/adapters/redis/keys.ts';
import { shopFiles } from '../support/shop.ts';
import type { Shop } from '../support/shop-seen.ts';
import { stageWorld, until, type StageWorld } from '../support/stage-world.ts';

let world: StageWorld;
let redis: Redis;

/** What is seen from outside of the rollout of `web:1.1.0`. */
interface Sight {
  readonly isBusy: boolean;
  readonly newWeight: number | null;
  readonly oldActive: boolean;
  /** No delivery is in hand: what is killed then is taken up at once, and not when locks and leases have run out. */
  readonly isQuiet: boolean;
}

async function sightOf(shop: Shop): Promise<Sight> {
  const [app, revisions] = await Promise.all([shop.app('web'), shop.revisions('web')]);
  const ofImage = (image: string) => revisions.find(({ properties }) => properties.template.containers[0]?.image.endsWith(image))?.properties;
  const { installationId, id } = shop.repository;
  return {
    isBusy: app.properties.provisioningState === 'InProgress',
    newWeight: ofImage('web:1.1.0')?.trafficWeight ?? null,
    oldActive: ofImage('web:1.0.0')?.active ?? false,
    isQuiet: (await redis.keys(leaseKey(`${installationId}.${id}.*`))).length === 0,
  };
}

const moments = [
  { name: 'writing', reason: 'while Azure works on the write that makes the revision', is: ({ isBusy, newWeight }: Sight) => isBusy && (newWeight ?? 0) === 0 },
  { name: 'gating', reason: 'while the new revision is gated', is: ({ isBusy, newWeight, oldActive }: Sight) => !isBusy && newWeight === 0 && oldActive },
  { name: 'promoting', reason: 'while the traffic moves', is: ({ newWeight, oldActive, isBusy }: Sight) => newWeight === 100 && (oldActive || isBusy) },
];
const all = ['unanswered', ...moments.map(({ name }) => name)];

beforeAll(async () => {
  world = await stageWorld({ shops: Object.fromEntries(all.map((name) => [name, shopFiles(name)])), pace: { operationMs: 1000 }, workloads: 'in-process', env: { TRUEUP_LOCK_MS: '8000' } });
  redis = new Redis(world.stage.redis.url);
  await Promise.all(all.map((name) => world.shop(name).deployed()));
  // The old revision ends right after the traffic moved; held up, that moment can be seen.
  world.stage.azure.faults.ask({ name: 'azure:503', times: 2, path: '/rg-promoting/', method: 'POST' });
}, 90_000);
afterAll(async () => {
  redis?.disconnect();
  await world?.[Symbol.asyncDispose]();
});

async function released(shop: Shop): Promise<string> {
  await using work = await shop.clone();
  const head = await work.commit({ 'trueup/services/web.yaml': (text: string) => text.replace('web:1.0.0', 'web:1.1.0') });
  await work.push();
  return head;
}

async function finishes(shop: Shop, head: string): Promise<void> {
  await shop.green(head, 'trueup/deploy (dev)', () => true, 90_000);
  const revisions = (await shop.revisions('web')).map(({ properties }) => [properties.template.containers[0]?.image, properties.active, properties.trafficWeight]);
  expect(revisions.toSorted()).toEqual([
    ['contoso.azurecr.io/web:1.0.0', false, 0],
    ['contoso.azurecr.io/web:1.1.0', true, 100],
  ]);
}

describe.concurrent('a worker that is killed is started again and finishes, with one new revision', { timeout: 240_000 }, () => {
  const unanswered = Promise.withResolvers<void>();

  test('while it waits for the answer to a write', async () => {
    const shop = world.shop('unanswered');
    const { faults } = world.stage.azure;
    faults.ask({ name: 'azure:hang', times: 1, path: '/rg-unanswered/', method: 'PATCH' });
    const head = await released(shop);
    await until('the write that is not answered', async () => (faults.list().some(({ name }) => name === 'azure:hang') ? null : true), { withinMs: 60_000, everyMs: 20 });
    world.killWorker();
    unanswered.resolve();
    await finishes(shop, head);
  });

  test.each(moments)('$reason', async ({ name, is }) => {
    await unanswered.promise;
    const shop = world.shop(name);
    const head = await released(shop);
    await until(`${name}: its moment`, async () => {
      const sight = await sightOf(shop);
      if (is(sight) && sight.isQuiet) return sight;
      throw new Error(JSON.stringify(sight));
    }, { withinMs: 90_000, everyMs: 40 });
    world.killWorker();
    await finishes(shop, head);
  });
});

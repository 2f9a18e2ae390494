import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { leaseKey } from '../../src/adapters/redis/keys.ts';
import { environmentFile, serviceFile, shopFiles } from '../support/shop.ts';
import type { Shop } from '../support/shop-seen.ts';
import { stageWorld, until, type StageWorld } from '../support/stage-world.ts';
import { users } from '../support/users.ts';

let world: StageWorld;
let redis: Redis;

/**
 * Bakes of seconds: the local Azure counts a request within the second. Two requests are enough to tell: of the bad image every second
 * or third fails from the start.
 */
const canary = (bakes: readonly [string, string]): string => `  rollout:
    strategy: canary
    steps: [{ weight: 10, bake: ${bakes[0]} }, { weight: 50, bake: ${bakes[1]} }]
    watch: 1s
    gate: { successRate: ">= 90%", minSamples: 2 }
`;

const files = (name: string, rollout: string): Readonly<Record<string, string>> => {
  const all = shopFiles(name);
  const web = all['trueup/services/web.yaml'] ?? '';
  return { ...all, 'trueup/services/web.yaml': web.replace('  environments: { dev', `${rollout}  environments: { dev` ) };
};

const workspace = '00000000-0000-4000-8000-00000000106a';

/**
 * Comes with the release that it judges: the first one would wait for the answer of the logs, which pass a stage after five minutes at the
 * earliest. So they are asked where a release is caught; the other system is asked everywhere.
 */
const gatesThatAsk = async (what: 'desk' | 'desk and logs'): Promise<(text: string) => string> => {
  const { fqdn } = (await world.shop('passes').app('desk')).properties.configuration.ingress;
  const http = `http: [{ name: release-desk, url: "https://${fqdn}/verdict" }]`;
  const query = `ContainerAppConsoleLogs | where ContainerAppName == "{app}" and RevisionName == "{revision}" | where TimeGenerated > ago({minutes}m) | count`;
  const logs = what === 'desk' ? '' : `, logs: [{ name: payment-errors, workspace: ${workspace}, query: '${query}', passes: "<= 5" }]`;
  return (text) => text.replace('minSamples: 2 }', `minSamples: 2, ${http}${logs} }`);
};

/** The system that gates ask is an app of the same Azure. */
function withDesk(all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const path = 'trueup/services/desk.yaml';
  return { ...all, [path]: serviceFile('desk').replace('desk:1.0.0', 'desk:1.0.0-gate-pass') };
}

const shops = ['passes', 'caught', 'commands', 'killed'] as const;

/** `prod` takes the image and one value from `dev`. */
function promotedFiles(): Readonly<Record<string, string>> {
  const all = shopFiles('promoted');
  const prod = 'prod: { image: "contoso.azurecr.io/web:1.0.0", promotion: { from: dev, values: [FEATURE_NEW_CART] } }';
  return {
    ...all,
    'trueup/environments/prod.yaml': environmentFile('promoted', 'prod'),
    'trueup/services/web.yaml': (all['trueup/services/web.yaml'] ?? '').replace('dev: {}', `dev: {}, ${prod}`),
    'trueup/settings.yaml': (all['trueup/settings.yaml'] ?? '').replace('FEATURE_NEW_CART: "off" }', 'FEATURE_NEW_CART: "off" }\n  environments: { prod: { values: { FEATURE_NEW_CART: "off" } } }'),
  };
}

beforeAll(async () => {
  const bakes = { passes: ['4s', '4s'], caught: ['4s', '4s'], commands: ['10m', '1s'], killed: ['6s', '4s'] } as const;
  const canaries = Object.fromEntries(shops.map((name) => [name, files(name, canary(bakes[name]))]));
  world = await stageWorld({
    shops: { ...canaries, passes: withDesk(canaries['passes'] ?? {}), promoted: promotedFiles() },
    gates: { workspaces: [workspace], gateHosts: ['*.westeurope.azurecontainerapps.io'] },
    workloads: 'in-process',
    env: { TRUEUP_LOCK_MS: '8000' },
    // To a question about the app and its revision only.
    before: ({ azure }) => azure.logs.answer({ workspace, contains: 'ContainerAppName == "web" and RevisionName == "web--', result: { number: 3 } }),
  });
  redis = new Redis(world.stage.redis.url);
  await Promise.all([...shops.map((name) => world.shop(name).deployed()), world.shop('promoted').deployed('dev'), world.shop('promoted').deployed('prod')]);
}, 90_000);
afterAll(async () => {
  redis?.disconnect();
  await world?.[Symbol.asyncDispose]();
});

const image = (tag: string): string => `contoso.azurecr.io/web:${tag}`;

/** Merged through a pull request. */
async function released(shop: Shop, from: string, to: string, also = (text: string): string => text): Promise<{ readonly number: number; readonly merged: string }> {
  await using work = await shop.clone();
  await work.branch(`take-${to}`);
  const head = await work.commit({ 'trueup/services/web.yaml': (text) => also(text.replace(`web:${from}`, `web:${to}`)) });
  await work.push();
  const number = await shop.open(`take-${to}`);
  await shop.finished(head, 'trueup/plan');
  return { number, merged: await shop.merge(number) };
}

const weightOf = async (shop: Shop, tag: string): Promise<number | null> =>
  (await shop.revisions('web')).find(({ properties }) => properties.template.containers[0]?.image === image(tag))?.properties.trafficWeight ?? null;

const atWeight = (shop: Shop, tag: string, weight: number) =>
  until(`${tag} of ${shop.name} at ${weight} %`, async () => ((await weightOf(shop, tag)) === weight ? true : null), { withinMs: 120_000, everyMs: 50 });

/** Whoever looks now and then may miss a step, and sees none twice. */
const seenOf = (way: readonly number[], seen: readonly number[]): readonly number[] => way.filter((weight) => seen.includes(weight));

const settled = async (shop: Shop) => (await shop.revisions('web')).map(({ properties }) => [properties.template.containers[0]?.image, properties.active, properties.trafficWeight]).toSorted();

/** What the check shows of the gates of `web`, by name. */
const readings = ({ output }: Awaited<ReturnType<Shop['finished']>>): Readonly<Record<string, string>> =>
  Object.fromEntries([...(output.summary ?? '').matchAll(/^\| `web` \| ([^|]+) \| ((?:✅|❌|❔|⬜) [^|]+) \|/gm)].map(([, gate = '', answer = '']) => [gate, answer]));

describe.concurrent('a canary', { timeout: 420_000 }, () => {
  test('passes its gates with the requests of users, step by step', async ({ expect }) => {
    const shop = world.shop('passes');
    await using asking = users(world.stage, shop);
    const { merged } = await released(shop, '1.0.0', '1.1.0', await gatesThatAsk('desk'));
    const check = await shop.green(merged, 'trueup/deploy (dev)', () => true, 180_000);
    expect(asking.weightsOf(image('1.1.0')), 'no step is left out of order').toEqual(seenOf([0, 10, 50, 100], asking.weightsOf(image('1.1.0'))));
    expect(asking.weightsOf(image('1.1.0')).at(-1)).toBe(100);
    expect([...asking.answers.keys()], 'nobody met an error').toEqual([200]);
    expect(asking.from(image('1.1.0'))).toBeGreaterThan(5);
    expect(await settled(shop)).toEqual([[image('1.0.0'), false, 0], [image('1.1.0'), true, 100]]);
    expect(`${check.output.summary}${check.output.text}`).toContain('success rate');
    expect(readings(check)).toMatchObject({ 'release-desk': '✅ pass', 'success rate': '✅ pass' });
  });

  test('of a bad image is caught at 10 %, taken back, and reverted in Git', async ({ expect }) => {
    const shop = world.shop('caught');
    const before = await shop.app('web');
    await using asking = users(world.stage, shop);
    const { merged } = await released(shop, '1.0.0', '2.0.0-5xx-60', await gatesThatAsk('desk and logs'));
    const failed = await shop.finished(merged, 'trueup/deploy (dev)', () => true, 180_000);
    expect(failed.conclusion).toBe('failure');
    expect(failed.output.title).toContain('Rolled back');
    expect(readings(failed)).toMatchObject({ 'release-desk': '✅ pass', 'payment-errors': '✅ pass', 'success rate': '❌ fail' });
    expect(Math.max(...asking.weightsOf(image('2.0.0-5xx-60'))), 'never more than a tenth went there').toBe(10);
    expect(await weightOf(shop, '2.0.0-5xx-60')).toBe(0);
    const after = await shop.app('web');
    expect(after.properties.configuration.ingress.traffic).toMatchObject(before.properties.configuration.ingress.traffic);
    expect(after.properties.template).toEqual(before.properties.template);
    expect(after.tags['trueup-rolled-back']).toMatch(/^[0-9a-f]{64}$/);

    const revert = await until('the revert', async () => (await shop.rest<readonly { number: number; body: string; title: string; user: { login: string }; head: { ref: string } }[]>('GET', '/pulls?state=open'))[0] ?? null, { withinMs: 30_000, everyMs: 100 });
    expect(revert.user.login).toBe(`${world.stage.github.app.slug}[bot]`);
    expect(revert.body).toContain('success rate');
    expect(revert.body).toContain(merged.slice(0, 7));
    const reverted = await shop.merge(revert.number);
    await shop.green(reverted, 'trueup/deploy (dev)');
    expect((await shop.app('web')).properties.template.containers[0]?.image).toBe(image('1.0.0'));
    const text = await shop.rest<{ content: string }>('GET', '/contents/trueup/services/web.yaml');
    expect(Buffer.from(text.content, 'base64').toString('utf8')).toContain('web:1.0.0');
  });

  test('is aborted by a comment, and held by a pause until it is resumed', async ({ expect }) => {
    const shop = world.shop('commands');
    /** Until it is answered. */
    const say = async (number: number, body: string): Promise<void> => {
      const { id } = await shop.rest<{ id: number }>('POST', `/issues/${number}/comments`, { body });
      await until(`an answer to ${body}`, async () => {
        const reactions = await shop.rest<readonly { content: string }[]>('GET', `/issues/comments/${id}/reactions`);
        if (reactions.some(({ content }) => content === '+1')) return true;
        throw new Error(JSON.stringify([reactions.map(({ content }) => content), (await shop.comments(number)).map((comment) => comment.body)]));
      }, { withinMs: 120_000, everyMs: 100 });
    };
    await using _asking = users(world.stage, shop, 'web', 1);
    const first = await released(shop, '1.0.0', '1.1.0');
    await atWeight(shop, '1.1.0', 10);
    const saidAt = performance.now();
    const [restoredAfterMs] = await Promise.all([
      atWeight(shop, '1.0.0', 100).then(() => performance.now() - saidAt),
      say(first.number, '/trueup abort'),
    ]);
    expect(restoredAfterMs, 'the way back is ten seconds and what Azure takes, on a busy machine more').toBeLessThan(30_000);
    const aborted = await shop.finished(first.merged, 'trueup/deploy (dev)');
    expect(aborted.conclusion).not.toBe('success');
    expect(await settled(shop)).toEqual([[image('1.0.0'), true, 100], [image('1.1.0'), false, 0]]);

    await say(first.number, '/trueup pause dev');
    await using work = await shop.clone();
    const next = await work.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1.1.0', 'web:1.2.0').replace(/strategy: canary\n.*steps:.*\n/, 'strategy: all-at-once\n') });
    await work.push();
    const isHeld = async (): Promise<true | null> => ((await shop.checks(next)).some(({ name, status, output }) => name === 'trueup/deploy (dev)' && status !== 'completed' && /paused/i.test(`${output.title} ${output.summary}`)) ? true : null);
    await until('the held deployment', isHeld, { withinMs: 30_000, everyMs: 100 });
    expect(await weightOf(shop, '1.2.0')).toBeNull();
    await say(first.number, '/trueup resume dev');
    await shop.green(next, 'trueup/deploy (dev)', () => true, 180_000);
    expect(await weightOf(shop, '1.2.0')).toBe(100);
  });

  test('goes on where it was when its worker is killed in the middle of a bake', async ({ expect }) => {
    const shop = world.shop('killed');
    await using asking = users(world.stage, shop);
    const { merged } = await released(shop, '1.0.0', '1.1.0');
    await atWeight(shop, '1.1.0', 10);
    // Nothing is in hand: it is taken up at once, and not when locks and leases have run out.
    const { installationId, id } = shop.repository;
    await until('a quiet moment', async () => ((await redis.keys(leaseKey(`${installationId}.${id}.*`))).length === 0 ? true : null), { withinMs: 30_000, everyMs: 20 });
    world.killWorker();
    await shop.green(merged, 'trueup/deploy (dev)', () => true, 180_000);
    expect(asking.weightsOf(image('1.1.0')), 'no step is taken twice').toEqual(seenOf([0, 10, 50, 100], asking.weightsOf(image('1.1.0'))));
    expect(await settled(shop)).toEqual([[image('1.0.0'), false, 0], [image('1.1.0'), true, 100]]);
  });
});

describe.concurrent('a promotion', { timeout: 420_000 }, () => {
  test('of what is good in one environment is proposed to the next, and runs there when it is merged', async ({ expect }) => {
    const shop = world.shop('promoted');
    const runs = async (environment: string): Promise<readonly unknown[]> => {
      const [container] = (await shop.app('web', environment)).properties.template.containers;
      return [container?.image, container?.env.find(({ name }) => name === 'FEATURE_NEW_CART')?.value];
    };
    await using work = await shop.clone();
    const commit = await work.commit({
      'trueup/services/web.yaml': (text) => text.replace('  image: contoso.azurecr.io/web:1.0.0', '  image: contoso.azurecr.io/web:1.1.0'),
      'trueup/settings.yaml': (text) => text.replace('{ FEATURE_NEW_CART: "off" }', '{ FEATURE_NEW_CART: "on" }'),
    });
    await work.push();
    const open = () => shop.rest<readonly { number: number; title: string; body: string; user: { login: string }; head: { ref: string } }[]>('GET', '/pulls?state=open');
    const proposed = await until('the promotion', async () => (await open())[0] ?? null, { withinMs: 120_000, everyMs: 100 });
    expect(proposed).toMatchObject({ title: 'Promote dev to prod: web 1.1.0', user: { login: `${world.stage.github.app.slug}[bot]` }, head: { ref: 'trueup/promote-dev-to-prod' } });
    expect(proposed.body).toContain('FEATURE_NEW_CART');
    expect(await runs('dev')).toEqual([image('1.1.0'), 'on']);
    expect(await runs('prod')).toEqual([image('1.0.0'), 'off']);
    await shop.green(commit, 'trueup/deploy (dev)', ({ output }) => output.summary?.includes(`/pull/${proposed.number}`) === true);

    const merged = await shop.merge(proposed.number);
    await shop.green(merged, 'trueup/deploy (prod)');
    expect(await runs('prod')).toEqual([image('1.1.0'), 'on']);
    expect(await open(), 'nothing is left to be moved').toEqual([]);
  });
});

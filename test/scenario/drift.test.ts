import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { redisStore } from '../../src/adapters/redis/store.ts';
import { armGet, armWrite, containerAppPath } from '../../src/cli/demo/arm-client.ts';
import { subscription } from '../../src/cli/demo/storefront.ts';
import { driftFindings, findingsKey, noFindings, type DriftFindings } from '../../src/contexts/drift-detection/domain/runtime-drift-finding.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import { turn } from '../support/schedule-turn.ts';
import { shopFiles } from '../support/shop.ts';
import type { AppJson, Shop } from '../support/shop-seen.ts';
import { stageWorld, until, type StageWorld } from '../support/stage-world.ts';

let world: StageWorld;
let redis: Redis;

const branch = 'trueup/drift/dev/web';
const maria = 'maria@contoso.example';
const wide = { withinMs: 120_000, everyMs: 100 };

function filesWith(name: string, drift: string): Readonly<Record<string, string>> {
  const all = shopFiles(name);
  const place = 'trueup/environments/dev.yaml';
  return { ...all, [place]: (all[place] ?? '').replace('  drift: { mode: report }\n', drift) };
}

beforeAll(async () => {
  world = await stageWorld({
    shops: {
      merged: filesWith('merged', ''),
      left: filesWith('left', ''),
      healed: filesWith('healed', '  drift:\n    mode: heal\n    paths: [{ path: tags.cost-center, mode: ignore, reason: "Finance tags what runs" }]\n'),
    },
    workloads: 'in-process',
  });
  redis = new Redis(world.stage.redis.url);
  await Promise.all(['merged', 'left', 'healed'].map((name) => world.shop(name).deployed()));
}, 90_000);
afterAll(async () => {
  redis?.disconnect();
  await world?.[Symbol.asyncDispose]();
});

interface Edit {
  readonly cart?: string;
  readonly max?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** In the portal: the whole template is sent, and Azure names the revision. Nobody looks before the Activity Log tells of it. */
async function mariaEdits(shop: Shop, { cart, max, tags }: Edit): Promise<void> {
  const { azure } = world.stage;
  const hers = { ...azure, token: azure.signIn(maria) };
  const { tags: others, properties: { template } } = await shop.app('web');
  const containers = template.containers.map(({ resources: { cpu, memory }, ...one }) => ({ ...one, resources: { cpu, memory }, env: one.env.map((entry) => (entry.name === 'FEATURE_NEW_CART' && cart !== undefined ? { ...entry, value: cart } : entry)) }));
  const scale = { ...template.scale, ...(max !== undefined && { maxReplicas: max }) };
  const since = new Date().toISOString();
  await armWrite(hers, 'PATCH', containerAppPath(subscription, `rg-${shop.name}`, 'web'), { ...(tags && { tags: { ...others, ...tags } }), properties: { template: { ...template, revisionSuffix: '', containers, scale } } });
  await until(`the Activity Log of ${shop.name}`, async () => {
    const filter = encodeURIComponent(`eventTimestamp ge '${since}' and resourceGroupName eq 'rg-${shop.name}'`);
    // The shape that the provider documents.
    const { value } = (await armGet(azure, `/subscriptions/${subscription}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=${filter}`)) as { readonly value: readonly { readonly caller: string; readonly status: { readonly value: string } }[] };
    return value.some(({ caller, status }) => caller === maria && status.value === 'Succeeded') ? true : null;
  }, wide);
}

interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
  readonly user: { readonly login: string };
  readonly head: { readonly ref: string; readonly sha: string };
}

const opened = (shop: Shop) => shop.rest<readonly Pull[]>('GET', '/pulls?state=open');
const pullOf = (shop: Shop, number: number) => shop.rest<Pull>('GET', `/pulls/${number}`);
const proposed = (shop: Shop, holding: string, but = 0) => until(`a pull request of ${shop.name}`, async () => (await opened(shop)).find(({ number, body }) => number !== but && body.includes(holding)) ?? null, wide);
const buttons = (shop: Shop, commit: string) => shop.finished(commit, 'trueup/drift (dev, web)');
const cartOf = ({ properties }: AppJson) => properties.template.containers[0]?.env.find(({ name }) => name === 'FEATURE_NEW_CART')?.value;
const textOf = async (shop: Shop, path: string, ref: string) => Buffer.from((await shop.rest<{ content: string }>('GET', `/contents/${path}?ref=${ref}`)).content, 'base64').toString('utf8');

/** The check of the health says that nothing is open. */
const isClean = (shop: Shop, commit: string) => shop.green(commit, 'trueup/health (dev)', ({ conclusion, output }) => conclusion === 'success' && (output.summary?.includes('No drift is open.') ?? false));

async function known({ repository: { installationId, id } }: Shop): Promise<DriftFindings> {
  return (await redisStore(redis).load(findingsKey(tenantId(installationId, id, 'contoso'), 'dev'), driftFindings))?.value ?? noFindings;
}

async function scan(shop: Shop): Promise<DriftFindings> {
  const { scannedAt } = await known(shop);
  await turn(redis, shop, 'ScanDrift');
  return until(`a scan of ${shop.name}`, async () => {
    const after = await known(shop);
    return after.scannedAt === scannedAt ? null : after;
  }, wide);
}

/** What was there, and how it went away, the latest first. */
const gone = ({ resolved }: DriftFindings) => resolved.map(({ finding, how }) => `${finding.path} ${finding.changed?.who} ${finding.changed?.source} ${how}`).toSorted();

/** Trueup's own writes to a repository: how many of which kind. */
function written({ name }: Shop, since: string): Readonly<Record<string, number>> {
  const own = world.stage.github.journal.calls.filter(({ actor, method, path, at }) => actor === 'installation' && at >= since && method !== 'GET' && path.includes(`/${name}/`));
  const kinds = Object.groupBy(own, ({ method, path }) => `${method} ${path.replace(/^.*\/repos\/[^/]+\/[^/]+\//, '').replaceAll(/[0-9a-f]{40}|\d+/g, '…')}`);
  return Object.fromEntries(Object.entries(kinds).map(([kind, calls]) => [kind, calls?.length ?? 0]));
}

const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, count) => sum + count, 0);
const read = (shop: Shop, from: string, to = '9') => shop.calls().filter(({ at, method }) => method === 'GET' && new Date(at).toISOString() >= from && new Date(at).toISOString() < to).length;
const moment = () => new Date().toISOString();

async function press(checkRunId: number, identifier: string): Promise<number> {
  const { github } = world.stage;
  const answer = await fetch(`${github.url}/local/check-runs/${checkRunId}/actions`, { method: 'POST', headers: { authorization: `Bearer ${github.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ identifier }) });
  return answer.status;
}

describe.concurrent('drift', { timeout: 420_000 }, () => {
  test('is answered by one pull request, which a merge puts right; the next one is adopted into Git', async ({ expect, annotate }) => {
    const shop = world.shop('merged');
    const before = await shop.app('web');
    const began = moment();
    await mariaEdits(shop, { cart: 'on', max: 5 });
    await turn(redis, shop, 'FollowActivity');
    const pull = await proposed(shop, maria);
    expect(pull).toMatchObject({ title: 'Drift: web in dev (2 changes)', user: { login: `${world.stage.github.app.slug}[bot]` }, head: { ref: branch } });
    expect(pull.body, 'the log says who').not.toContain('its last writer');
    const check = await buttons(shop, pull.head.sha);
    expect(check.conclusion).toBe('neutral');
    const proposedAt = moment();

    const merge = await shop.merge(pull.number);
    await shop.green(merge, 'trueup/deploy (dev)');
    const after = await shop.app('web');
    expect(after.properties.template).toEqual(before.properties.template);
    expect(after.properties.configuration).toEqual(before.properties.configuration);
    expect((await shop.revisions('web')).filter(({ properties }) => properties.active).map(({ properties }) => properties.trafficWeight), 'her revision is not left running').toEqual([100]);
    await until('how long it took', async () => (/is closed, .+ after the merge; it was open for .+\./.test((await shop.comments(pull.number))[0]?.body ?? '') ? true : null), wide);
    await isClean(shop, merge);
    expect(gone(await known(shop))).toEqual(['properties.template.containers[web].env[FEATURE_NEW_CART].value', 'properties.template.scale.maxReplicas'].map((path) => `${path} ${maria} activity-log remediated`));
    const writes = written(shop, began);
    await annotate(`GitHub writes ${total(writes)}: ${JSON.stringify(writes)}`);
    await annotate(`ARM reads ${read(shop, began, proposedAt)} until the pull request, ${read(shop, proposedAt)} until it was told`);
    expect(total(writes)).toBeLessThan(40);
    expect(read(shop, began)).toBeLessThan(80);
    expect(await Promise.all(['keep-git', 'keep-live', 'ack-7d', 'other'].map((button) => press(check.id, button)))).toEqual([201, 201, 201, 422]);

    await mariaEdits(shop, { cart: 'canary', max: 4 });
    await turn(redis, shop, 'FollowActivity');
    const second = await proposed(shop, '`4`', pull.number);
    await buttons(shop, second.head.sha);
    await shop.rest('POST', `/issues/${second.number}/comments`, { body: '/trueup adopt' });
    const adopted = await until('what runs in Git', async () => {
      const { head } = await pullOf(shop, second.number);
      return head.sha === second.head.sha ? null : head.sha;
    }, wide);
    const files = await shop.rest<readonly { filename: string }[]>('GET', `/pulls/${second.number}/files`);
    expect(files.map(({ filename }) => filename).toSorted()).toEqual(['trueup/services/web.yaml', 'trueup/settings.yaml']);
    expect(await textOf(shop, 'trueup/services/web.yaml', adopted)).toBe((await textOf(shop, 'trueup/services/web.yaml', 'main')).replace('max: 2', 'max: 4'));
    expect(await textOf(shop, 'trueup/settings.yaml', adopted)).toBe((await textOf(shop, 'trueup/settings.yaml', 'main')).replace('"off"', '"canary"'));
    const kept = await shop.merge(second.number);
    await shop.green(kept, 'trueup/deploy (dev)');
    const live = await shop.app('web');
    expect([cartOf(live), live.properties.template.scale.maxReplicas]).toEqual(['canary', 4]);
    expect((await scan(shop)).open).toEqual([]);
    await isClean(shop, kept);
    const quietFrom = moment();
    await scan(shop);
    await annotate(`ARM reads ${read(shop, quietFrom)} of a scan that finds nothing`);
    expect(await opened(shop)).toEqual([]);
    expect((await shop.rest<readonly Pull[]>('GET', '/pulls?state=all')).map(({ number }) => number).toSorted()).toEqual([pull.number, second.number]);
  });

  test('of a pull request that a person closed is acknowledged until Azure changes again; what a person commits to stays theirs', async ({ expect }) => {
    const shop = world.shop('left');
    await mariaEdits(shop, { cart: 'on' });
    await turn(redis, shop, 'FollowActivity');
    const pull = await proposed(shop, maria);
    await buttons(shop, pull.head.sha);
    await shop.rest('PATCH', `/pulls/${pull.number}`, { state: 'closed' });
    await shop.finished(await shop.head(), 'trueup/health (dev)', ({ output }) => output.text?.includes('acknowledged by') ?? false);
    for (const _scan of [1, 2]) expect((await scan(shop)).open).toMatchObject([{ acknowledged: { until: null } }]);
    expect(await opened(shop), 'the same is not proposed again').toEqual([]);

    await mariaEdits(shop, { cart: 'beta', max: 6 });
    await turn(redis, shop, 'FollowActivity');
    const second = await proposed(shop, '`6`', pull.number);
    expect(second.title).toBe('Drift: web in dev (2 changes)');
    await using work = await shop.clone();
    await work.take(branch);
    const own = await work.commit({ 'README.md': 'Let us talk about it.\n' });
    await work.push();
    await mariaEdits(shop, { max: 7 });
    await turn(redis, shop, 'FollowActivity');
    const after = await until('what is open by now', async () => {
      const one = await pullOf(shop, second.number);
      return one.body.includes('`7`') ? one : null;
    }, wide);
    expect(after).toMatchObject({ state: 'open', head: { sha: own } });
    expect(after.body).toContain('leaves it as it is');
    expect(await press((await buttons(shop, own)).id, 'ack-7d')).toBe(201);
    await until('the acknowledgement', async () => ((await known(shop)).open.every(({ acknowledged }) => acknowledged !== null && acknowledged.until !== null) ? true : null), wide);
    await scan(shop);
    expect(await pullOf(shop, second.number), 'whose branch it is, they close it').toMatchObject({ state: 'open', head: { sha: own } });
  });

  test('is put back by itself where the environment heals, but for what Git ignores', async ({ expect }) => {
    const shop = world.shop('healed');
    const before = await shop.app('web');
    await mariaEdits(shop, { cart: 'on', max: 5, tags: { 'cost-center': '4711' } });
    await turn(redis, shop, 'FollowActivity');
    const healed = await until('nothing open', async () => {
      const findings = await known(shop);
      if (findings.resolved.length > 0 && findings.open.length === 0) return findings;
      throw new Error(JSON.stringify([findings.open, findings.history]));
    }, wide);
    expect(gone(healed)).toEqual(['properties.template.containers[web].env[FEATURE_NEW_CART].value', 'properties.template.scale.maxReplicas'].map((path) => `${path} ${maria} activity-log remediated`));
    const app = await shop.app('web');
    expect(app.properties.template).toEqual(before.properties.template);
    expect(app.tags['cost-center']).toBe('4711');
    expect((await shop.revisions('web')).filter(({ properties }) => properties.active)).toHaveLength(1);
    await isClean(shop, await shop.head());
    expect(await shop.rest<readonly Pull[]>('GET', '/pulls?state=all')).toEqual([]);
  });
});

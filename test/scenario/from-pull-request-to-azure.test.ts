import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groupOf, secretVersions, serviceFile, shopFiles } from '../support/shop.ts';
import type { AppJson, Shop } from '../support/shop-seen.ts';
import { stageWorld, until, type StageWorld } from '../support/stage-world.ts';

let world: StageWorld;

beforeAll(async () => {
  world = await stageWorld({
    shops: {
      story: shopFiles('story'),
      mistakes: shopFiles('mistakes', { services: ['web', 'api'] }),
      fork: shopFiles('fork'),
      removal: shopFiles('removal', { services: ['web', 'api'], environments: ['dev', 'extra'] }),
      drift: shopFiles('drift', { services: ['web', 'api'] }),
    },
    workloads: 'in-process',
  });
}, 60_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const oneComment = (shop: Shop, number: number, withinMs = 5000, holding = '') =>
  until(`the comment on #${number} of ${shop.name}`, async () => {
    const comments = await shop.comments(number);
    if (comments.length > 1) throw new Error(`there are ${comments.length} comments`);
    return comments.find(({ body }) => body.includes(holding)) ?? null;
  }, { withinMs, everyMs: 50 });

const imageOf = ({ properties }: AppJson): string | undefined => properties.template.containers[0]?.image;
const envOf = ({ properties }: AppJson, wanted: string) => properties.template.containers[0]?.env.find(({ name }) => name === wanted);
const serving = ({ properties }: AppJson) => properties.configuration.ingress.traffic.filter(({ weight = 0 }) => weight > 0);

describe.concurrent('from a pull request to Azure', { timeout: 240_000 }, () => {
  test('by plain git: planned in one comment that follows the head, merged as declared; so is a push without a pull request', async () => {
    const shop = world.shop('story');
    await shop.deployed();
    await using work = await shop.clone();
    await work.branch('release');
    const first = await work.commit({
      'trueup/services/web.yaml': (text) => text.replace('web:1.0.0', 'web:1.1.0').replace('max: 2', 'max: 5'),
      'trueup/settings.yaml': (text) => text.replace('"off"', '"on"').replace(secretVersions.first, secretVersions.second),
    });
    await work.push();
    const number = await shop.open('release');
    await shop.green(first, 'trueup/plan');
    const comment = await oneComment(shop, number);
    expect((await shop.checks(first)).map(({ name }) => name).toSorted()).toEqual(['trueup/plan', 'trueup/plan (dev)']);
    expect(comment.body).toContain('1.1.0');

    const second = await work.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1.1.0', 'web:1.2.0') });
    await work.push();
    await shop.green(second, 'trueup/plan (dev)');
    expect((await oneComment(shop, number, 5000, second)).id).toBe(comment.id);

    const merged = await shop.merge(number);
    await shop.green(merged, 'trueup/deploy (dev)');
    const app = await shop.app('web');
    expect(imageOf(app)).toBe('contoso.azurecr.io/web:1.2.0');
    expect(envOf(app, 'FEATURE_NEW_CART')?.value).toBe('on');
    const reference = envOf(app, 'API_KEY')?.secretRef;
    expect(app.properties.configuration.secrets?.find(({ name }) => name === reference)).toMatchObject({
      keyVaultUrl: `https://kv-story.vault.azure.net/secrets/api-key/${secretVersions.second}`,
      identity: expect.stringMatching(/\/userAssignedIdentities\/id-contoso$/i) as string,
    });
    expect(app.properties.template.scale).toMatchObject({ minReplicas: 1, maxReplicas: 5 });
    expect(serving(app)).toMatchObject([{ weight: 100 }]);
    expect(JSON.stringify(await shop.apps())).not.toContain('value of kv-');
    expect((await oneComment(shop, number, 5000, 'Deployed')).id).toBe(comment.id);

    await using main = await shop.clone();
    const pushed = await main.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1.2.0', 'web:1.3.0') });
    await main.push();
    await shop.green(pushed, 'trueup/deploy (dev)');
    expect(imageOf(await shop.app('web'))).toBe('contoso.azurecr.io/web:1.3.0');
  });

  test('the worker tells operators how long ago Git was compared', async () => {
    await world.shop('story').deployed();
    const metrics = await fetch(`http://127.0.0.1:${world.stage.env['WORKER_PORT']}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(/^trueup_resync_age_seconds [\d.]+$/m);
  });

  test('five mistakes are five annotations on their lines, and a merge by force stops only what is wrong', async () => {
    const shop = world.shop('mistakes');
    await shop.deployed();
    await using work = await shop.clone();
    await work.branch('mistakes');
    const before = await shop.app('api');
    const head = await work.commit({
      'trueup/services/web.yaml': (text) => text.replace('web:1.0.0', 'web:1.1.0'),
      'trueup/services/api.yaml': (text) => text.replace('api:1.0.0', 'api:1.1.0').replace('  resources:', '  replica: 3\n  resources:'),
      'trueup/services/search.yaml': serviceFile('search').replace('search:1.0.0', 'search:latest'),
      'trueup/services/cart.yaml': serviceFile('cart').replace('min: 1, max: 2', 'min: 3, max: 2'),
      'trueup/other.yaml': 'apiVersion: trueup.dev/v1\nkind: RuntimeConfiguration\nmetadata: { name: other, tenant: contoso }\nspec:\n  values: { LIMIT: 25 }\n---\napiVersion: trueup.dev/v1\nkind: SecretBinding\nmetadata: { name: other, tenant: contoso }\nspec:\n  env: OTHER\n  vault: kv-mistakes\n  sekret: api-key\n  identity: id-contoso\n',
    });
    await work.push();
    const number = await shop.open('mistakes');
    const plan = await shop.finished(head, 'trueup/plan');
    expect(plan.conclusion).toBe('failure');
    const annotations = (await shop.annotations(plan)).filter(({ annotation_level }) => annotation_level === 'failure');
    expect(annotations.map(({ path, start_line }) => `${path}:${start_line}`).toSorted(), JSON.stringify(annotations, null, 1)).toEqual([
      'trueup/other.yaml:13',
      'trueup/other.yaml:5',
      'trueup/services/api.yaml:8',
      'trueup/services/cart.yaml:20',
      'trueup/services/search.yaml:6',
    ]);

    const merged = await shop.merge(number);
    await shop.green(merged, 'trueup/deploy (dev)');
    expect(imageOf(await shop.app('web'))).toBe('contoso.azurecr.io/web:1.1.0');
    expect(await shop.app('api')).toEqual(before);
    expect((await shop.apps()).map(({ name }) => name).toSorted()).toEqual(['api', 'web']);
    const onMain = await shop.finished(merged, 'trueup/plan');
    expect(onMain.conclusion).toBe('failure');
    expect((await shop.annotations(onMain)).filter(({ annotation_level }) => annotation_level === 'failure')).toHaveLength(5);
  });

  test('a pull request from a fork is validated, and nothing of Azure is read or shown for it', async () => {
    const shop = world.shop('fork');
    await shop.deployed();
    const live = await shop.app('web');
    const outsider = await world.stage.github.addUser('outsider', 'read');
    const fork = await shop.rest<{ clone_url: string; full_name: string }>('POST', '/forks', {}, outsider);
    await using work = await shop.clone(fork.clone_url, outsider);
    await work.branch('gift');
    const head = await work.commit({
      'trueup/services/web.yaml': (text) => text.replace('web:1.0.0', 'web:6.6.6').replace('dev: {}', 'dev: {}, gift: {}'),
      'trueup/environments/gift.yaml': shopFiles('fork', { environments: ['gift'] })['trueup/environments/gift.yaml'] ?? '',
    });
    await work.push();
    const number = await shop.open('outsider:gift', outsider);
    const plan = await shop.finished(head, 'trueup/plan');
    expect(plan).toMatchObject({ conclusion: 'neutral' });
    const comment = await oneComment(shop, number);
    expect(comment.body).toContain('comes from a fork');
    for (const text of [comment.body, plan.output.summary ?? '', plan.output.text ?? '']) {
      expect(text).not.toContain(live.properties.configuration.ingress.fqdn);
      expect(text).not.toContain('web:1.0.0');
    }
    expect(shop.calls().length, 'calls about what the base declares').toBeGreaterThan(0);
    expect(shop.calls().filter(({ path }) => path.toLowerCase().includes(groupOf('fork', 'gift'))), 'calls about the environment that only the fork declares').toEqual([]);
    expect((await shop.checks(head)).map(({ name }) => name)).toEqual(['trueup/plan']);
  });

  test('a service and an environment that leave Git keep running and are said to be managed no more', async () => {
    const shop = world.shop('removal');
    await shop.deployed('dev');
    await shop.deployed('extra');
    await using work = await shop.clone();
    await work.branch('less');
    const head = await work.commit({
      'trueup/services/api.yaml': null,
      'trueup/environments/extra.yaml': null,
      'trueup/services/web.yaml': (text) => text.replace(', extra: {}', '').replace('web:1.0.0', 'web:1.1.0'),
    });
    await work.push();
    const number = await shop.open('less');
    await shop.green(head, 'trueup/plan');
    const { body } = await oneComment(shop, number);
    expect(body.match(/unmanage/g)?.length, body).toBeGreaterThanOrEqual(2);
    const before = { api: await shop.app('api'), extra: await shop.apps('extra') };
    const merged = await shop.merge(number);
    await shop.green(merged, 'trueup/deploy (dev)');
    expect(imageOf(await shop.app('web'))).toBe('contoso.azurecr.io/web:1.1.0');
    expect(await shop.app('api')).toEqual(before.api);
    expect(await shop.apps('extra')).toEqual(before.extra);
    expect(shop.calls().filter(({ method }) => method === 'DELETE')).toEqual([]);
    const health = await shop.finished(merged, 'trueup/health (dev)', ({ output }) => output.text?.includes('api') ?? false);
    expect(health.output.text).toContain('not declared in Git');
  });

  test('what a person changes in Azure is found by the next scan and shown with the health', async () => {
    const shop = world.shop('drift');
    const first = await shop.deployed();
    await shop.finished(first, 'trueup/health (dev)', ({ conclusion }) => conclusion === 'success');
    const id = `/subscriptions/${world.stage.azure.subscription}/resourceGroups/rg-drift/providers/Microsoft.App/containerApps/web`;
    await shop.arm('PATCH', id, { properties: { configuration: { ingress: { targetPort: 9090 } } } });
    await until('the change by hand', async () => ((await shop.app('web')).properties.provisioningState === 'Succeeded' ? true : null), { withinMs: 10_000 });
    await using work = await shop.clone();
    const pushed = await work.commit({ 'trueup/services/api.yaml': (text) => text.replace('api:1.0.0', 'api:1.1.0') });
    await work.push();
    await shop.green(pushed, 'trueup/deploy (dev)');
    const health = await shop.finished(pushed, 'trueup/health (dev)', ({ output }) => output.text?.includes('targetPort') ?? false);
    expect(health.output.text).toMatch(/-\s+live\s+9090\n\+\s+Git\s+8080/);
    expect(health.output.title).toContain('1 drift finding open');
    expect((await shop.app('web')).properties.configuration.ingress, 'reported, not healed').toMatchObject({ targetPort: 9090 });
  });
});

test('an emptied Redis changes nothing in Azure, a push that came while Trueup was away is found, and the next one works', { timeout: 240_000 }, async () => {
  const shops = ['story', 'mistakes', 'fork', 'removal', 'drift'].map((name) => world.shop(name));
  const worldOf = async (): Promise<object> => Object.fromEntries(await Promise.all(shops.map(async (shop) => [shop.name, [await shop.apps(), shop.writes().length]] as const)));
  const [story, fork, drift] = [world.shop('story'), world.shop('fork'), world.shop('drift')];
  const head = await story.head();
  const before = await worldOf();
  await using away = await fork.clone();
  const missed = await away.commit({ 'README.md': 'Nobody heard of this.\n' });
  const restartedAt = new Date().toISOString().slice(0, 19);
  await world.restart(async () => {
    await away.push();
    await world.emptyRedis();
  });
  const again = ({ completed_at }: { readonly completed_at: string | null }): boolean => completed_at !== null && completed_at >= restartedAt;
  await story.green(head, 'trueup/deploy (dev)', again);
  await fork.green(missed, 'trueup/deploy (dev)');
  for (const shop of shops) await shop.green(await shop.head(), 'trueup/deploy (dev)', again);
  await drift.finished(await drift.head(), 'trueup/health (dev)', ({ completed_at, output }) => again({ completed_at }) && (output.text?.includes('targetPort') ?? false));
  expect(await worldOf(), 'not even what a person changed').toEqual(before);

  await using work = await story.clone();
  const next = await work.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1.3.0', 'web:1.4.0') });
  await work.push();
  await story.green(next, 'trueup/deploy (dev)');
  expect(imageOf(await story.app('web'))).toBe('contoso.azurecr.io/web:1.4.0');
  expect((await story.revisions('web')).filter(({ properties }) => properties.active)).toHaveLength(1);
});

test('a plan is there within 5 s of the pull request, when nothing else is going on', { timeout: 30_000 }, async ({ annotate }) => {
  const shop = world.shop('fork');
  await using work = await shop.clone();
  await work.branch('measured');
  const head = await work.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1.0.0', 'web:1.1.0') });
  await work.push();
  const openedAt = performance.now();
  const number = await shop.open('measured');
  await shop.green(head, 'trueup/plan');
  await oneComment(shop, number);
  const ms = Math.round(performance.now() - openedAt);
  await annotate(`plan and comment ${ms} ms after opening`);
  expect(ms).toBeLessThan(5000);
});

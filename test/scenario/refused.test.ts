import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindingFile, secretVersions, serviceFile, shopFiles } from '../support/shop.ts';
import { stageWorld, until, type StageWorld } from '../support/stage-world.ts';

let world: StageWorld;

const foreign = bindingFile({ name: 'foreign', env: 'FOREIGN', vault: 'kv-foreign' });
const guest = serviceFile('guest').replaceAll('tenant: contoso', 'tenant: fabrikam').replace('  configuration: shop\n  secrets: [api-key]\n', '  secrets: [stolen]\n');
const guestBinding = 'apiVersion: trueup.dev/v1\nkind: RuntimeTenantBinding\nmetadata: { name: fabrikam, tenant: fabrikam }\nspec: { isolation: pool, environments: [dev] }\n';

const refusals = [
  { name: 'stranger', reason: 'a repository whose tenant has no grant', files: shopFiles('stranger'), vault: 'kv-stranger', isEmpty: true },
  {
    name: 'outside',
    reason: 'a vault outside of the grant',
    files: { 'trueup/foreign.yaml': foreign, 'trueup/services/web.yaml': serviceFile('web').replace('[api-key]', '[api-key, foreign]').replace('web:1.0.0', 'web:1.1.0') },
    vault: 'kv-foreign',
    isEmpty: false,
  },
  {
    name: 'neighbour',
    reason: 'a second tenant that names the first one\'s vault',
    files: { 'trueup/guest.yaml': `${guestBinding}---\n${guest}---\n${bindingFile({ name: 'stolen', env: 'STOLEN', vault: 'kv-neighbour', tenant: 'fabrikam' })}` },
    vault: 'kv-neighbour',
    isEmpty: false,
  },
];

const releases = [
  { name: 'crash', tag: '1.1.0-crash', reason: 'its container crashes' },
  { name: 'unready', tag: '1.1.0-unready', reason: 'it never gets ready' },
  { name: 'badimage', tag: '1.1.0-badimage', reason: 'its image is not there' },
];

beforeAll(async () => {
  const readme = { 'README.md': 'Nothing yet.\n' };
  world = await stageWorld({
    shops: {
      ...Object.fromEntries(refusals.map(({ name, isEmpty }) => [name, isEmpty ? readme : shopFiles(name)])),
      ...Object.fromEntries(releases.map(({ name }) => [name, shopFiles(name)])),
      commands: readme,
    },
    ungranted: ['stranger'],
    workloads: 'in-process',
  });
}, 60_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

describe.concurrent('what is not allowed', { timeout: 240_000 }, () => {
  test.each(refusals)('is refused by the plan and not applied by the merge: $reason', async ({ name, files, vault, isEmpty }) => {
    const shop = world.shop(name);
    const before = isEmpty ? null : (await shop.deployed(), await shop.apps());
    const writes = shop.writes().length;
    await using work = await shop.clone();
    await work.branch('take');
    const head = await work.commit(files);
    await work.push();
    const number = await shop.open('take');
    const plan = await shop.finished(head, 'trueup/plan');
    expect(plan.conclusion).toBe('failure');
    expect(plan.output.summary).toMatch(/grant|vault/i);
    const merged = await shop.merge(number);
    const deploy = await shop.finished(merged, 'trueup/deploy (dev)');
    expect(deploy.conclusion).toBe('failure');
    expect(shop.writes().slice(writes)).toEqual([]);
    if (before === null) expect(shop.calls()).toEqual([]);
    else expect(await shop.apps()).toEqual(before);
    const { azure } = world.stage;
    const asked = azure.journal.entries().filter(({ host, path, principalId }) => principalId === azure.identity.principalId && `${host}${path}`.includes('kv-foreign'));
    if (vault === 'kv-foreign') expect(asked).toEqual([]);
  });
});

describe.concurrent('a bad release', { timeout: 240_000 }, () => {
  test.each(releases)('goes back, is said, and a good one follows: $reason', async ({ name, tag }) => {
    const shop = world.shop(name);
    await shop.deployed();
    const before = (await shop.app('web')).properties.configuration.ingress.traffic;
    await using work = await shop.clone();
    const bad = await work.commit({ 'trueup/services/web.yaml': (text) => text.replace('web:1.0.0', `web:${tag}`) });
    await work.push();
    const failed = await shop.finished(bad, 'trueup/deploy (dev)');
    expect(failed.conclusion).toBe('failure');
    expect(failed.output.title).toContain('Rolled back');
    const app = await shop.app('web');
    expect(app.properties.configuration.ingress.traffic).toMatchObject(before);
    expect(app.properties.template.containers[0]?.image, 'the template is taken back too').toBe('contoso.azurecr.io/web:1.0.0');
    await shop.finished(bad, 'trueup/health (dev)', ({ conclusion }) => conclusion === 'success');
    const good = await work.commit({ 'trueup/services/web.yaml': (text) => text.replace(`web:${tag}`, 'web:1.2.0') });
    await work.push();
    await shop.green(good, 'trueup/deploy (dev)');
    const active = (await shop.revisions('web')).filter(({ properties }) => properties.active);
    expect(active.map(({ properties }) => [properties.template.containers[0]?.image, properties.trafficWeight])).toEqual([['contoso.azurecr.io/web:1.2.0', 100]]);
  });
});

test('commands are for those who may write', { timeout: 120_000 }, async () => {
  const shop = world.shop('commands');
  const { github } = world.stage;
  const writer = await github.addUser('writer', 'write');
  const reader = await github.addUser('reader', 'read');
  await using work = await shop.clone();
  await work.branch('empty');
  const head = await work.commit({ 'trueup/settings.yaml': `apiVersion: trueup.dev/v1\nkind: RuntimeConfiguration\nmetadata: { name: shop, tenant: contoso }\nspec:\n  values: { A: "${secretVersions.first.length}" }\n` });
  await work.push();
  const number = await shop.open('empty');
  expect((await shop.finished(head, 'trueup/plan')).conclusion, 'nothing in Azure changes').toBe('neutral');
  const say = async (body: string, token: string): Promise<number> => (await shop.rest<{ id: number }>('POST', `/issues/${number}/comments`, { body }, token)).id;
  const reaction = (id: number) => until(`a reaction to comment ${id}`, async () => (await shop.rest<readonly { content: string }[]>('GET', `/issues/comments/${id}/reactions`))[0]?.content ?? null, { withinMs: 30_000, everyMs: 50 });
  expect(await reaction(await say('/trueup plan', reader))).toBe('-1');
  expect(await reaction(await say('/trueup help', writer))).toBe('+1');
  await until('help in the comment', async () => ((await shop.comments(number))[0]?.body.includes('/trueup plan') ? true : null), { withinMs: 30_000, everyMs: 50 });
  const lookedAt = new Date().toISOString();
  expect(await reaction(await say('/trueup plan', writer))).toBe('eyes');
  // Who answers reads the pull request once, who plans once more.
  await until('another plan', async () => (github.journal.calls.filter(({ actor, at, method, path }) => actor === 'installation' && at >= lookedAt && method === 'GET' && path.endsWith(`/commands/pulls/${number}`)).length > 1 ? true : null), { withinMs: 30_000, everyMs: 50 });
  expect(await shop.comments(number)).toHaveLength(1);
});

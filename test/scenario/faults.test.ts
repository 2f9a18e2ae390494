import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultName } from '../../src/local/azure/control/fault-descriptions.ts';
import type { GithubFaultName } from '../../src/local/github/faults.ts';
import { shopFiles } from '../support/shop.ts';
import type { Shop } from '../support/shop-seen.ts';
import { stageWorld, type StageWorld } from '../support/stage-world.ts';

let world: StageWorld;

interface AzureRow {
  readonly fault: FaultName;
  readonly method: string;
  /** Which of the requests of this method about the shop's resource group it hits, counted from 1; of everybody's looks at operations for the last. */
  readonly nth: number;
}

/** PUT makes group, managed environment, identity and app; PATCH releases and moves the traffic; POST ends the old revision. */
const azureRows: readonly AzureRow[] = [
  { fault: 'azure:503', method: 'PUT', nth: 1 },
  { fault: 'azure:429', method: 'PUT', nth: 2 },
  { fault: 'azure:conflict', method: 'PUT', nth: 4 },
  { fault: 'azure:conflict', method: 'PATCH', nth: 1 },
  { fault: 'azure:reset', method: 'PATCH', nth: 1 },
  { fault: 'azure:503', method: 'PATCH', nth: 2 },
  { fault: 'azure:reset', method: 'POST', nth: 1 },
  { fault: 'azure:status-lost', method: 'GET', nth: 1 },
];

interface GithubRow {
  readonly fault: GithubFaultName;
  /** Of the App's writes to the repository, counted from 1. */
  readonly nth: number;
  readonly method: string;
}

const githubRows: readonly GithubRow[] = [
  { fault: 'github:500', nth: 1, method: 'POST' },
  { fault: 'github:403-secondary-limit', nth: 3, method: 'POST' },
  { fault: 'github:429', nth: 2, method: 'PATCH' },
];

const rows = [
  ...azureRows.map((row, index) => ({ ...row, name: `azure${letters(index)}`, reason: `${row.fault} at ${row.method} ${row.nth}` })),
  ...githubRows.map((row, index) => ({ ...row, name: `github${letters(index)}`, reason: `${row.fault} at ${row.method} ${row.nth}` })),
];

function letters(index: number): string {
  return String.fromCharCode(97 + index);
}

const readme = { 'README.md': 'Nothing yet.\n' };

beforeAll(async () => {
  const names = ['control', ...rows.map(({ name }) => name)];
  world = await stageWorld({
    shops: Object.fromEntries(names.map((name) => [name, readme])),
    workloads: 'in-process',
    before: ({ github }) => github.faults.ask({ name: 'github:duplicate-deliveries', times: null, path: null, method: null }),
  });
  control = told(world.shop('control'));
  for (const row of rows) {
    harm(row);
    stories.set(row.name, told(world.shop(row.name)));
  }
  // Each is awaited by its own test, which fails with it.
  await Promise.allSettled([control, ...stories.values()]);
}, 240_000);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

/** All of them at once: they wait more than they work. */
const stories = new Map<string, Promise<object>>();
let control: Promise<object>;

function harm({ name, fault, method, nth }: (typeof rows)[number]): void {
  const { github, azure } = world.stage;
  const about = { times: 1, after: nth - 1, method };
  if (isGithub(fault)) github.faults.ask({ ...about, name: fault, path: `/${name}/check-runs` });
  else azure.faults.ask({ ...about, name: fault, path: fault === 'azure:status-lost' ? null : `/rg-${name}` });
}

function isGithub(fault: FaultName | GithubFaultName): fault is GithubFaultName {
  return fault.startsWith('github:');
}

/** Everything from nothing to a second release through two pull requests, and what is there in the end. */
async function told(shop: Shop): Promise<object> {
  await using work = await shop.clone();
  const ends: object[] = [];
  for (const [branch, edits] of Object.entries({
    first: shopFiles(shop.name),
    second: { 'trueup/services/web.yaml': (text: string) => text.replace('web:1.0.0', 'web:1.1.0') },
  })) {
    await work.branch(branch);
    const head = await work.commit(edits);
    await work.push();
    const number = await shop.open(branch);
    const plan = await shop.finished(head, 'trueup/plan');
    const merged = await shop.merge(number);
    const deploy = await shop.finished(merged, 'trueup/deploy (dev)');
    const health = await shop.finished(merged, 'trueup/health (dev)', ({ conclusion }) => conclusion === 'success');
    const names = (await shop.checks(merged)).map(({ name }) => name);
    ends.push({ plan: plan.conclusion, title: plan.output.title, deploy: [deploy.conclusion, deploy.output.title], health: health.conclusion, comments: (await shop.comments(number)).length, checks: names.toSorted() });
  }
  const revisions = (await shop.revisions('web')).map(({ name, properties: { active, trafficWeight } }) => ({ name, active, trafficWeight })).toSorted((a, b) => a.trafficWeight - b.trafficWeight);
  return { ends, azure: stable({ apps: await shop.apps(), revisions }, shop) };
}

/** Without what differs between two shops that are the same: names of their own, hashes of them, moments. */
function stable(value: unknown, { name }: Shop): unknown {
  const volatile = /^(trueup-(commit|digest|generation|trace|repository|previous)|fqdn|latestRevisionFqdn|eventStreamEndpoint|systemData|principalId|clientId|customDomainVerificationId|outboundIpAddresses)$/;
  const text = JSON.stringify(value, (key, inner: unknown) => (volatile.test(key) ? '…' : inner)).replaceAll(new RegExp(`(rg|cae|kv)-${name}\\b`, 'gi'), '$1-shop');
  const suffixes = [...new Set(text.match(/\bt[0-9a-f]{10}\b/g))];
  return JSON.parse(text.replaceAll(/\bt[0-9a-f]{10}\b/g, (suffix) => `t${suffixes.indexOf(suffix)}`).replaceAll(/\bapi-key-[0-9a-f]{8}\b/g, 'api-key-…'));
}

describe('every webhook twice, and one fault on the way', () => {
  test('none: the plain story', async () => {
    expect(await control).toMatchObject({ ends: [{ deploy: ['success', 'Deployed: 1 service'], comments: 1 }, { deploy: ['success', 'Deployed: 1 service'], comments: 1 }] });
  });

  test('every one of them happened', async () => {
    await Promise.allSettled([control, ...stories.values()]);
    const { azure, github } = world.stage;
    expect(azure.faults.list()).toEqual([]);
    expect(github.faults.list()).toMatchObject([{ name: 'github:duplicate-deliveries' }]);
  });

  test.each(rows)('ends in the same world: $reason', async (row) => {
    const [same, story] = await Promise.all([control, stories.get(row.name)]);
    expect(story).toEqual(same);
  });
});

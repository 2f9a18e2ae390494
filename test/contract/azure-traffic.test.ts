import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerAppsAPIClient, type TrafficWeight } from '@azure/arm-appcontainers';
import { ResourceManagementClient } from '@azure/arm-resources';
import { MetricsQueryClient, type MetricsQueryOptions, type TimeSeriesElement } from '@azure/monitor-query';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azureAgent } from '../../src/adapters/azure/route.ts';
import { httpCall } from '../../src/cli/demo/http-call.ts';
import { systemClock } from '../../src/local/azure/clock.ts';
import { startLocalAzure, type LocalAzure } from '../../src/local/azure/start.ts';
import { until } from '../support/apps-under-test.ts';
import { tailOf } from '../support/chance.ts';
import { isRunning } from '../support/processes.ts';
import { failure } from '../support/local-azure.ts';
import { shapeOf } from '../support/shape.ts';
import { sharedPath } from '../support/shared-folder.ts';
import { heldTotals } from '../support/totals.ts';
import { describeCanaries } from './azure-canaries.ts';

const group = 'rg-traffic';
const location = 'westeurope';
const fast = { updateIntervalInMs: 20 };
const minute = 60_000;
/** As Azure Monitor's may be; the clock of this world is moved over it. */
const metricsDelayMs = 3 * minute;
/** As rare as this happens to nobody: less than one wrong alarm in ten million runs of this file. */
const never = 1e-9;

let directory: string;
let azure: LocalAzure;
let agent: https.Agent;
let client: ContainerAppsAPIClient;
let environmentId: string;
let domain: string;
/** How far this world's clock is ahead. */
let ahead = 0;
const now = (): number => Date.now() + ahead;
let weightSets = 0;
let requests = 0;
let counted = 0;

const credential = { getToken: async () => ({ token: azure.token, expiresOnTimestamp: Date.now() + 3_600_000 }) };

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-azure-'));
  azure = await startLocalAzure({ directory, clock: { ...systemClock(), now }, pace: { operationMs: 20, environmentMs: 20, readyMs: 40, metricsDelayMs } });
  agent = azureAgent({ port: azure.port, ca: azure.ca });
  await new ResourceManagementClient(credential, azure.subscription, { agent }).resourceGroups.createOrUpdate(group, { location });
  client = new ContainerAppsAPIClient(credential, azure.subscription, { agent });
  const environment = await client.managedEnvironments.createOrUpdate(group, 'env', { location, workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] }, fast);
  environmentId = environment.id ?? '';
  domain = environment.defaultDomain ?? '';
});

afterAll(async () => {
  agent.destroy();
  await azure[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
  heldTotals('azure-traffic', { weightSets, requests, counted });
});

interface Wanted {
  readonly image?: string;
  readonly minReplicas?: number;
  readonly traffic?: readonly TrafficWeight[];
}

async function deploy(app: string, suffix: string, { image = 'r.azurecr.io/a:1', minReplicas = 1, traffic }: Wanted = {}): Promise<void> {
  const ingress = { external: true, targetPort: 8080, ...(traffic && { traffic: [...traffic] }) };
  const template = { revisionSuffix: suffix, containers: [{ name: 'main', image, env: [{ name: 'RELEASE', value: suffix }] }], scale: { minReplicas } };
  await client.containerApps.createOrUpdate(group, app, { location, environmentId, configuration: { activeRevisionsMode: 'Multiple', ingress }, template }, fast);
  await untilState(app, `${app}--${suffix}`, 'Running');
}

function untilState(app: string, revision: string, runningState: string): Promise<unknown> {
  return until(`${revision} being ${runningState}`, async () => ((await client.containerAppsRevisions.getRevision(group, app, revision)).runningState === runningState ? true : null));
}

interface Answer {
  readonly status: number;
  readonly revision: string;
  readonly replica: string;
  readonly pid: number;
}

/** So many requests through the TLS front, some at the same time; who answered says so itself. */
async function visit(host: string, times: number): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let left = times;
  const visitor = async () => {
    while (left-- > 0) {
      const { status, body } = await httpCall(`https://${host}/`, { agent, timeout: 30_000 });
      if (!body.startsWith('{')) throw new Error(`${host} answered ${status}: ${body}`);
      answers.push({ ...(JSON.parse(body) as Answer), status });
    }
  };
  await Promise.all(Array.from({ length: 8 }, visitor));
  requests += answers.length;
  return answers;
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Readonly<Record<string, number>> {
  const groups = Object.groupBy(items, key);
  return Object.fromEntries(Object.entries(groups).map(([name, group_ = []]) => [name, group_.length] as const).toSorted());
}

const resource = (app: string) => `/subscriptions/${azure.subscription}/resourceGroups/${group}/providers/Microsoft.App/containerApps/${app}`;

type Query = Pick<MetricsQueryOptions, 'aggregations' | 'filter' | 'granularity'> & { readonly minutes?: number };

async function query(app: string, metric: string, { minutes = 30, ...more }: Query): Promise<readonly TimeSeriesElement[]> {
  const timespan = { startTime: new Date(now() - minutes * minute), endTime: new Date(now() + minute) };
  const result = await new MetricsQueryClient(credential, { agent, retryOptions: { maxRetries: 0 } }).queryResource(resource(app), [metric], { timespan, granularity: 'PT1M', top: 1000, ...more });
  return result.metrics[0]?.timeseries ?? [];
}

/** Totals by the values of the dimensions, in the order of `dimensions`. */
async function requestsBy(app: string, dimensions: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const series = await query(app, 'Requests', { aggregations: ['Total'], filter: dimensions.map((name) => `${name} eq '*'`).join(' and ') });
  const totals = series.map(({ metadataValues, data = [] }) => {
    const value = (name: string) => metadataValues?.find((one) => one.name?.toLowerCase() === name.toLowerCase())?.value ?? '';
    return [dimensions.map(value).join(' '), data.reduce((sum, { total = 0 }) => sum + total, 0)] as const;
  });
  return Object.fromEntries(totals.toSorted());
}

describe('the ingress', () => {
  const sent: Answer[] = [];

  beforeAll(async () => {
    await deploy('split', 'one', { minReplicas: 2 });
    await deploy('split', 'two', { traffic: [{ revisionName: 'split--one', weight: 100 }] });
    await deploy('split', 'three', { traffic: [{ revisionName: 'split--one', weight: 100 }] });
  });

  const named = (...weights: readonly number[]): TrafficWeight[] => ['one', 'two', 'three'].flatMap((name, index) => (weights[index] === undefined ? [] : [{ revisionName: `split--${name}`, weight: weights[index] }]));
  const sets: readonly { readonly reason: string; readonly traffic: readonly TrafficWeight[]; readonly shares: readonly number[]; readonly tries: number }[] = [
    { reason: '50/50', traffic: named(50, 0, 50), shares: [50, 0, 50], tries: 1_000 },
    { reason: '33/33/34', traffic: named(33, 33, 34), shares: [33, 33, 34], tries: 1_000 },
    { reason: 'all to one, and 0 to the others', traffic: named(0, 100, 0), shares: [0, 100, 0], tries: 300 },
    { reason: 'a share for the latest revision, whichever that is', traffic: [{ revisionName: 'split--one', weight: 80 }, { latestRevision: true, weight: 20 }], shares: [80, 0, 20], tries: 500 },
  ];
  it.each(sets)('splits by weight within what chance allows: $reason', async ({ traffic, shares, tries }) => {
    await client.containerApps.update(group, 'split', { location, configuration: { ingress: { traffic: [...traffic] } } }, fast);
    const answers = await visit(`split.${domain}`, tries);
    sent.push(...answers);
    const seen = countBy(answers, ({ revision }) => revision);
    const hits = ['one', 'two', 'three'].map((name) => seen[`split--${name}`] ?? 0);
    const tails = shares.map((share, index) => tailOf(tries, share / 100, hits[index] ?? 0));
    expect(Math.min(...tails), `${hits.join('/')} of ${tries} for ${shares.join('/')}`).toBeGreaterThan(never);
    weightSets += 1;
  });

  it('reaches by address and by label whom no weight leads to', async () => {
    await client.containerApps.update(group, 'split', { location, configuration: { ingress: { traffic: [{ revisionName: 'split--one', weight: 100 }, { revisionName: 'split--two', weight: 0, label: 'next' }] } } }, fast);
    for (const [host, revision] of [[`split--three.${domain}`, 'split--three'], [`split---next.${domain}`, 'split--two']] as const) {
      const answers = await visit(host, 20);
      sent.push(...answers);
      expect(countBy(answers, (answer) => answer.revision)).toEqual({ [revision]: 20 });
    }
  });

  it('reached processes of their own, and every replica of them', async () => {
    const processes = new Map(sent.map(({ replica, pid }) => [replica, pid]));
    const running = await Promise.all(['one', 'two', 'three'].map((name) => client.containerAppsRevisionReplicas.listReplicas(group, 'split', `split--${name}`)));
    expect([...processes.keys()].toSorted()).toEqual(running.flatMap(({ value }) => value.map(({ name }) => name ?? '')).toSorted());
    expect(new Set([...processes.values(), process.pid]).size).toBe(5);
    expect([...processes.values()].every(isRunning)).toBe(true);
  });

  it('is counted by Azure Monitor request by request, by revision and by the process that answered, once the delay is over', async () => {
    expect(await requestsBy('split', ['revisionName'])).toEqual({});
    ahead += metricsDelayMs;
    expect(await requestsBy('split', ['revisionName', 'podName'])).toEqual(countBy(sent, ({ revision, replica }) => `${revision} ${replica}`));
    counted += Object.values(await requestsBy('split', ['revisionName'])).reduce((sum, one) => sum + one, 0);
  });
});

describeCanaries((totals) => {
  weightSets += totals.weightSets;
  requests += totals.requests;
  counted += totals.counted;
});

describe('what Requests says', () => {
  const sent: Answer[] = [];

  beforeAll(async () => {
    await deploy('codes', 'good');
    await deploy('codes', 'bad', { image: 'r.azurecr.io/a:2-5xx-20', traffic: [{ revisionName: 'codes--good', weight: 50 }, { latestRevision: true, weight: 50 }] });
    sent.push(...(await visit(`codes.${domain}`, 200)), ...(await visit(`codes--bad.${domain}`, 50)));
    for (let index = 0; index < 3; index += 1) expect((await httpCall(`https://codes--good.${domain}/none`, { agent })).status).toBe(404);
    ahead += metricsDelayMs;
  });

  const missing = { revision: 'codes--good', status: 404 };
  const all = () => [...sent, missing, missing, missing];
  const dimensions: readonly { readonly reason: string; readonly names: readonly string[]; readonly key: (answer: Pick<Answer, 'revision' | 'status'>) => string }[] = [
    { reason: 'category', names: ['revisionName', 'statusCodeCategory'], key: ({ revision, status }) => `${revision} ${Math.floor(status / 100)}xx` },
    { reason: 'code', names: ['revisionName', 'statusCode'], key: ({ revision, status }) => `${revision} ${status}` },
    { reason: 'code alone', names: ['statusCode'], key: ({ status }) => String(status) },
  ];
  it.each(dimensions)('by $reason is what clients were answered', async ({ names, key }) => {
    const seen = countBy(all(), key);
    // The image that fails on purpose, what is not there, and what is well.
    expect(Object.keys(seen).length).toBeGreaterThan(2);
    expect(await requestsBy('codes', names)).toEqual(seen);
  });

  it('narrows to what the filter says', async () => {
    const failures = await query('codes', 'Requests', { aggregations: ['Total'], filter: "revisionName eq 'codes--bad' and statusCodeCategory eq '5xx'" });
    expect(failures.flatMap(({ data = [] }) => data.flatMap(({ total }) => total ?? [])).reduce((sum, one) => sum + one, 0)).toBe(sent.filter(({ status }) => status === 500).length);
  });

  it('has no value for minutes without traffic, which is not zero', async () => {
    ahead += 5 * minute;
    sent.push(...(await visit(`codes--good.${domain}`, 1)));
    ahead += metricsDelayMs;
    const [series] = await query('codes', 'Requests', { aggregations: ['Total'], filter: "revisionName eq 'codes--good'", minutes: 30 });
    const values = series?.data?.map(({ total }) => total ?? null) ?? [];
    const last = values.findLastIndex((value) => value !== null);
    expect(values[last]).toBe(1);
    // Five minutes at least lie between the two bursts, and the delay has passed since.
    expect(values.slice(last - 4, last)).toEqual([null, null, null, null]);
    expect(values.slice(last + 1).filter((value) => value !== null)).toEqual([]);
    expect(values.length - 1 - last).toBeGreaterThanOrEqual(2);
    expect(values.slice(0, last).some((value) => value !== null)).toBe(true);
  });

  it('adds minutes up in a longer grain', async () => {
    const totals = await Promise.all((['PT1M', 'PT5M', 'PT1H'] as const).map(async (granularity) => {
      const [series] = await query('codes', 'Requests', { aggregations: ['Total'], granularity, minutes: 55 });
      return series?.data?.reduce((sum, { total = 0 }) => sum + total, 0);
    }));
    expect(totals).toEqual([all().length, all().length, all().length]);
  });

  const refused: readonly { readonly reason: string; readonly metric: string; readonly query: Query; readonly message: RegExp }[] = [
    { reason: 'replicaName, which is called podName', metric: 'Requests', query: { filter: "replicaName eq '*'" }, message: /Metric: Requests does not support requested dimension combination: replicaname, supported ones are: revisionName,podName,statusCodeCategory,statusCode/ },
    { reason: 'a dimension of another metric', metric: 'Replicas', query: { filter: "podName eq '*'" }, message: /Metric: Replicas does not support requested dimension combination: podname, supported ones are: revisionName/ },
    { reason: 'a metric that there is not', metric: 'Latency', query: {}, message: /Failed to find metric configuration.*metric: Latency/ },
    { reason: 'half a filter', metric: 'Requests', query: { filter: 'revisionName eq' }, message: /Filter string/ },
  ];
  it.each(refused)('refuses $reason', async ({ metric, query: asked, message }) => {
    const error = await failure(query('codes', metric, asked));
    expect(error).toMatchObject({ statusCode: 400, code: 'BadRequest' });
    expect(error.message).toMatch(message);
  });

  const unmodelled = [
    { reason: 'an order', parameter: 'orderby=total%20desc' },
    { reason: 'the dimensions\' values alone', parameter: 'resultType=Metadata' },
    { reason: 'a number of series that is none', parameter: 'top=many' },
    { reason: 'another namespace', parameter: 'metricnamespace=Microsoft.Web%2Fsites' },
  ];
  it.each(unmodelled)('says that $reason is not modelled', async ({ parameter }) => {
    expect((await rest('codes', `metricnames=Requests&${parameter}`)).status).toBe(501);
  });
});

function rest(app: string, parameters: string): ReturnType<typeof httpCall> {
  return httpCall(`https://management.azure.com${resource(app)}/providers/Microsoft.Insights/metrics?api-version=2024-02-01&${parameters}`, { agent, headers: { authorization: `Bearer ${azure.token}` } });
}

describe('what is measured of replicas', () => {
  it('how many there are, and how often each was started again', async () => {
    await deploy('kills', 'a', { minReplicas: 2 });
    const { pid, replica } = (await visit(`kills.${domain}`, 1))[0] ?? { pid: 0, replica: '' };
    expect(isRunning(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await until('the restart', async () => {
      const { containers = [] } = await client.containerAppsRevisionReplicas.getReplica(group, 'kills', 'kills--a', replica);
      return containers[0]?.restartCount === 1 && containers[0].ready === true ? true : null;
    });
    ahead += metricsDelayMs;
    const maxima = async (metric: string, filter: string) => {
      const series = await query('kills', metric, { aggregations: ['Maximum'], filter });
      return Object.fromEntries(series.map(({ metadataValues = [], data = [] }) => [metadataValues[0]?.value, Math.max(...data.flatMap(({ maximum }) => maximum ?? []))]));
    };
    expect(await maxima('Replicas', "revisionName eq '*'")).toEqual({ 'kills--a': 2 });
    const restarts = await maxima('RestartCount', "podName eq '*'");
    expect(restarts[replica]).toBe(1);
    expect(Object.values(restarts).toSorted()).toEqual([0, 1]);
  });
});

const examples = sharedPath('azure/spec-examples/insights-2024-02-01/GetMetric.json');

describe('the shape of an answer', () => {
  it.runIf(existsSync(examples))('is that of the published example', async () => {
    const example = JSON.parse(readFileSync(examples, 'utf8')) as { responses: { 200: { body: unknown } } };
    const interval = `${new Date(now() - 40 * minute).toISOString()}/${new Date(now()).toISOString()}`;
    const { status, body } = await rest('split', `metricnames=Requests&timespan=${interval}&aggregation=average,minimum,maximum&$filter=${encodeURIComponent("revisionName eq '*'")}`);
    expect(status).toBe(200);
    expect(shapeOf(JSON.parse(body))).toEqual(shapeOf(example.responses[200].body));
  });
});

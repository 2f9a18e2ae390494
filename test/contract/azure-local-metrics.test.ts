import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalAzure } from '../../src/local/azure/start.ts';
import { failure, localAzure, type LocalAzureUnderTest } from '../support/local-azure.ts';

let local: LocalAzureUnderTest;
let azure: LocalAzure;
beforeAll(async () => {
  local = await localAzure();
  ({ azure } = local);
});
afterAll(() => local[Symbol.asyncDispose]());

describe('Monitor', () => {
  const app = () => `/subscriptions/${azure.subscription}/resourceGroups/rg-shared/providers/Microsoft.App/containerApps/checkout`;
  const metrics = () => local.metrics();
  const lastMinutes = { timespan: { duration: 'PT5M' }, granularity: 'PT1M' };

  beforeAll(() => {
    const one = { app: app().replace('containerApps', 'containerapps'), revision: 'checkout--a', pod: 'checkout--a-1', ms: 3 };
    for (const statusCode of [200, 200, 204, 503]) local.world.metrics.request({ ...one, statusCode });
    local.world.metrics.request({ ...one, revision: 'checkout--b', statusCode: 200 });
    local.world.metrics.gauge('Replicas', { app: app(), revision: 'checkout--a', pod: null, value: 3 });
  });

  test('splits requests by revision and status, points without requests have no value', async () => {
    const result = await metrics().queryResource(app(), ['Requests'], { ...lastMinutes, aggregations: ['Total'], filter: "revisionName eq '*' and statusCodeCategory eq '*'", top: 1000 });
    const series = result.metrics[0]?.timeseries ?? [];
    expect(series.map(({ metadataValues, data }) => [JSON.stringify(metadataValues), data?.flatMap(({ total }) => total ?? [])])).toEqual([
      [expect.stringMatching(/revisionname.*checkout--a.*2xx/), [3]],
      [expect.stringMatching(/revisionname.*checkout--a.*5xx/), [1]],
      [expect.stringMatching(/revisionname.*checkout--b.*2xx/), [1]],
    ]);
    expect(series[0]?.data?.filter((point) => !('total' in point) || point.total === undefined).length).toBeGreaterThanOrEqual(4);
  });

  test.each([
    { reason: 'all together without a filter', metric: 'Requests', filter: undefined, values: [[5]] },
    { reason: 'one revision', metric: 'Requests', filter: "revisionName eq 'checkout--b'", values: [[1]] },
    { reason: 'two codes', metric: 'Requests', filter: "statusCode eq '204' or statusCode eq '503'", values: [[1], [1]] },
    { reason: 'nothing that matches', metric: 'Requests', filter: "revisionName eq 'none'", values: [] },
    { reason: 'a gauge', metric: 'Replicas', filter: "revisionName eq '*'", values: [[3]] },
  ])('counts $reason', async ({ metric, filter, values }) => {
    const aggregation = metric === 'Replicas' ? ('Maximum' as const) : ('Total' as const);
    const result = await metrics().queryResource(app(), [metric], { ...lastMinutes, aggregations: [aggregation], ...(filter && { filter }) });
    expect(result.metrics[0]?.timeseries.map(({ data }) => data?.flatMap((point) => point.total ?? point.maximum ?? []))).toEqual(values);
  });

  test.each([
    { reason: 'a dimension that the metric lacks', metric: 'Requests', change: { filter: "replicaName eq '*'" }, message: /does not support requested dimension combination: replicaname, supported ones are: revisionName,podName/ },
    { reason: 'an unknown metric', metric: 'Latency', change: {}, message: /Failed to find metric configuration/ },
    { reason: 'a grain that is not offered', metric: 'Requests', change: { granularity: 'PT7M' }, message: /time grain/ },
  ])('refuses $reason', async ({ metric, change, message }) => {
    const error = await failure(metrics().queryResource(app(), [metric], { ...lastMinutes, ...change }));
    expect(error).toMatchObject({ statusCode: 400 });
    expect(error.message).toMatch(message);
  });
});

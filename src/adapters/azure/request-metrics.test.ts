import { describe, expect, test } from 'vitest';
import { azureUnderTest, checkout, contoso, signal } from '../../../test/support/azure-under-test.ts';

function series(revision: string, category: string, totals: readonly (number | undefined)[]): object {
  return {
    metadatavalues: [
      { name: { value: 'revisionname' }, value: revision },
      { name: { value: 'statuscodecategory' }, value: category },
    ],
    data: totals.map((total, minute) => ({ timeStamp: `2026-11-24T00:0${minute}:00Z`, ...(total !== undefined && { total }) })),
  };
}

function answer(timeseries: readonly object[]): object {
  return { cost: 0, timespan: '2026-11-24T00:00:00Z/2026-11-24T00:05:00Z', interval: 'PT1M', value: [{ id: 'x', type: 'm', name: { value: 'Requests' }, unit: 'Count', timeseries }] };
}

describe('requests of a window', () => {
  test.each([
    { reason: 'no series at all', timeseries: [], is: null },
    { reason: 'points without values are no data', timeseries: [series('a--1', '2xx', [undefined, undefined])], is: null },
    { reason: 'zero is data', timeseries: [series('a--1', '2xx', [0, undefined])], is: [{ revision: 'a--1', total: 0, serverErrors: 0 }] },
    {
      reason: 'added up per revision, server errors apart',
      timeseries: [series('a--1', '2xx', [5, 6]), series('a--1', '5xx', [1, undefined]), series('a--1', '4xx', [2]), series('a--2', '2xx', [7])],
      is: [
        { revision: 'a--1', total: 14, serverErrors: 1 },
        { revision: 'a--2', total: 7, serverErrors: 0 },
      ],
    },
  ])('$reason', async ({ timeseries, is }) => {
    await using world = await azureUnderTest(() => ({ status: 200, body: answer(timeseries) }));
    expect(await world.metrics.requests(contoso, checkout, 300_000, signal)).toEqual(is);
  });

  test('are asked for by revision and status, for the window, and for more than the ten series of the default', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: answer([]) }));
    await world.metrics.requests(contoso, checkout, 300_000, signal);
    const query = new URL(`https://x${world.azure.requests[0]?.path}`).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      metricnames: 'Requests',
      aggregation: 'Total',
      interval: 'PT1M',
      top: '1000',
      $filter: "revisionName eq '*' and statusCodeCategory eq '*'",
      timespan: '2026-11-23T23:55:00.000Z/2026-11-24T00:00:00.000Z',
    });
  });

  test('cannot be read while Azure throttles', async () => {
    await using world = await azureUnderTest(() => ({ status: 429, headers: { 'retry-after': '3' } }));
    await expect(world.metrics.requests(contoso, checkout, 300_000, signal)).rejects.toMatchObject({ name: 'Throttled', retryAfterMs: 3000 });
  });
});

describe('requests of a revision since a moment', () => {
  test.each([
    { reason: 'no series at all', timeseries: [], is: null },
    { reason: 'points without values are no data', timeseries: [series('checkout--1', '2xx', [undefined])], is: null },
    { reason: 'zero is data', timeseries: [series('checkout--1', '2xx', [0])], is: { total: 0, serverErrors: 0 } },
    { reason: 'in other letters', timeseries: [series('Checkout--1', '2xx', [5, 6]), series('Checkout--1', '5xx', [2])], is: { total: 13, serverErrors: 2 } },
    { reason: 'those of another revision are not its own', timeseries: [series('checkout--2', '2xx', [5])], is: null },
  ])('$reason', async ({ timeseries, is }) => {
    await using world = await azureUnderTest(() => ({ status: 200, body: answer(timeseries) }));
    expect(await world.metrics.since(contoso, checkout, 'checkout--1', world.clock.now() - 90_000, signal)).toEqual(is);
  });

  test.each([
    { reason: 'from the full minute', ago: 90_000, timespan: '2026-11-23T23:58:00.000Z/2026-11-24T00:00:00.000Z' },
    { reason: 'at least a minute, which is the grain', ago: 0, timespan: '2026-11-24T00:00:00.000Z/2026-11-24T00:01:00.000Z' },
  ])('are asked for $reason', async ({ ago, timespan }) => {
    await using world = await azureUnderTest(() => ({ status: 200, body: answer([]) }));
    await world.metrics.since(contoso, checkout, 'checkout--1', world.clock.now() - ago, signal);
    const query = new URL(`https://x${world.azure.requests[0]?.path}`).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({ $filter: "revisionName eq 'checkout--1' and statusCodeCategory eq '*'", timespan });
  });

  test('are not asked for with a name that ends the filter', async () => {
    await using world = await azureUnderTest(() => ({ status: 200, body: answer([]) }));
    await expect(world.metrics.since(contoso, checkout, "a' or revisionName eq '*", 0, signal)).rejects.toMatchObject({ name: 'Rejected', code: 'InvalidName' });
    expect(world.azure.requests).toEqual([]);
  });
});

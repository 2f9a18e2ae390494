import { MetricsQueryClient } from '@azure/monitor-query';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appsThroughSdk, fast, group, location, type AppsThroughSdk } from '../support/apps-through-sdk.ts';
import { powerOf, seededChance, tailOf } from '../support/chance.ts';

interface CanaryTotals {
  readonly weightSets: number;
  readonly requests: number;
  readonly counted: number;
}

/** Judged against numbers that are the same in each run: what is rare here never comes up by chance alone, so it need not be rarer. */
const alarm = 1e-2;

/** Thousands of requests, beside whatever else the machine has to do. */
const slow = 180_000;

/** As many requests as it takes to see the smallest difference that matters. */
const canaries = [
  { reason: '90/10', share: 10, unlike: [8, 12], tries: 5_500 },
  { reason: '1/99', share: 99, unlike: [98], tries: 3_300 },
];

/** Small shares, with so many requests that a wrong one is seen: against workloads in this process and a seeded draw, because many are needed. */
export function describeCanaries(held: (totals: CanaryTotals) => void): void {
  describe('a canary gets its share', () => {
    let bench: AppsThroughSdk;
    beforeAll(async () => {
      bench = await appsThroughSdk({ chance: seededChance(1), pace: { metricsDelayMs: 0 } });
      await bench.put('canary', bench.app('r.azurecr.io/a:1', 'one'));
      await bench.put('canary', bench.app('r.azurecr.io/a:2', 'two'));
      for (const name of ['one', 'two']) await bench.untilRunning('canary', `canary--${name}`);
    });
    afterAll(() => bench[Symbol.asyncDispose]());

    const sent: Record<string, number> = { 'canary--one': 0, 'canary--two': 0 };

    async function visits(times: number): Promise<Readonly<Record<string, number>>> {
      const hits: Record<string, number> = {};
      let left = times;
      const visitor = async () => {
        while (left-- > 0) {
          const { body } = await bench.visit(`canary.${bench.domain}`);
          const { revision } = JSON.parse(body) as { revision: string }; // what the program inside a replica answers
          hits[revision] = (hits[revision] ?? 0) + 1;
        }
      };
      await Promise.all(Array.from({ length: 16 }, visitor));
      for (const [name, count] of Object.entries(hits)) sent[name] = (sent[name] ?? 0) + count;
      return hits;
    }

    it.each(canaries.flatMap(({ unlike, ...row }) => unlike.map((actual) => ({ ...row, actual }))))('$reason: $actual percent in place of $share would be seen in 99 of 100 runs', ({ share, actual, tries }) => {
      expect(powerOf({ tries, expected: share / 100, actual: actual / 100, alarm })).toBeGreaterThan(0.99);
    });

    it.each(canaries)('$reason', { timeout: slow }, async ({ share, tries }) => {
      const traffic = [{ revisionName: 'canary--one', weight: 100 - share }, { revisionName: 'canary--two', weight: share }];
      await bench.client.containerApps.update(group, 'canary', { location, configuration: { ingress: { traffic } } }, fast);
      const hits = await visits(tries);
      expect(Object.keys(hits).toSorted()).toEqual(['canary--one', 'canary--two']);
      expect((hits['canary--one'] ?? 0) + (hits['canary--two'] ?? 0)).toBe(tries);
      const tail = tailOf(tries, share / 100, hits['canary--two'] ?? 0);
      expect(tail, `${hits['canary--two']} of ${tries} for ${share} of 100`).toBeGreaterThan(alarm);
    });

    it('is counted by Azure Monitor request by request', async () => {
      const app = `/subscriptions/${bench.azure.subscription}/resourceGroups/${group}/providers/Microsoft.App/containerApps/canary`;
      const timespan = { startTime: new Date(Date.now() - 30 * 60_000), endTime: new Date(Date.now() + 60_000) };
      const { metrics } = await new MetricsQueryClient(bench.credential, { agent: bench.agent }).queryResource(app, ['Requests'], { timespan, granularity: 'PT1M', top: 1000, aggregations: ['Total'], filter: "revisionName eq '*'" });
      const totals = (metrics[0]?.timeseries ?? []).map(({ metadataValues = [], data = [] }) => [metadataValues[0]?.value ?? '', data.reduce((sum, { total = 0 }) => sum + total, 0)] as const);
      expect(Object.fromEntries(totals)).toEqual(sent);
      const requests = canaries.reduce((sum, { tries }) => sum + tries, 0);
      held({ weightSets: canaries.length, requests, counted: totals.reduce((sum, [, total]) => sum + total, 0) });
    });
  });
}

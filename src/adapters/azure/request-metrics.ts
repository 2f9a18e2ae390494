import type { MetricsQueryResult } from '@azure/monitor-query';
import * as z from 'zod';
import type { RequestMetrics, RevisionRequests } from '../../contexts/health-scaling/ports.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { callTo } from './container-apps.ts';
import { appPath } from './names.ts';

const grainMs = 60_000;

/** `Requests` is the one metric that Azure splits by revision and by status (facts: response times have no revision). */
export function requestMetrics(clients: Clients, calls: Calls, clock: Clock): RequestMetrics {
  return {
    async requests(tenant, app, windowMs, signal) {
      const endTime = new Date(clock.now());
      const query = {
        granularity: 'PT1M',
        timespan: { startTime: new Date(endTime.getTime() - Math.max(windowMs, grainMs)), endTime },
        aggregations: ['Total' as const],
        filter: "revisionName eq '*' and statusCodeCategory eq '*'",
        // With a filter the service answers ten series only, and each revision makes up to five.
        top: 1000,
      };
      const result = await calls(callTo('metrics.requests', tenant, app, signal), (options) => clients.metrics.queryResource(appPath(app), ['Requests'], { ...query, ...options }));
      return requestsPerRevision(result);
    },
  };
}

/** The SDK's type says one record; what comes is a list of names and values. */
const dimensionsSchema = z.array(z.object({ name: z.string(), value: z.string() })).catch([]);

/** A point without a value is no data, which is not zero requests. */
function requestsPerRevision(result: MetricsQueryResult): readonly RevisionRequests[] | null {
  const revisions = new Map<string, { total: number; serverErrors: number }>();
  for (const { metadataValues, data = [] } of result.metrics.flatMap((metric) => metric.timeseries)) {
    const dimensions = new Map(dimensionsSchema.parse(metadataValues).map(({ name, value }) => [name.toLowerCase(), value]));
    const revision = dimensions.get('revisionname');
    const totals = data.flatMap(({ total }) => (typeof total === 'number' ? [total] : []));
    if (!revision || totals.length === 0) continue;
    const requests = totals.reduce((sum, total) => sum + total, 0);
    const counted = revisions.get(revision) ?? { total: 0, serverErrors: 0 };
    counted.total += requests;
    if (dimensions.get('statuscodecategory')?.startsWith('5')) counted.serverErrors += requests;
    revisions.set(revision, counted);
  }
  return revisions.size === 0 ? null : [...revisions].map(([revision, counted]) => ({ revision, ...counted }));
}

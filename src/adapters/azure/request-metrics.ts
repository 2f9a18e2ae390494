import type { MetricsQueryResult } from '@azure/monitor-query';
import * as z from 'zod';
import type { RevisionRequests } from '../../contexts/deployment/ports.ts';
import type { RequestMetrics, RevisionRequests as RequestsOfRevision } from '../../contexts/health-scaling/ports.ts';
import type { AppId } from '../../kernel/container-app.ts';
import type { AbortSignal } from '../../kernel/context.ts';
import { Rejected } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { callTo } from './container-apps.ts';
import { appPath, isName } from './names.ts';

const grainMs = 60_000;

/** `Requests` is the one metric that Azure splits by revision and by status (facts: response times have no revision). */
export function requestMetrics(clients: Clients, calls: Calls, clock: Clock): RequestMetrics & RevisionRequests {
  const counted = async (tenant: TenantId, app: AppId, { revision, from, to }: Counted, signal: AbortSignal): Promise<readonly RequestsOfRevision[] | null> => {
    const query = {
      granularity: 'PT1M',
      timespan: { startTime: new Date(from), endTime: new Date(to) },
      aggregations: ['Total' as const],
      filter: `revisionName eq '${revision}' and statusCodeCategory eq '*'`,
      // With a filter the service answers ten series only, and each revision makes up to five.
      top: 1000,
    };
    return requestsPerRevision(await calls({ ...callTo('metrics.requests', tenant, app, signal), service: 'monitor' }, (options) => clients.metrics.queryResource(appPath(app), ['Requests'], { ...query, ...options })));
  };
  return {
    requests(tenant, app, windowMs, signal) {
      const to = clock.now();
      return counted(tenant, app, { revision: '*', from: to - Math.max(windowMs, grainMs), to }, signal);
    },
    async since(tenant, app, revision, since, signal) {
      if (!isName(revision)) throw new Rejected('A revision has a name that Azure does not allow', { code: 'InvalidName' });
      const from = Math.floor(since / grainMs) * grainMs;
      const all = await counted(tenant, app, { revision, from, to: Math.max(clock.now(), from + grainMs) }, signal);
      const own = all?.find((one) => one.revision.toLowerCase() === revision.toLowerCase());
      return own === undefined ? null : { total: own.total, serverErrors: own.serverErrors };
    },
  };
}

interface Counted {
  /** `*` for all. */
  readonly revision: string;
  /** Milliseconds since the epoch, at least a minute apart: Azure keeps no finer grain. */
  readonly from: number;
  readonly to: number;
}

/** The SDK's type says one record; what comes is a list of names and values. */
const dimensionsSchema = z.array(z.object({ name: z.string(), value: z.string() })).catch([]);

/** A point without a value is no data, which is not zero requests. */
function requestsPerRevision(result: MetricsQueryResult): readonly RequestsOfRevision[] | null {
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

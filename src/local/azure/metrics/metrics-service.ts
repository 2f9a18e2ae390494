import { ok, resourceNotFound } from '../answers.ts';
import { armPath } from '../arm/arm-path.ts';
import { holds, leaves, type Filter } from '../arm/filter.ts';
import { resourceAt } from '../arm/resource-index.ts';
import { sameName } from '../json.ts';
import { secondsTime } from '../times.ts';
import type { AzureService, LocalClock } from '../world.ts';
import type { Aggregation, MetricDefinition } from './metric-definitions.ts';
import { isModelled, readMetricQuery, type MetricQuery } from './metric-query.ts';
import { added, minuteMs, type MetricStore, type Series, type Stat } from './metric-store.ts';
import { durationMs } from './time-span.ts';

interface MetricsOptions {
  readonly store: MetricStore;
  readonly clock: Pick<LocalClock, 'now'>;
  /** Microsoft.App, which knows what there is. */
  readonly apps: AzureService;
}

/** `GET <container app>/providers/Microsoft.Insights/metrics`. */
export function metricsProvider({ store, clock, apps }: MetricsOptions): AzureService {
  return async (request) => {
    const { rest, parent: app, resourceGroup } = armPath(request.segments);
    const [kind = '', ...more] = rest;
    if (!sameName(kind, 'metrics') || more.length > 0 || request.method !== 'GET') return null;
    const owner = armPath(request.segments.slice(0, -3));
    if (owner.provider !== 'microsoft.app' || !sameName(owner.rest[0] ?? '', 'containerApps')) return null;
    const resource = await resourceAt(apps, request, app);
    if (resource === null) return resourceNotFound('Microsoft.App/containerApps', owner.rest[1] ?? '', resourceGroup ?? '');
    if (!isModelled(request.query)) return null;
    const query = readMetricQuery(request, clock.now());
    if ('status' in query) return query;
    return ok({
      cost: 0,
      timespan: `${secondsTime(query.from)}Z/${secondsTime(query.to)}Z`,
      interval: query.interval,
      namespace: 'Microsoft.App/containerapps',
      value: query.metrics.map((metric) => shown(metric, query, app, store.series(metric.name, app))),
      resourceregion: resource.location,
    });
  };
}

function shown(metric: MetricDefinition, query: MetricQuery, app: string, series: readonly Series[]): object {
  const { name, displayName, description, primary } = metric;
  const wanted = query.aggregations.length > 0 ? query.aggregations : [primary];
  return {
    id: `${app}/providers/Microsoft.Insights/metrics/${name}`,
    type: 'Microsoft.Insights/metrics',
    name: { value: name, localizedValue: displayName },
    displayDescription: description,
    unit: 'Count',
    timeseries: split(metric, query, series).map(({ values, stats }) => ({
      // The service writes dimension names in lower case here.
      metadatavalues: Object.entries(values).map(([key, value]) => ({ name: { value: key.toLowerCase(), localizedValue: key.toLowerCase() }, value })),
      data: points(query, stats, wanted),
    })),
    errorCode: 'Success',
  };
}

interface Split {
  readonly values: Readonly<Record<string, string>>;
  readonly stats: Map<number, Stat>;
}

/** One series per combination of the dimensions that the filter names, without a filter one for all. */
function split({ dimensions }: MetricDefinition, { filter, from, to, interval, top }: MetricQuery, series: readonly Series[]): readonly Split[] {
  const step = durationMs(interval) ?? minuteMs;
  const named = filter === null ? [] : leaves(filter).map((leaf) => (leaf.kind === 'compare' ? leaf.field : leaf.name));
  const keys = dimensions.filter((dimension) => named.some((name) => sameName(name, dimension)));
  const groups = new Map<string, Split>(filter === null ? [['', { values: {}, stats: new Map() }]] : []);
  for (const one of series) {
    if (filter !== null && !isWanted(filter, one)) continue;
    const minutes = [...one.minutes].filter(([minute]) => minute >= floor(from, step) && minute < to);
    if (minutes.length === 0) continue;
    const values = Object.fromEntries(keys.map((key) => [key, one.dimensions[key] ?? '']));
    const key = Object.values(values).join('\n');
    const group = groups.get(key) ?? { values, stats: new Map<number, Stat>() };
    groups.set(key, group);
    for (const [minute, stat] of minutes) group.stats.set(floor(minute, step), added(group.stats.get(floor(minute, step)) ?? null, stat));
  }
  return filter === null ? [...groups.values()] : [...groups.values()].slice(0, top);
}

function isWanted(filter: Filter, { dimensions }: Series): boolean {
  const fits = holds(filter, (leaf) => {
    if (leaf.kind === 'call') return null;
    const value = Object.entries(dimensions).find(([key]) => sameName(key, leaf.field))?.[1];
    const equal = leaf.value === '*' || (value !== undefined && sameName(value, leaf.value));
    return equal === (leaf.operator === 'eq');
  });
  return fits === true;
}

/** A point for every step. One without a value means no data, which is not zero. */
function points({ from, to, interval }: MetricQuery, stats: ReadonlyMap<number, Stat>, wanted: readonly Aggregation[]): readonly object[] {
  const step = durationMs(interval) ?? minuteMs;
  const data: object[] = [];
  for (let at = floor(from, step); at < to; at += step) {
    const stat = stats.get(at);
    data.push({ timeStamp: `${secondsTime(at)}Z`, ...(stat && Object.fromEntries(wanted.map((name) => [name, aggregated(stat, name)]))) });
  }
  return data;
}

function aggregated({ sum, count, minimum, maximum }: Stat, aggregation: Aggregation): number {
  return { total: sum, average: sum / count, minimum, maximum, count }[aggregation];
}

function floor(at: number, step: number): number {
  return Math.floor(at / step) * step;
}

import { leaves, parseFilter, type Filter } from '../arm/filter.ts';
import { sameName } from '../json.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { aggregations, metricDefinition, metricNames, type Aggregation, type MetricDefinition } from './metric-definitions.ts';
import { timeSpan } from './time-span.ts';

const grains = ['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D'];
const defaultTop = 10;
/** The longest time that one query may ask for. */
const longestMs = 30 * 86_400_000;

export interface MetricQuery {
  readonly metrics: readonly MetricDefinition[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly interval: string;
  /** Empty: each metric's own. */
  readonly aggregations: readonly Aggregation[];
  readonly filter: Filter | null;
  readonly top: number;
}

class BadQuery extends Error {}

/** Parameters whose effect is not modelled, each with the only value of it that changes nothing. */
const withoutEffect: Readonly<Record<string, string | null>> = {
  orderby: null,
  rollupby: null,
  resulttype: 'data',
  autoadjusttimegrain: 'false',
  validatedimensions: 'true',
  metricnamespace: 'microsoft.app/containerapps',
};

/** Nor is it known what the service makes of a `top` that is no number of series. */
export function isModelled(query: AzureRequest['query']): boolean {
  const top = query.get('top');
  return (top === undefined || /^[1-9]\d*$/.test(top)) && Object.entries(withoutEffect).every(([name, value]) => !query.has(name) || query.get(name)?.toLowerCase() === value);
}

/** @returns the query, or the answer to one that the service refuses. */
export function readMetricQuery({ query }: Pick<AzureRequest, 'query'>, now: number): MetricQuery | AzureAnswer {
  try {
    const metrics = metricsOf(query.get('metricnames'));
    return {
      metrics,
      ...rangeOf(query.get('timespan'), now),
      interval: intervalOf(query.get('interval')),
      aggregations: aggregationsOf(query.get('aggregation')),
      filter: filterOf(query.get('$filter'), metrics),
      top: Number(query.get('top') ?? defaultTop),
    };
  } catch (error) {
    // Azure Monitor does not wrap its refusals in `error` (Azure/azure-sdk-for-net#29584).
    if (error instanceof BadQuery) return { status: 400, body: { code: 'BadRequest', message: error.message } };
    throw error;
  }
}

function metricsOf(text: string | undefined): readonly MetricDefinition[] {
  const names = list(text);
  if (names.length === 0) throw new BadQuery('The metricnames query parameter is required.');
  return names.map((name) => {
    const metric = metricDefinition(name);
    if (metric) return metric;
    throw new BadQuery(`Failed to find metric configuration for provider: Microsoft.App, resource Type: containerapps, metric: ${name}, Valid metrics: ${metricNames.join(',')}`);
  });
}

function rangeOf(text = 'PT1H', now: number): { readonly from: number; readonly to: number } {
  const range = timeSpan(text, now);
  if (range === null || range.to - range.from > longestMs) throw new BadQuery(`Invalid time interval: ${text}`);
  return range;
}

function intervalOf(text = 'PT1M'): string {
  if (grains.includes(text)) return text;
  throw new BadQuery(`Detected invalid time grain input: ${text}, supported ones are: ${grains.join(',')}`);
}

function aggregationsOf(text: string | undefined): readonly Aggregation[] {
  return list(text).map((name) => {
    const aggregation = aggregations.find((known) => sameName(known, name));
    if (aggregation) return aggregation;
    throw new BadQuery(`Invalid aggregation type: ${name}`);
  });
}

/** Every metric of the query must have every dimension that is asked for. */
function filterOf(text: string | undefined, metrics: readonly MetricDefinition[]): Filter | null {
  if (!text) return null;
  const filter = parseFilter(text);
  if (filter === null) throw new BadQuery(`Filter string: ${text} is not valid`);
  const fields = leaves(filter).map((leaf) => (leaf.kind === 'compare' ? leaf.field : leaf.name));
  const metric = metrics.find(({ dimensions }) => fields.some((field) => !dimensions.some((dimension) => sameName(dimension, field))));
  if (metric === undefined) return filter;
  const asked = fields.map((field) => field.toLowerCase()).join(',');
  throw new BadQuery(`Metric: ${metric.name} does not support requested dimension combination: ${asked}, supported ones are: ${metric.dimensions.join(',')}`);
}

function list(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter(Boolean);
}

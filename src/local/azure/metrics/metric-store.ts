import type { LocalClock, MetricSink } from '../world.ts';

export interface Stat {
  readonly sum: number;
  readonly count: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Values of one metric with one set of dimensions. */
export interface Series {
  readonly metric: string;
  /** ARM resource id, lower case. */
  readonly app: string;
  /** By API name. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** By the minute's start. */
  readonly minutes: ReadonlyMap<number, Stat>;
}

export interface MetricStore extends MetricSink {
  /** What has arrived by now. */
  series(metric: string, app: string): readonly Series[];
}

interface GrowingSeries extends Series {
  readonly minutes: Map<number, Stat>;
}

interface Sample {
  readonly at: number;
  readonly series: GrowingSeries;
  readonly value: number;
}

export const minuteMs = 60_000;
const keptMinutes = 24 * 60;

/** Samples arrive after the delay that Azure Monitor has, then count for the minute in which they were taken. */
export function metricStore(clock: Pick<LocalClock, 'now'>, delayMs: number): MetricStore {
  const all = new Map<string, GrowingSeries>();
  /** Of one app and metric: an environment may hold thousands of others. */
  const groups = new Map<string, GrowingSeries[]>();
  let underway: Sample[] = [];

  const seriesOf = (metric: string, app: string, dimensions: Readonly<Record<string, string>>): GrowingSeries => {
    const key = JSON.stringify([metric, app.toLowerCase(), dimensions]);
    const known = all.get(key);
    if (known !== undefined) return known;
    const series = { metric, app: app.toLowerCase(), dimensions, minutes: new Map() };
    all.set(key, series);
    groups.set(groupOf(metric, app), [...(groups.get(groupOf(metric, app)) ?? []), series]);
    return series;
  };
  const arrive = () => {
    const until = clock.now() - delayMs;
    const first = underway.findIndex(({ at }) => at > until);
    if (first === 0) return;
    const arrived = first === -1 ? underway : underway.slice(0, first);
    underway = first === -1 ? [] : underway.slice(first);
    for (const { at, series, value } of arrived) count(series.minutes, Math.floor(at / minuteMs) * minuteMs, value);
  };
  const add = (metric: string, app: string, dimensions: Readonly<Record<string, string>>, value: number) => {
    underway.push({ at: clock.now(), series: seriesOf(metric, app, dimensions), value });
    if (underway.length % 1000 === 0) arrive();
  };

  return {
    request: ({ app, revision, pod, statusCode }) =>
      add('Requests', app, { revisionName: revision, podName: pod, statusCodeCategory: `${Math.floor(statusCode / 100)}xx`, statusCode: String(statusCode) }, 1),
    gauge: (metric, { app, revision, pod, value }) => add(metric, app, { revisionName: revision, ...(pod !== null && { podName: pod }) }, value),
    series(metric, app) {
      arrive();
      return groups.get(groupOf(metric, app)) ?? [];
    },
  };
}

function groupOf(metric: string, app: string): string {
  return `${metric} ${app.toLowerCase()}`;
}

function count(minutes: Map<number, Stat>, minute: number, value: number): void {
  minutes.set(minute, added(minutes.get(minute) ?? null, { sum: value, count: 1, minimum: value, maximum: value }));
  // Minutes come in order, so the first key is the oldest.
  for (const oldest of minutes.keys()) {
    if (minutes.size <= keptMinutes) break;
    minutes.delete(oldest);
  }
}

export function added(one: Stat | null, other: Stat): Stat {
  if (one === null) return other;
  return {
    sum: one.sum + other.sum,
    count: one.count + other.count,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  };
}

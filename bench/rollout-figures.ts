import type { AcceptedWrite } from './rollout-azure.ts';
import { callKinds, type ArmCall } from './rollout-calls.ts';
import { weights, type Place } from './rollout-fleet.ts';
import type { Story, Watch } from './rollout-watch.ts';

export interface Measured {
  readonly fleet: readonly Place[];
  readonly watch: Watch;
  readonly calls: readonly ArmCall[];
  readonly writes: readonly AcceptedWrite[];
  /** When each repository's release was pushed, milliseconds since the epoch. */
  readonly pushedAt: ReadonlyMap<string, number>;
  readonly bakeMs: number;
  readonly watchMs: number;
  readonly readyMs: number;
  readonly metricsDelayMs: number;
  readonly minSamples: number;
  readonly usersPerSecond: number;
  readonly concurrency: number;
}

/** ARM of one subscription, region and principal: reads per second, and what may be saved up. */
const readBudget = { perSecond: 25, burst: 250 };
/** What every process runs at a time is per context, and there are seven. */
const contexts = 7;

interface Rollout {
  readonly place: Place;
  readonly story: Story;
  readonly tookMs: number;
  readonly calls: readonly ArmCall[];
  readonly writes: readonly AcceptedWrite[];
}

function rolloutsOf({ fleet, watch, calls, writes, pushedAt }: Measured): readonly Rollout[] {
  const callsOf = Map.groupBy(calls, ({ group }) => group ?? '');
  const writesOf = Map.groupBy(writes, ({ group }) => group);
  return fleet.flatMap((place) => {
    const story = watch.stories.get(place.environment);
    const from = pushedAt.get(place.repository) ?? 0;
    if (story === undefined || story.endedAt === null) return [];
    const to = story.endedAt;
    const within = ({ at }: { readonly at: number }): boolean => at >= from && at <= to;
    return [{ place, story, tookMs: to - from, calls: (callsOf.get(place.group) ?? []).filter(within), writes: (writesOf.get(place.group) ?? []).filter(within) }];
  });
}

export type Figures = ReturnType<typeof figuresOf>;

export function figuresOf(measured: Measured) {
  const { watch, calls, writes, concurrency, pushedAt } = measured;
  const rollouts = rolloutsOf(measured);
  const begin = Math.min(...pushedAt.values());
  const end = Math.max(...rollouts.map(({ story }) => story.endedAt ?? 0));
  const wallMs = end - begin;
  const good = rollouts.filter(({ place, story }) => !place.isBad && story.states.has('Completed'));
  const bad = rollouts.filter(({ place, story }) => place.isBad && story.states.has('RolledBack'));
  const operations = calls.filter(({ kind, at }) => kind === 'operation' && at <= end).length;
  const perWrite = operations / Math.max(1, writes.length);
  const reads = calls.filter(({ method, at }) => method === 'GET' && at <= end);
  const readsPerGood = mean(good.map((one) => readsOf(one) + perWrite * one.writes.length));
  const tookGood = spread(good.map(({ tookMs }) => tookMs / 1000));
  return {
    ends: Object.fromEntries([...Map.groupBy(rollouts, ({ story }) => lastStateOf(story))].map(([state, all]) => [state, all.length])),
    asExpected: good.length + bad.length,
    wallSeconds: round(wallMs / 1000),
    rolloutSeconds: tookGood,
    idealSeconds: spread(good.map((one) => idealMs(measured, one) / 1000)),
    idealWithMetricsSeconds: spread(good.map((one) => (idealMs(measured, one) + metricsMs(measured)) / 1000)),
    ratioToIdeal: spread(good.map((one) => one.tookMs / idealMs(measured, one)), 2),
    ratioToIdealWithMetrics: spread(good.map((one) => one.tookMs / (idealMs(measured, one) + metricsMs(measured))), 2),
    stageSeconds: stagesOf(good),
    busy: {
      allContexts: round(sum([...watch.busy.values()].map(({ ms }) => ms)) / (wallMs * concurrency * contexts), 4),
      deploymentContext: round((watch.busy.get('deployment')?.ms ?? 0) / (wallMs * concurrency), 4),
      deliveries: Object.fromEntries([...watch.busy].map(([queue, { deliveries, ms }]) => [queue, { perRollout: round(deliveries / rollouts.length, 1), msEach: round(ms / deliveries, 1) }])),
    },
    armCalls: {
      good: { ...byKind(good), operation: round(perWrite * mean(good.map((one) => one.writes.length)), 1), reads: round(readsPerGood, 1), writes: round(mean(good.map(writesIn)), 1), floor: floorOf(weights.length) },
      takenBack: { ...byKind(bad), operation: round(perWrite * mean(bad.map((one) => one.writes.length)), 1), reads: round(mean(bad.map((one) => readsOf(one) + perWrite * one.writes.length)), 1), writes: round(mean(bad.map(writesIn)), 1), floor: floorOfBad },
      throttledOrFailed: calls.filter(({ status }) => status === 0 || status === 429 || status >= 500).length,
      conflicts: calls.filter(({ status }) => status === 409).length,
    },
    armReads: {
      perSecondMean: round(reads.length / (wallMs / 1000), 1),
      perSecondPeakMinute: round(peakPerSecond(reads, 60), 1),
      perSecondPeak: peakPerSecond(reads, 1),
      budgetPerSecond: readBudget.perSecond,
      /** How many rollouts at a time one subscription's read budget keeps going. */
      concurrentPerSubscription: Math.floor(readBudget.perSecond / (readsPerGood / tookGood.p50)),
    },
    failureToRestored: restoresOf(bad),
  };
}

function readsOf({ calls }: Rollout): number {
  return calls.filter(({ method }) => method === 'GET').length;
}

function writesIn({ calls }: Rollout): number {
  return calls.filter(({ method }) => method !== 'GET').length;
}

function byKind(rollouts: readonly Rollout[]): Readonly<Record<string, number>> {
  return Object.fromEntries(callKinds.filter((kind) => kind !== 'operation').map((kind) => [kind, round(mean(rollouts.map(({ calls }) => calls.filter((call) => call.kind === kind).length)), 1)]));
}

/**
 * With an oracle that says when to look: the app and its revisions before the first write, one verifying read per write, and of each stage
 * the revision, its replicas and, once it has traffic, its requests, each once. Without the polls of operations.
 */
function floorOf(steps: number): { readonly reads: number; readonly writes: number } {
  const longWrites = steps + 2;
  return { reads: 2 + longWrites + 2 * (steps + 2) + (steps + 1), writes: longWrites + 1 };
}

/** The same up to the first weight, and the way back. */
const floorOfBad = { reads: 2 + 3 + 2 * 2 + 1, writes: 4 };

/** The bakes, Azure's own operations and the time until its revision is ready: what no engine can shorten. */
function idealMs({ bakeMs, watchMs, readyMs }: Measured, { writes }: Rollout): number {
  return sum(writes.map(({ operationMs }) => operationMs)) + readyMs + weights.length * bakeMs + watchMs;
}

/** What the stages last beyond their bakes until Azure Monitor shows as many requests as the gate wants. */
function metricsMs({ bakeMs, watchMs, metricsDelayMs, minSamples, usersPerSecond }: Measured): number {
  const shownAfter = (weight: number): number => metricsDelayMs + (minSamples / ((usersPerSecond * weight) / 100)) * 1000;
  return sum(weights.map((weight) => Math.max(0, shownAfter(weight) - bakeMs))) + Math.max(0, shownAfter(100) - watchMs);
}

/** From a weight in force to the next write, and from all of the traffic to the end. */
function stagesOf(rollouts: readonly Rollout[]): Readonly<Record<string, Spread>> {
  const lengths = new Map<string, number[]>();
  for (const { writes, story } of rollouts) {
    for (const [index, { at, operationMs, traffic }] of writes.entries()) {
      const weight = Math.min(...(traffic === null ? [0] : [...traffic.values()].filter((value) => value > 0)));
      const name = index === 0 ? 'before traffic' : index === writes.length - 1 ? 'at 100 %' : `at ${weight === 50 ? 50 : Math.min(weight, 100 - weight)} %`;
      const next = writes[index + 1]?.at ?? story.endedAt ?? 0;
      lengths.set(name, [...(lengths.get(name) ?? []), (next - at - operationMs) / 1000]);
    }
  }
  return Object.fromEntries([...lengths].map(([name, seconds]) => [name, spread(seconds)]));
}

/** From the begin of the look that failed to the read that saw the old weights in force, with and without Azure's own operation. */
function restoresOf(rollouts: readonly Rollout[]) {
  const found = rollouts.flatMap(({ story, writes, calls }) => {
    const failed = story.states.get('RollingBack');
    const restore = writes.find(({ at, traffic }) => failed !== undefined && at >= failed.began && traffic !== null);
    if (failed === undefined || restore === undefined) return [];
    const inForceAt = restore.at + restore.operationMs;
    const read = calls.find(({ kind, at }) => kind === 'app' && at >= inForceAt);
    if (read === undefined) return [];
    const readAt = read.at + read.ms;
    return [{ whole: (readAt - failed.began) / 1000, toWrite: (restore.at - failed.began) / 1000, own: (readAt - failed.began - restore.operationMs) / 1000 }];
  });
  return {
    rollouts: found.length,
    wholeSeconds: spread(found.map(({ whole }) => whole)),
    toAcceptedWriteSeconds: spread(found.map(({ toWrite }) => toWrite)),
    withoutAzureSeconds: spread(found.map(({ own }) => own)),
  };
}

function lastStateOf({ states }: Story): string {
  return [...states].reduce((last, one) => (one[1].at >= last[1].at ? one : last))[0];
}

/** Most calls of any stretch of that many seconds, per second. */
function peakPerSecond(calls: readonly ArmCall[], seconds: number): number {
  const counts = Map.groupBy(calls, ({ at }) => Math.floor(at / 1000));
  const all = [...counts.keys()].sort((a, b) => a - b);
  const [first = 0, last = 0] = [all[0], all.at(-1)];
  let most = 0;
  for (let from = first; from <= Math.max(first, last - seconds + 1); from += 1) {
    let count = 0;
    for (let at = from; at < from + seconds; at += 1) count += counts.get(at)?.length ?? 0;
    most = Math.max(most, count);
  }
  return most / seconds;
}

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

function spread(values: readonly number[], digits = 1): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0, digits);
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { appsService, type AppsService } from '../src/local/azure/apps/apps-service.ts';
import { startLocalAzureWith, type LocalAzure } from '../src/local/azure/start.ts';
import type { AzureRequest, Pace, World } from '../src/local/azure/world.ts';

/** Recorded of 290 operations of container apps: p50 12 s, p90 18 s, longest 61 s. The shortest is not recorded and set to 8 s. */
export const operationQuantiles = [[0, 8_000], [0.5, 12_000], [0.9, 18_000], [1, 61_000]] as const;

/** A write that the local Azure accepted: a new revision, another split of the traffic, or both. */
export interface AcceptedWrite {
  /** Name of the resource group, lower case: one per environment. */
  readonly group: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How long Azure works on it. */
  readonly operationMs: number;
  /** Weights by revision; null where the write says nothing about them. */
  readonly traffic: Traffic | null;
}

export type Traffic = ReadonlyMap<string, number>;

export interface BenchAzure extends AsyncDisposable {
  readonly azure: LocalAzure;
  readonly world: World;
  readonly writes: readonly AcceptedWrite[];
  /** From here on operations take as long as recorded; before, a tenth of a second. */
  takeRecordedTimes(): void;
  /** The split of every app's traffic that is in force. */
  traffic(): ReadonlyMap<string, { readonly app: string; readonly weights: Traffic }>;
}

interface BenchAzureOptions {
  readonly directory: string;
  readonly subscription: string;
  /** What Resource Manager takes for an answer, beside the work itself. */
  readonly callMs: number;
  readonly readyMs: number;
  readonly metricsDelayMs: number;
}

/** The local Azure with workloads in its own process, answers that take their time, and operations that take as long as the recorded ones. */
export async function startBenchAzure({ directory, subscription, callMs, readyMs, metricsDelayMs }: BenchAzureOptions): Promise<BenchAzure> {
  const draw = drawOperation(4);
  const pace = benchPace(draw.next, readyMs, metricsDelayMs);
  const writes: AcceptedWrite[] = [];
  const traffic = new Map<string, { readonly app: string; readonly weights: Traffic }>();
  const worlds: World[] = [];
  let isSlow = false;
  const create = (shared: World): AppsService => {
    const world = { ...shared, pace: pace.pace };
    worlds.push(world);
    const service = appsService(world, { workloads: 'in-process', environmentsPerRegion: 100_000 });
    return {
      ...service,
      handle: async (request) => {
        if (isSlow && callMs > 0) await sleep(callMs);
        // Answered at once: what was drawn last belongs to this write.
        const answering = service.handle(request);
        const operationMs = draw.last();
        const answer = await answering;
        const accepted = answer !== null && answer.status < 300 ? acceptedWrite(request, operationMs) : null;
        if (accepted !== null) {
          writes.push(accepted.write);
          const { traffic: weights, group } = accepted.write;
          if (weights !== null) world.clock.after(operationMs, () => traffic.set(group, { app: accepted.app, weights }));
        }
        return answer;
      },
    };
  };
  const azure = await startLocalAzureWith({ directory, subscription, pace: pace.pace }, create);
  const [world] = worlds;
  if (world === undefined) throw new Error('the local Azure asked for no Microsoft.App');
  return {
    azure,
    world,
    writes,
    takeRecordedTimes: () => {
      isSlow = true;
      pace.takeRecordedTimes();
    },
    traffic: () => traffic,
    [Symbol.asyncDispose]: () => azure[Symbol.asyncDispose](),
  };
}

function benchPace(next: () => number, readyMs: number, metricsDelayMs: number): { readonly pace: Pace; takeRecordedTimes(): void } {
  let isRecorded = false;
  const pace: Pace = {
    get operationMs() {
      return isRecorded ? next() : 100;
    },
    get readyMs() {
      return isRecorded ? readyMs : 100;
    },
    environmentMs: 100,
    metricsDelayMs,
    activityDelayMs: 0,
    expiryMs: 720_000,
    vaultSyncMs: 1_800_000,
  };
  return { pace, takeRecordedTimes: () => void (isRecorded = true) };
}

/** Durations in the recorded distribution, the same ones in every run. */
function drawOperation(seed: number): { next(): number; last(): number } {
  let state = seed;
  let last = 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      last = durationAt(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32);
      return last;
    },
    last: () => last,
  };
}

/** Between two recorded quantiles times grow by the same factor per step. */
export function durationAt(quantile: number): number {
  const above = operationQuantiles.findIndex(([at]) => at >= quantile);
  const [to, longer] = operationQuantiles[Math.max(1, above)] ?? [1, 61_000];
  const [from, shorter] = operationQuantiles[Math.max(1, above) - 1] ?? [0, 8_000];
  return Math.round(shorter * (longer / shorter) ** ((quantile - from) / (to - from)));
}

const weightsSchema = z.array(z.object({ revisionName: z.string().optional(), weight: z.number().optional() }));
const bodySchema = z.object({ properties: z.object({ configuration: z.object({ ingress: z.object({ traffic: weightsSchema }) }) }) });

function acceptedWrite({ method, segments, body }: AzureRequest, operationMs: number): { readonly write: AcceptedWrite; readonly app: string } | null {
  if (method !== 'PATCH' && method !== 'PUT') return null;
  const [subscriptions = '', subscription = '', groups = '', group = '', , , type = '', app = ''] = segments;
  if (type.toLowerCase() !== 'containerapps') return null;
  const parsed = bodySchema.safeParse(body);
  const traffic = parsed.success ? new Map(parsed.data.properties.configuration.ingress.traffic.map(({ revisionName = '', weight = 0 }) => [revisionName, weight])) : null;
  return { app: `/${subscriptions}/${subscription}/${groups}/${group}/providers/Microsoft.App/containerApps/${app}`, write: { group: group.toLowerCase(), at: Date.now(), operationMs, traffic } };
}

interface Users {
  /** Requests per second of each app, over all of its revisions. */
  readonly perSecond: number;
  /** What one request of a revision is answered with; `count`: of its own requests. */
  readonly statusOf: (group: string, revision: string, count: number) => number;
}

const tickMs = 2000;

/** Users' requests, put into the local Azure's own metric store, split as the traffic is: a thousand apps' users do not fit on this machine. */
export function sendUsers({ world, traffic }: BenchAzure, { perSecond, statusOf }: Users): Disposable {
  const owed = new Map<string, number>();
  const counts = new Map<string, number>();
  const timer = setInterval(() => {
    for (const [group, { app, weights }] of traffic()) {
      for (const [revision, weight] of weights) {
        const key = `${group} ${revision}`;
        let due = (owed.get(key) ?? 0) + (perSecond * tickMs * weight) / 100_000;
        let count = counts.get(key) ?? 0;
        for (; due >= 1; due -= 1) world.metrics.request({ app, revision, pod: `${revision}-1`, statusCode: statusOf(group, revision, count++), ms: 5 });
        owed.set(key, due);
        counts.set(key, count);
      }
    }
  }, tickMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

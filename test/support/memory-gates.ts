import type { GateQuestion, HttpGates, HttpVerdict, LogNumbers, LogQuestion, RequestCount, RevisionRequests } from '../../src/contexts/deployment/ports.ts';
import type { Clock } from '../../src/kernel/ports.ts';
import type { MemoryApps, WeightsSince } from './memory-apps.ts';

/** What a release is judged by, in memory: changed by a test at any time, also in the middle of a rollout. */
export interface MemoryGates {
  readonly requests: RevisionRequests;
  readonly logs: LogNumbers;
  readonly gates: HttpGates;
  /** Of users, to an app, over all of its revisions by weight. */
  perMinute: number;
  /** Of a hundred requests to a revision, how many fail. */
  failing: (revision: MemoryRevision) => number;
  /** False: Azure has no count of anything. */
  hasCounts: boolean;
  number: (question: LogQuestion) => number | null;
  verdict: (question: GateQuestion) => HttpVerdict;
  /** Everything that a user's own system was asked. */
  readonly asked: GateQuestion[];
}

interface MemoryRevision {
  readonly name: string;
  readonly image: string;
}

const minute = 60_000;

export function memoryGates(clock: Clock, apps: MemoryApps): MemoryGates {
  const asked: GateQuestion[] = [];
  const world: MemoryGates = {
    asked,
    perMinute: 120,
    failing: ({ image }) => Number(/-5xx-(\d{1,3})$/.exec(image)?.[1] ?? 0),
    hasCounts: true,
    number: () => 0,
    verdict: () => ({ verdict: 'pass', detail: null }),
    requests: {
      async since(tenant, app, name, from, signal) {
        const found = await apps.revision(tenant, app, name, signal);
        if (found === null || !world.hasCounts) return null;
        const image = apps.images(app.name).get(name) ?? '';
        const counts = minutesOf(from, clock.now()).map((start) => countIn(start, app.name, { name, image }));
        const total = counts.reduce((sum, count) => sum + count.total, 0);
        // Azure keeps no row of what nobody asked for.
        return total === 0 ? null : { total, serverErrors: counts.reduce((sum, count) => sum + count.serverErrors, 0) };
      },
    },
    logs: { ask: async (_tenant, question) => world.number(question) },
    gates: {
      async ask(_tenant, _gate, question) {
        asked.push(question);
        return world.verdict(question);
      },
    },
  };

  function countIn(start: number, app: string, revision: MemoryRevision): RequestCount {
    const users = Math.floor((world.perMinute * weightMs(apps.weights(app), revision.name, start, start + minute)) / 100 / minute);
    const own = apps.probes.filter((probe) => probe.revision === revision.name && probe.at >= start && probe.at < start + minute).length;
    return { total: users + own, serverErrors: Math.floor((users * world.failing(revision)) / 100) };
  }
  return world;
}

/** Full minutes since then that Azure shows: each comes one to three minutes after its end (facts/azure.md A3). */
function minutesOf(from: number, now: number): readonly number[] {
  const first = Math.floor(from / minute) * minute;
  const ended = Math.max(0, Math.floor((now - first) / minute));
  const starts = Array.from({ length: ended }, (_, index) => first + index * minute);
  return starts.filter((start) => start + minute + latenessOf(start) <= now);
}

function latenessOf(start: number): number {
  return (1 + ((start / minute) % 3)) * minute;
}

/** Percent times milliseconds of a revision between two times. */
function weightMs(history: readonly WeightsSince[], revision: string, from: number, to: number): number {
  return history.reduce((sum, { at, weights }, index) => {
    const until = Math.min(to, history[index + 1]?.at ?? to);
    return sum + Math.max(0, until - Math.max(from, at)) * (weights.get(revision) ?? 0);
  }, 0);
}

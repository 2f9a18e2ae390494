import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit, FleetProcess } from './fleet-workers.ts';

export interface Blow {
  readonly kind: 'kill' | 'pause' | 'terminate';
  /** Which worker. */
  readonly worker: number;
  /** Part of the run's work that is done by then, from 0 to 1. */
  readonly at: number;
  /** After that moment, so that a blow does not always come when something has just ended. */
  readonly afterMs: number;
  /** Of a pause. */
  readonly forMs: number;
}

interface PlanOptions {
  readonly chance: () => number;
  readonly workers: number;
  readonly kills: number;
  readonly pauses: number;
  readonly terminations: number;
  /** A pause takes one and a half to two of them: longer than the lock and the lease. */
  readonly lockMs: number;
}

/** As many for each worker, each kind spread over the whole run. */
export function planBlows({ chance, workers, kills, pauses, terminations, lockMs }: PlanOptions): readonly Blow[] {
  const of = (kind: Blow['kind'], count: number): readonly Blow[] => Array.from({ length: count }, (_, index) => ({
    kind,
    worker: index % workers,
    // Even shares of the run, each at its own moment of its share.
    at: 0.95 * ((index + chance()) / count),
    afterMs: Math.round(chance() * 400),
    forMs: Math.round(lockMs * (1.5 + chance() / 2)),
  }));
  return [...of('kill', kills), ...of('pause', pauses), ...of('terminate', terminations)].toSorted((a, b) => a.at - b.at);
}

export interface Dealt {
  readonly kills: number;
  readonly pauses: number;
  readonly exits: readonly Exit[];
}

/** Each worker takes its own in turn, and only when it is up: one that is not has nothing to lose. */
export async function dealBlows(blows: readonly Blow[], workers: readonly FleetProcess[], progress: () => number): Promise<Dealt> {
  const exits: Exit[] = [];
  let [kills, pauses] = [0, 0];
  await Promise.all(workers.map(async (worker, number) => {
    for (const { kind, at, afterMs, forMs } of blows.filter((blow) => blow.worker === number)) {
      while (progress() < at) await sleep(20);
      await sleep(afterMs);
      while (!worker.isReady()) await sleep(10);
      if (kind === 'terminate') exits.push(await worker.terminate());
      if (kind === 'kill') {
        worker.kill();
        kills += 1;
      }
      if (kind === 'pause') {
        await worker.pause(forMs);
        pauses += 1;
      }
    }
  }));
  return { kills, pauses, exits };
}

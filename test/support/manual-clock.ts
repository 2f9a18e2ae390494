import type { ClosableClock } from '../../src/local/azure/clock.ts';

export interface ManualClock extends ClosableClock {
  /** Lets time pass and runs what is due, in order, each at its own time. */
  advance(ms: number): void;
}

interface Waiting {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on. */
export function manualClock(start: number): ManualClock {
  let now = start;
  let waiting: readonly Waiting[] = [];
  let closed = false;
  return {
    now: () => now,
    after(ms, run) {
      if (closed) return () => {};
      const one = { at: now + Math.max(0, ms), run };
      waiting = [...waiting, one];
      return () => void (waiting = waiting.filter((other) => other !== one));
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = waiting.filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at);
        if (next === undefined) break;
        waiting = waiting.filter((one) => one !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
    close() {
      closed = true;
      waiting = [];
    },
  };
}

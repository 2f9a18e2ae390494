import type { LocalClock } from './world.ts';

/** The clock of one world, closed with it. */
export interface ClosableClock extends LocalClock {
  /** Cancels what waits; nothing runs any more. */
  close(): void;
}

export function systemClock(): ClosableClock {
  const waiting = new Set<NodeJS.Timeout>();
  let closed = false;
  return {
    now: Date.now,
    after(ms, run) {
      if (closed) return () => {};
      const timer = setTimeout(() => {
        waiting.delete(timer);
        run();
      }, ms);
      waiting.add(timer);
      return () => {
        waiting.delete(timer);
        clearTimeout(timer);
      };
    },
    close() {
      closed = true;
      for (const timer of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}

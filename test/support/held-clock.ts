import { systemClock, type ClosableClock } from '../../src/local/azure/clock.ts';

/** The machine's clock, but that what is under way can be kept under way, however long the test takes to look at it. */
export interface HeldClock extends ClosableClock {
  /** From here on waits of at least so many milliseconds have no end. */
  hold(fromMs: number): void;
  /** They end here, and later ones by themselves. */
  release(): void;
}

export function heldClock(): HeldClock {
  const clock = systemClock();
  const held = new Set<() => void>();
  let heldFromMs = Infinity;
  return {
    now: clock.now,
    after(ms, run) {
      if (ms < heldFromMs) return clock.after(ms, run);
      const end = () => run();
      held.add(end);
      return () => void held.delete(end);
    },
    hold: (fromMs) => void (heldFromMs = fromMs),
    release() {
      heldFromMs = Infinity;
      for (const end of held) {
        held.delete(end);
        end();
      }
    },
    close() {
      held.clear();
      clock.close();
    },
  };
}

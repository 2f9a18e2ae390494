import type { LocalClock } from '../world.ts';

/** Timers that end together. */
export interface Timers {
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  /** Cancels what is left; nothing runs any more. */
  readonly close: () => void;
}

export function timersOn(clock: Pick<LocalClock, 'now' | 'after'>): Timers {
  const cancels = new Set<() => void>();
  let closed = false;
  return {
    now: () => clock.now(),
    after: (ms, run) => {
      if (closed) return () => {};
      const stop = clock.after(ms, () => {
        cancels.delete(cancel);
        run();
      });
      const cancel = () => {
        cancels.delete(cancel);
        stop();
      };
      cancels.add(cancel);
      return cancel;
    },
    close: () => {
      closed = true;
      for (const cancel of cancels) cancel();
    },
  };
}

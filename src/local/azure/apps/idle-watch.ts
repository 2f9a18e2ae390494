import type { Timers } from './timers.ts';

interface IdleWatchSetup {
  readonly timers: Timers;
  /** Null: it never counts as idle. */
  readonly afterMs: number | null;
  /** Nobody has used it for that long. The watch is over then. */
  readonly onIdle: () => void;
}

/** Sees when something has not been used for a while. */
export class IdleWatch {
  readonly #setup: IdleWatchSetup;
  #users = 0;
  #lastUse = 0;
  #cancel: (() => void) | null = null;

  constructor(setup: IdleWatchSetup) {
    this.#setup = setup;
  }

  /** Counts from now on. */
  start(): void {
    const { afterMs, timers } = this.#setup;
    this.stop();
    this.#lastUse = timers.now();
    if (afterMs !== null) this.#lookIn(afterMs, afterMs);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** @returns what to call, once, when the use is over. */
  use(): () => void {
    this.#users += 1;
    return () => {
      this.#users -= 1;
      this.#lastUse = this.#setup.timers.now();
    };
  }

  #lookIn(ms: number, afterMs: number): void {
    const { timers, onIdle } = this.#setup;
    this.#cancel = timers.after(ms, () => {
      const left = this.#users > 0 ? afterMs : this.#lastUse + afterMs - timers.now();
      if (left > 0) return this.#lookIn(left, afterMs);
      this.#cancel = null;
      onIdle();
    });
  }
}

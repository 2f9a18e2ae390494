import { Worker } from 'node:worker_threads';

/** A beat of the main thread per this many milliseconds, and a look of the watchdog. */
const tickMs = 250;

/**
 * Kills this process when its event loop stood still for `blockedMs`: what loops for ever cannot be cut in any other way, and its job
 * would be held for ever, because nobody can renew or give back anything. A process that gets next to nothing of the processor has four
 * times as long: it would not get further from another start. Whoever watches the process starts it again.
 */
export function startWatchdog(blockedMs: number): AsyncDisposable {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), { workerData: { beats, tickMs, blockedMs }, execArgv: [] });
  thread.unref();
  const beating = setInterval(() => void Atomics.add(beats, 0, 1), tickMs).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beating);
      await thread.terminate();
    },
  };
}

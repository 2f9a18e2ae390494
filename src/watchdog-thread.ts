// A thread of its own, started by watchdog.ts: its timers go on while the main thread stands still.
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { beats, tickMs, blockedMs } = workerData as { readonly beats: Int32Array<SharedArrayBuffer>; readonly tickMs: number; readonly blockedMs: number }; // what watchdog.ts gives
let last = Atomics.load(beats, 0);
let still = 0;
let usage = process.cpuUsage();

/** Of `blockedMs` what a loop gets of the processor at least; without it the whole machine stands still, as one that starts too much at once does. */
const leastShare = 1 / 4;
/** Times `blockedMs` for what uses no processor, as a lock that nobody opens. */
const mostPatience = 4;

// Ticks are counted, not time: in a process that was stopped and goes on, this thread stood still as long as the other.
setInterval(() => {
  const beat = Atomics.load(beats, 0);
  still = beat === last ? still + 1 : 0;
  if (still === 0) usage = process.cpuUsage();
  last = beat;
  if (still * tickMs < blockedMs) return;
  const { user, system } = process.cpuUsage(usage);
  if ((user + system) / 1000 < blockedMs * leastShare && still * tickMs < blockedMs * mostPatience) return;
  writeSync(2, `trueup: the event loop stood still for ${still * tickMs} ms; the process ends itself, and what it did is delivered again\n`);
  process.kill(process.pid, 'SIGKILL');
}, tickMs);

import { getHeapStatistics } from 'node:v8';

const beatEveryMs = 500;
const lateMs = 5000;
/** So long a stall is told after it, because nobody can be told during it. */
const rememberedMs = 15_000;

export interface Heartbeat extends Disposable {
  /** Null while the event loop turns. */
  fault(): string | null;
}

/** The event loop's own clock: who asks nobody outside is not restarted for an outage. */
export function heartbeat(now: () => number = () => performance.now()): Heartbeat {
  let beat = now();
  let stalled: { readonly at: number; readonly ms: number } | null = null;
  const look = (): number => {
    const late = now() - beat - beatEveryMs;
    if (late > lateMs) stalled = { at: now(), ms: late };
    return late;
  };
  const timer = setInterval(() => {
    look();
    beat = now();
  }, beatEveryMs).unref();
  return {
    fault() {
      look();
      return stalled !== null && now() - stalled.at < rememberedMs ? `the event loop stood still for ${Math.round(stalled.ms / 1000)} s` : null;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

const fullRatio = 0.85;

interface Memory {
  readonly heapUsed: number;
  readonly heapLimit: number;
  readonly resident: number;
  /** Of the container; 0 without one. */
  readonly constrained: number;
}

/** Null while neither the heap nor the container's memory is nearly full. */
export function memoryFault({ heapUsed, heapLimit, resident, constrained } = memoryOfProcess()): string | null {
  if (heapUsed > fullRatio * heapLimit) return 'the heap is nearly full';
  return constrained > 0 && resident > fullRatio * constrained ? 'the memory is nearly full' : null;
}

function memoryOfProcess(): Memory {
  const { used_heap_size: heapUsed, heap_size_limit: heapLimit } = getHeapStatistics();
  const constrained = process.constrainedMemory();
  // Without a limit some systems answer a number beyond all memory.
  return { heapUsed, heapLimit, resident: process.memoryUsage.rss(), constrained: constrained < Number.MAX_SAFE_INTEGER ? constrained : 0 };
}

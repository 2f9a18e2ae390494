import type { WorkloadOrder } from './workload-order.ts';

/**
 * Where replicas' programs run: as processes of their own (`workloads-as-processes.ts`) or in the emulator's (`workloads-in-process.ts`).
 * The program is the same. Disposing ends all of them at once.
 */
export interface Workloads extends AsyncDisposable {
  launch(order: WorkloadOrder): Workload;
}

/** One start of a program. Its promises never reject. */
export interface Workload {
  /** The port on the loopback, once it listens; pending for ever when it ends before. */
  readonly listening: Promise<number>;
  /** It is gone, for whatever reason. */
  readonly ended: Promise<void>;
  /** Asks it to end, and after `graceMs` ends it; at once where that is 0. */
  stop(graceMs: number): void;
}

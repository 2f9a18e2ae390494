import type { AbortSignal as KernelSignal } from '../kernel/context.ts';

/** The kernel knows a signal only as something that is aborted or not; outside of its tests it is Node's. */
export function nodeSignal(signal: KernelSignal): AbortSignal {
  return signal instanceof AbortSignal ? signal : AbortSignal.any([]);
}

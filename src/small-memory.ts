import { setFlagsFromString } from 'node:v8';

/**
 * For a process that takes webhooks: what it makes is thrown away at once, and memory is what a flood attacks. The space for short-lived
 * objects stays as small as it begins, so it is swept often, and with it the bytes of bodies that were read. V8 looks at this flag each
 * time that it would let that space grow, so it may be set in a process that runs.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

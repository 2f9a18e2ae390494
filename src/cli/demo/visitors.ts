import { setTimeout as sleep } from 'node:timers/promises';
import { ingressGet, type ArmAddress } from './arm-client.ts';

/** People who use a service while it is released. */
export interface Visitors {
  /** Requests so far, and those that were answered with an error or not at all. */
  counts(): { readonly sent: number; readonly failed: number };
  leave(): void;
}

const atATime = 4;
const pauseMs = 60;

/** Some at a time, each with a request after the other through the ingress, until they leave. */
export function visitorsOf(azure: ArmAddress, fqdn: string): Visitors {
  const gone = new AbortController();
  let sent = 0;
  let failed = 0;
  const visit = async (): Promise<void> => {
    while (!gone.signal.aborted) {
      const status = await ingressGet(azure, fqdn).then((answer) => answer.status, () => null);
      sent += 1;
      if (status === null || status >= 500) failed += 1;
      // What they visit keeps the program alive.
      await sleep(pauseMs, undefined, { ref: false });
    }
  };
  for (let one = 0; one < atATime; one += 1) void visit();
  return { counts: () => ({ sent, failed }), leave: () => gone.abort() };
}

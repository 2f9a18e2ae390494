import { atMost } from '../at-most.ts';
import { tenantScope, type TenantId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/ports.ts';
import type { DeliveryPorts } from './deliver.ts';

/** How old an answer may be: it is what is promised of an installation that was suspended. */
const activeForMs = 60_000;
/** Soon, because one that is back has somebody who waits. */
const inactiveForMs = 5000;
/** An answer is waited for so long; without one the work goes on as it did, as it does while GitHub is away. */
const answerMs = 2000;
/** When a job of an installation that is suspended or gone is looked at again. */
const lookAgainMs = 5 * 60_000;

interface Known {
  isActive: boolean;
  askedAt: number;
  isAsking: boolean;
  /** Ends with the answer, or when it is not waited for any more. */
  answer: Promise<unknown>;
}

/**
 * Nothing is done for an installation that is suspended or was removed, one minute after that at the latest: not even in Azure, where
 * GitHub could not refuse it. Its work stays and goes on when the installation is back. @param ask whether it is active.
 */
export function activeInstallations(ask: (installation: number) => Promise<boolean>, guard: DeliveryPorts['guard'], clock: Clock): DeliveryPorts['guard'] {
  const known = new Map<number, Known>();

  async function isActive(tenant: TenantId): Promise<boolean> {
    const { installationId } = tenantScope(tenant);
    const entry = known.get(installationId) ?? { isActive: true, askedAt: -Infinity, isAsking: false, answer: Promise.resolve() };
    known.set(installationId, entry);
    if (!entry.isAsking && clock.now() - entry.askedAt >= (entry.isActive ? activeForMs : inactiveForMs)) {
      Object.assign(entry, { askedAt: clock.now(), isAsking: true });
      const asked = ask(installationId)
        .then((answer) => void (entry.isActive = answer), () => undefined)
        .finally(() => void (entry.isAsking = false));
      entry.answer = atMost(answerMs, asked);
    }
    await entry.answer;
    return entry.isActive;
  }

  return async (context, envelope) => ((await isActive(envelope.tenantId)) ? guard(context, envelope) : { allowed: 'not-now', forMs: lookAgainMs });
}

import { atMost } from '../at-most.ts';
import { tenantScope, type TenantId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/ports.ts';
import type { DeliveryPorts } from './deliver.ts';

const askedEveryMs = 60_000;
/** The first answer is waited for so long; without one the work goes on, as it does while GitHub is away. */
const firstAnswerMs = 2000;
/** When a job of an installation that is suspended or gone is looked at again. */
const lookAgainMs = 5 * 60_000;

interface Known {
  isActive: boolean;
  askedAt: number;
  asking: Promise<unknown> | null;
}

/**
 * Nothing is done for an installation that is suspended or was removed, one minute after that at the latest: not even in Azure, where
 * GitHub could not refuse it. Its work stays and goes on when the installation is back. @param ask whether it is active.
 */
export function activeInstallations(ask: (installation: number) => Promise<boolean>, guard: DeliveryPorts['guard'], clock: Clock): DeliveryPorts['guard'] {
  const known = new Map<number, Known>();

  async function isActive(tenant: TenantId): Promise<boolean> {
    const { installationId } = tenantScope(tenant);
    const found = known.get(installationId);
    const entry = found ?? { isActive: true, askedAt: -Infinity, asking: null };
    known.set(installationId, entry);
    if (entry.asking === null && clock.now() - entry.askedAt >= askedEveryMs) {
      entry.askedAt = clock.now();
      entry.asking = ask(installationId)
        .then((answer) => void (entry.isActive = answer), () => undefined)
        .finally(() => void (entry.asking = null));
    }
    if (found === undefined && entry.asking !== null) await atMost(firstAnswerMs, entry.asking);
    return entry.isActive;
  }

  return async (context, envelope) => ((await isActive(envelope.tenantId)) ? guard(context, envelope) : { allowed: 'not-now', forMs: lookAgainMs });
}

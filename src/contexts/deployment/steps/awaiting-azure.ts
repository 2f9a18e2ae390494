import { HeldBack, Throttled } from '../../../kernel/errors.ts';
import type { RuntimeDeployment } from '../domain/runtime-deployment.ts';
import type { DeploymentPorts } from '../ports.ts';
import { turn, type Turn } from './run.ts';

/** What people notice. A shorter wait is an ordinary one, and no write to GitHub. */
const noticedMs = 20_000;

/** Azure is not asked, because it does not answer or wants to be left alone: said once, and looked at again when it may be asked. Null for everything else. */
export function leftAlone(stored: RuntimeDeployment, error: unknown, now: number): Turn | null {
  const since = error instanceof HeldBack ? error.since : error instanceof Throttled && error.retryAfterMs >= noticedMs ? now : null;
  if (!(error instanceof Throttled) || since === null) return null;
  return turn({ ...stored, awaitsAzureSince: stored.awaitsAzureSince ?? since }, error.retryAfterMs);
}

/**
 * As the next look begins with it. What it still needs is made by other contexts, which cannot look either while Azure is away: people
 * see why it does not come. Otherwise Azure is taken to answer again until the look says that it does not.
 */
export async function awaitingAzure({ outages, clock }: DeploymentPorts, stored: RuntimeDeployment, place: { readonly subscription: string }): Promise<RuntimeDeployment> {
  const needs = stored.state === 'Provisioning' || stored.state === 'Configuring';
  const since = needs ? await outages.since(place) : null;
  return since === null ? answeredAgain(stored, clock.now()) : { ...stored, awaitsAzureSince: stored.awaitsAzureSince ?? since };
}

/** Time in which nobody could look is not held against a deployment. */
function answeredAgain(stored: RuntimeDeployment, now: number): RuntimeDeployment {
  const since = stored.awaitsAzureSince;
  if (since === null) return stored;
  const stoodStill = (clock: number): number => clock + Math.max(0, now - Math.max(since, clock));
  const orNull = (clock: number | null): number | null => (clock === null ? null : stoodStill(clock));
  const services = stored.services.map((one) => ({ ...one, movingSince: orNull(one.movingSince), sentAt: orNull(one.sentAt) }));
  return { ...stored, services, awaitsAzureSince: null, stateSince: stoodStill(stored.stateSince) };
}

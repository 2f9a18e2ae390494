import { Rejected } from '../../../kernel/errors.ts';
import type { ServiceRollout } from '../domain/service-rollout.ts';
import { appOf, type Run } from './run.ts';
import { whyWritten } from './why-written.ts';

/** Ends a revision that serves nobody. False when Azure refuses: it costs replicas, not the deployment. */
export async function ended(run: Run, rollout: ServiceRollout, revision: string): Promise<boolean> {
  try {
    await run.delivery.write(whyWritten(run, rollout), () => run.ports.apps.deactivate(run.tenantId, appOf(run, rollout), revision, run.delivery.signal));
    return true;
  } catch (error) {
    if (error instanceof Rejected) return false;
    throw error;
  }
}

import { hasIngress, repositoryTag } from '../../../kernel/container-app.ts';
import { isMarked } from '../domain/app-view.ts';
import { pinPatch, takeOverPatch } from '../domain/patches.ts';
import type { ServiceRollout } from '../domain/service-rollout.ts';
import { needsPin } from '../domain/start.ts';
import { takenOverAs } from '../domain/take-over.ts';
import { servedBy } from '../domain/traffic.ts';
import { thenDeployed } from '../domain/what-to-do.ts';
import type { Write } from './carry-out.ts';
import { knownApp } from './known-app.ts';
import { appOf, asHeld, declaredService, releaseOf, type Run } from './run.ts';

/** An app that runs as declared gets its tags, and its traffic pinned by name: no write of this makes a revision or moves anybody. */
export function takingOver(run: Run, rollout: ServiceRollout): Write {
  const { ports, tenantId, delivery } = run;
  const service = asHeld(run, rollout);
  const release = releaseOf(run, declaredService(run, rollout));
  const revision = rollout.revision ?? '';
  return {
    isDone: (app) => isMarked(app, release) && !needsPin(app),
    send: async (app) => {
      const id = appOf(run, rollout);
      const revisions = await ports.apps.revisions(tenantId, id, delivery.signal);
      const { value: known } = await knownApp(ports, tenantId, run.deployment.environment, app);
      // Tags must never say of an app what it is not.
      if (takenOverAs({ service, app, revisions, known }) !== revision) return changedMeanwhile(rollout);
      const pin = needsPin(app) ? pinPatch(hasIngress(app) ? servedBy(app, revisions) : null) : null;
      const patch = takeOverPatch({ release, repository: repositoryTag(tenantId), revision, template: service.revisionSuffix, pin });
      return ports.apps.patch(tenantId, id, patch, delivery.signal);
    },
  };
}

function changedMeanwhile({ service }: ServiceRollout): { readonly reason: string; readonly needs: string } {
  return { reason: `Somebody changed the container app ${service} while it was being taken over`, needs: thenDeployed('Look at the plan of another pull request for what differs.') };
}

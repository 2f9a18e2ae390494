import { hasIngress, templateRevision } from '../../../kernel/container-app.ts';
import { liveSecrets } from '../domain/app-view.ts';
import { remakePatch } from '../domain/patches.ts';
import { referencesOf, secretsToSend } from '../domain/secrets.ts';
import { atStep, type Release, type ServiceRollout } from '../domain/service-rollout.ts';
import { servedBy } from '../domain/traffic.ts';
import { carryOut, type Write } from './carry-out.ts';
import { knownApp } from './known-app.ts';
import { appOf, folded, type Fold, type Run } from './run.ts';

/**
 * Azure keeps the newest of the revisions that were ended, and this one is gone. It is made again from its body, under the name that its
 * template has always, beside what serves and without traffic: people come to it by the same steps as to one that was only ended.
 */
export async function remade(run: Run, fold: Fold, rollout: ServiceRollout, taken: Release): Promise<Fold> {
  const name = rollout.previous?.revision ?? '';
  const release = rollout.previous?.release ?? null;
  if (release === null) return staying(fold, rollout, `The previous revision ${name} does not exist any more, and nobody knows what it was made from`);
  const carried = await carryOut(run, rollout, makingAgain(run, rollout, { name, release, taken }), !fold.hasWritten);
  if (carried.end === 'failed') return staying(fold, carried.rollout, `The previous revision ${name} could not be made again: ${carried.reason}`);
  if (carried.end === 'running') return folded(fold, { ...carried.rollout, detail: carried.rollout.detail ?? `Making ${name} again` }, carried);
  const waited = run.ports.clock.now() - (rollout.movingSince ?? run.deployment.stateSince);
  if (waited > run.timing.gateMs) return staying(fold, carried.rollout, `Azure does not make the previous revision ${name} again`);
  return folded(fold, { ...carried.rollout, detail: `Waiting for ${name}` }, { againMs: run.timing.lookMs });
}

/** There is no way back for it: what serves goes on serving. */
export function staying(fold: Fold, rollout: ServiceRollout, why: string): Fold {
  const kept = folded(fold, atStep(rollout, 'kept', why));
  return { ...kept, deployment: { ...kept.deployment, needs: `What serves of ${rollout.service} stays. Merge a fix, or set its traffic by hand.` } };
}

interface Making {
  readonly name: string;
  readonly release: Release;
  readonly taken: Release;
}

function makingAgain(run: Run, rollout: ServiceRollout, { name, release, taken }: Making): Write {
  const { ports, tenantId, delivery } = run;
  return {
    isDone: (app) => templateRevision(app) === name,
    send: async (app) => {
      const revisions = await ports.apps.revisions(tenantId, app.id, delivery.signal);
      const { value: known } = await knownApp(ports, tenantId, run.deployment.environment, app);
      const secrets = secretsToSend({ declared: referencesOf(release.body), inUse: null, live: liveSecrets(app), known: known.secrets });
      const traffic = hasIngress(app) ? servedBy(app, revisions) : null;
      const patch = remakePatch({ taken: taken.body, release: release.body, live: app.raw, traffic, secrets: 'unknown' in secrets ? null : secrets.send });
      return ports.apps.patch(tenantId, appOf(run, rollout), patch, delivery.signal);
    },
  };
}

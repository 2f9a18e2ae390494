import { tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames } from '../../../kernel/desired-state.ts';
import type { Save } from '../../../kernel/outcome.ts';
import { appliedApp, appliedKey, nothingApplied } from '../domain/applied-app.ts';
import { withBody } from '../domain/applied-body.ts';
import { withGood, withWayBack } from '../domain/ledger.ts';
import { withQuarantined } from '../domain/quarantine.ts';
import type { QuarantineEntry } from '../domain/quarantine-entry.ts';
import type { Previous, Release, ServiceRollout } from '../domain/service-rollout.ts';
import { verdictOf } from '../domain/verdict.ts';
import { knownApp, saveKnown } from './known-app.ts';
import { declaredService, releaseOf, type Run } from './run.ts';

/** A release has passed its last stage. */
export async function recordGood(run: Run, rollout: ServiceRollout): Promise<Save> {
  const { environment, commit } = run.deployment;
  const stored = await run.ports.store.load(appliedKey(run.tenantId, environment, rollout.service), appliedApp);
  const before = stored?.value ?? nothingApplied;
  const { image, revision, configuration, secrets } = rollout;
  const own = releaseOf(run, declaredService(run, rollout));
  // What was adopted keeps the tags of the deployment that applied it.
  const release = before.applied?.digest === own.digest ? before.applied : own;
  const at = new Date(run.ports.clock.now()).toISOString();
  const entry = { image, digest: own.digest, commit, revision: revision ?? '', configuration, secrets, verdict: verdictOf(rollout), at, release };
  return saveKnown(run.tenantId, environment, rollout.service, { version: stored?.version ?? 0 }, withGood(withBody(before, release), entry));
}

/** The app is back at what ran before. `taken`: what it was taken back from. */
export async function recordWayBack(run: Run, rollout: ServiceRollout, { previous, taken, app }: { readonly previous: Previous; readonly taken: Release; readonly app: ObservedApp }): Promise<Save> {
  const { environment } = run.deployment;
  const known = await knownApp(run.ports, run.tenantId, environment, app);
  const back = withWayBack(known.value, previous.release);
  return saveKnown(run.tenantId, environment, rollout.service, known, rollout.failed ? withQuarantined(back, quarantined(run, rollout, taken, app)) : back);
}

function quarantined({ ports, deployment }: Run, { image, failure }: ServiceRollout, { digest, commit }: Release, app: ObservedApp): QuarantineEntry {
  const reason = (failure?.reason ?? deployment.reason ?? 'It was taken back').slice(0, 1000);
  // Where somebody else brought it back before, no write has set the tag.
  const tagged = tagOf(app, tagNames.rolledBack) === digest;
  return { digest, commit, image, reason, at: new Date(ports.clock.now()).toISOString(), tagged };
}

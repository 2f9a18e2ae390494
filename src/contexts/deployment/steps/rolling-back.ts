import { isBusy, tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames } from '../../../kernel/desired-state.ts';
import { Rejected } from '../../../kernel/errors.ts';
import { liveSecrets } from '../domain/app-view.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { restorePatch } from '../domain/patches.ts';
import { inState } from '../domain/runtime-deployment.ts';
import { referencesOf, secretsToSend } from '../domain/secrets.ts';
import { atStep, isInFlight, isLeftOut, type Previous, type Release, type ServiceRollout, type Step } from '../domain/service-rollout.ts';
import { isServed } from '../domain/traffic.ts';
import { carryOut, type Write } from './carry-out.ts';
import { ended } from './end-revision.ts';
import { knownApp, saveKnown } from './known-app.ts';
import { appOf, declaredService, folded, releaseOf, startFold, turn, type Fold, type Run, type Turn } from './run.ts';

const intents: ReadonlySet<Step> = new Set(['creating', 'applying']);
const settled: ReadonlySet<Step> = new Set(['restored', 'kept', 'untouched']);

/**
 * Takes every service of the deployment back to the revision that ran before it. A service that had none keeps its app and its revision
 * as they are, so that a person can read its logs; nothing is ever deleted.
 */
export async function rollingBack(run: Run): Promise<Turn> {
  let fold: Fold = { ...startFold(run), againMs: run.timing.blockedMs };
  for (const rollout of run.deployment.services) {
    if (settled.has(rollout.step)) continue;
    fold = await takenBack(run, fold, rollout);
    if (fold.hasWritten) return turn(fold.deployment, fold.againMs, fold.saves);
  }
  const { deployment } = fold;
  if (!deployment.services.every(({ step }) => settled.has(step))) return turn(deployment, fold.againMs, fold.saves);
  const now = run.ports.clock.now();
  const isRestored = deployment.services.some(({ step }) => step === 'restored');
  const needs = deployment.needs ?? whatNext(deployment.services);
  return turn(inState(deployment, isRestored ? 'RolledBack' : 'Failed', now, { needs }), 0, fold.saves);
}

/** What is refused to one service keeps no other from going back; its own way ends with the time that the state has. */
async function takenBack(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  try {
    return await takeBack(run, fold, rollout);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return folded(fold, { ...rollout, detail: `Azure refuses a step of its way back${inWords(error)}` });
  }
}

function whatNext(services: readonly ServiceRollout[]): string {
  const names = (some: readonly ServiceRollout[]): string => some.slice(0, 5).map(({ service }) => service).join(', ') + (some.length > 5 ? ' and others' : '');
  const went = services.filter(({ failed }) => failed);
  const innocent = services.filter((one) => !one.failed && !isLeftOut(one));
  const logs = services.some((one) => one.step === 'kept' && !isLeftOut(one)) ? 'Where nothing ran before, nothing was taken back: read the logs of the revision. ' : '';
  const fix = went.length === 0 ? 'Merge a fix.' : `Merge a fix of ${names(went)}.`;
  return `${logs}${fix}${innocent.length === 0 ? '' : ` The next deployment brings ${names(innocent)} too.`}`;
}

/** Before the way back begins, the app tells whether the intent ever became a write. */
async function wasNeverWritten(run: Run, rollout: ServiceRollout): Promise<boolean> {
  if (isInFlight(rollout)) return false;
  const app = await run.ports.apps.observe(run.tenantId, appOf(run, rollout), run.delivery.signal);
  return app === null || (!isBusy(app) && isWithout(app, releaseOf(run, declaredService(run, rollout))));
}

function isWithout(app: ObservedApp, { digest, trace }: Release): boolean {
  return tagOf(app, tagNames.digest) !== digest && tagOf(app, tagNames.trace) !== trace;
}

async function takeBack(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  if (!rollout.touched) return folded(fold, atStep(rollout, 'untouched'));
  const { previous } = rollout;
  if (intents.has(rollout.step) && (await wasNeverWritten(run, rollout))) return folded(fold, atStep(rollout, 'untouched', 'Nothing was written'));
  if (previous === null || previous.revision === null) return folded(fold, atStep(rollout, 'kept', 'Nothing ran before it'));
  switch (rollout.step) {
    case 'restoring':
      return restore(run, fold, rollout, previous);
    case 'dismissing':
      return dismiss(run, fold, rollout, previous.revision);
    case 'reviving':
      return revive(run, fold, rollout, previous.revision);
    default:
      return folded(fold, atStep({ ...rollout, gate: { successes: 0, restarts: null } }, 'reviving'), { againMs: 0 });
  }
}

/** The previous revision has to run before it gets the traffic; during a rollout it never stopped. */
async function revive(run: Run, fold: Fold, rollout: ServiceRollout, name: string): Promise<Fold> {
  const { apps } = run.ports;
  const revision = await apps.revision(run.tenantId, appOf(run, rollout), name, run.delivery.signal);
  if (revision === null) return folded(fold, atStep(rollout, 'kept', `The previous revision ${name} does not exist any more`));
  if (!revision.active) {
    run.delivery.assertLeaseHeld();
    await apps.activate(run.tenantId, appOf(run, rollout), name, run.delivery.signal);
    return folded(fold, { ...rollout, detail: `Starting ${name}` }, { wrote: true, againMs: run.timing.lookMs });
  }
  const isReady = revision.containers.length > 0 ? revision.containers.every(({ ready }) => ready) : revision.runningState === 'ScaledToZero';
  const waited = run.ports.clock.now() - run.deployment.stateSince;
  if (isReady || waited > run.timing.gateMs) return folded(fold, atStep(rollout, 'restoring'), { againMs: 0 });
  return folded(fold, { ...rollout, detail: `Waiting for ${name}` }, { againMs: run.timing.lookMs });
}

async function restore(run: Run, fold: Fold, rollout: ServiceRollout, previous: Previous): Promise<Fold> {
  const carried = await carryOut(run, rollout, wayBack(run, rollout, previous), !fold.hasWritten);
  if (carried.end === 'running') return folded(fold, carried.rollout, carried);
  if (carried.end === 'done') return folded(fold, atStep(carried.rollout, 'dismissing'), { saves: await forgetFailed(run, rollout, previous, carried.app), againMs: 0 });
  if (previous.release !== null) return folded(fold, { ...atStep(carried.rollout, 'restoring'), previous: { ...previous, release: null } }, { againMs: 0 });
  const kept = folded(fold, atStep(carried.rollout, 'kept', `The traffic could not be taken back: ${carried.reason}`));
  return { ...kept, deployment: { ...kept.deployment, needs: `Set the traffic of ${rollout.service} to ${previous.revision} by hand.` } };
}

function wayBack(run: Run, rollout: ServiceRollout, previous: Previous): Write {
  const release = releaseOf(run, declaredService(run, rollout));
  const isBack = (app: ObservedApp): boolean => previous.traffic === null || isServed(app, previous.traffic);
  return {
    // Either the way back is on the app, or the release is not.
    isDone: (app) => isBack(app) && ((rollout.failed && tagOf(app, tagNames.rolledBack) === release.digest) || isWithout(app, release)),
    send: async (app) => {
      const { value: known } = await knownApp(run.ports, run.tenantId, run.deployment.environment, app);
      const declared = referencesOf(previous.release?.body ?? release.body);
      const secrets = secretsToSend({ declared, inUse: null, live: liveSecrets(app), known: [...known.secrets, ...referencesOf(release.body)] });
      const patch = restorePatch({ failed: release, isQuarantined: rollout.failed, previous, secrets: 'unknown' in secrets ? null : secrets.send });
      return run.ports.apps.patch(run.tenantId, appOf(run, rollout), patch, run.delivery.signal);
    },
  };
}

async function forgetFailed(run: Run, rollout: ServiceRollout, previous: Previous, app: ObservedApp): Promise<Fold['saves']> {
  const { environment } = run.deployment;
  const known = await knownApp(run.ports, run.tenantId, environment, app);
  return [saveKnown(run.tenantId, environment, rollout.service, known, { ...known.value, applied: previous.release ?? known.value.applied, good: previous.release ?? known.value.good })];
}

async function dismiss(run: Run, fold: Fold, rollout: ServiceRollout, previous: string): Promise<Fold> {
  const name = rollout.revision ?? '';
  const detail = `${previous} serves again`;
  if (name === previous) return folded(fold, atStep(rollout, 'restored', detail));
  const revision = await run.ports.apps.revision(run.tenantId, appOf(run, rollout), name, run.delivery.signal);
  if (revision === null || !revision.active || revision.trafficWeight > 0) return folded(fold, atStep(rollout, 'restored', detail));
  const isDone = await ended(run, rollout, name);
  return isDone ? folded(fold, { ...rollout, detail: `Ended ${name}` }, { wrote: true, againMs: 0 }) : folded(fold, atStep(rollout, 'restored', detail));
}

import { isBusy, tagOf, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import { tagNames } from '../../../kernel/desired-state.ts';
import { Rejected } from '../../../kernel/errors.ts';
import type { AppliedApp } from '../domain/applied-app.ts';
import { liveSecrets, revisionMadeBy } from '../domain/app-view.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { restorePatch } from '../domain/patches.ts';
import { referencesOf, secretsFor, secretsToSend, type SecretList } from '../domain/secrets.ts';
import { atStep, goesForward, isDivided, isGoingBack, isInFlight, type PinnedTraffic, type Previous, type Release, type ServiceRollout, type Step } from '../domain/service-rollout.ts';
import { isServed, servedWithout, weightIn } from '../domain/traffic.ts';
import { carryOut, type Write } from './carry-out.ts';
import { ended } from './end-revision.ts';
import { sentBack } from './failing.ts';
import { knownApp } from './known-app.ts';
import { recordWayBack } from './known-good.ts';
import { remade, staying } from './remaking.ts';
import { appOf, folded, ignoresOf, takenRelease, type Fold, type Run } from './run.ts';
import { unlessDisturbed } from './unless-disturbed.ts';
import { whyWritten } from './why-written.ts';

const intents: ReadonlySet<Step> = new Set(['creating', 'pinning', 'applying']);

/** Ways back that services take by themselves, one write per delivery. */
export async function wayBackOf(run: Run, fold: Fold): Promise<Fold> {
  let after = fold;
  for (const rollout of fold.deployment.services) {
    if (!isGoingBack(rollout) || after.hasWritten) continue;
    after = await unlessDisturbed(run, after, rollout, () => takenBack(run, after, rollout));
  }
  return after;
}

/** For a newer deployment: nobody is left divided between two releases, and what has all of the traffic or none stays as it is. */
export function yielding(run: Run, fold: Fold): Fold {
  const { services } = fold.deployment;
  if (services.some((one) => isInFlight(one) || one.step === 'promoting')) return fold;
  const divided = services.filter((one) => goesForward(one) && isDivided(one));
  return divided.reduce((all, rollout) => folded(all, sentBack(rollout, run.ports.clock.now(), null)), { ...fold, againMs: services.some(isGoingBack) ? fold.againMs : 0 });
}

/** What is refused to one service keeps no other from going back; its own way ends with the time that the state has. */
export async function takenBack(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  try {
    return await takeBack(run, fold, rollout);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return folded(fold, { ...rollout, detail: `Azure refuses a step of its way back${inWords(error)}` });
  }
}

/** Before the way back begins, the app tells whether the intent ever became a write. */
async function wasNeverWritten(run: Run, rollout: ServiceRollout): Promise<boolean> {
  if (isInFlight(rollout)) return false;
  const app = await run.ports.apps.observe(run.tenantId, appOf(run, rollout), run.delivery.signal);
  return app === null || (!isBusy(app) && isWithout(app, takenRelease(run, rollout)));
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
      return revive(run, fold, rollout, { ...previous, revision: previous.revision });
    default:
      return folded(fold, atStep({ ...rollout, movingSince: run.ports.clock.now(), gate: { successes: 0, restarts: null } }, 'reviving'), { againMs: 0 });
  }
}

/** The previous revision has to run before it gets the traffic; during a rollout it never stopped. */
async function revive(run: Run, fold: Fold, rollout: ServiceRollout, previous: Previous & { readonly revision: string }): Promise<Fold> {
  const { apps } = run.ports;
  const name = previous.revision;
  const revision = await apps.revision(run.tenantId, appOf(run, rollout), name, run.delivery.signal);
  if (revision === null) return remade(run, fold, rollout, takenRelease(run, rollout));
  if (!revision.active) {
    await run.delivery.write(whyWritten(run, rollout), () => apps.activate(run.tenantId, appOf(run, rollout), name, run.delivery.signal));
    return folded(fold, { ...rollout, detail: `Starting ${name}` }, { wrote: true, againMs: run.timing.lookMs });
  }
  const waited = run.ports.clock.now() - (rollout.movingSince ?? run.deployment.stateSince);
  const ready = isReady(revision);
  if (!ready && waited <= run.timing.gateMs) return folded(fold, { ...rollout, detail: `Waiting for ${name}` }, { againMs: run.timing.lookMs });
  if (!ready && (await isWorthKeeping(run, rollout))) return staying(fold, rollout, `The previous revision ${name} does not become ready`);
  return folded(fold, { ...atStep(rollout, 'restoring'), previous: await reachable(run, rollout, previous) }, { againMs: 0 });
}

function isReady({ containers, runningState }: ObservedRevision): boolean {
  return containers.length > 0 ? containers.every(({ ready }) => ready) : runningState === 'ScaledToZero';
}

/** What serves is not left for what does not run: a release that fails and answers is better than none. Without users nothing is left. */
async function isWorthKeeping(run: Run, rollout: ServiceRollout): Promise<boolean> {
  if (rollout.taken !== null) return true;
  const own = await run.ports.apps.revision(run.tenantId, appOf(run, rollout), rollout.revision ?? '', run.delivery.signal);
  return own !== null && own.active && own.trafficWeight > 0 && own.containers.some(({ ready }) => ready);
}

/** Without what is gone since: Azure takes no weights for it, and the way back must not hang on a revision that somebody removed. */
async function reachable(run: Run, rollout: ServiceRollout, previous: Previous & { readonly revision: string }): Promise<Previous> {
  const { traffic, revision } = previous;
  if (traffic === null || traffic.length < 2) return previous;
  const revisions = await run.ports.apps.revisions(run.tenantId, appOf(run, rollout), run.delivery.signal);
  const isThere = ({ revision: name, weight }: PinnedTraffic): boolean => revisions.some((one) => one.name === name && (one.active || weight === 0));
  const gone = new Set(traffic.filter((one) => !isThere(one)).map((one) => one.revision));
  if (gone.size === 0) return previous;
  return { ...previous, traffic: [...(servedWithout(traffic, gone) ?? [{ revision, weight: 100, label: null }])] };
}

async function restore(run: Run, fold: Fold, rollout: ServiceRollout, previous: Previous): Promise<Fold> {
  const carried = await carryOut(run, rollout, wayBack(run, rollout, previous), !fold.hasWritten);
  if (carried.end === 'running') return folded(fold, carried.rollout, carried);
  if (carried.end === 'done') {
    const weight = weightIn(carried.app.traffic, rollout.revision ?? '');
    return folded(fold, { ...atStep(carried.rollout, 'dismissing'), weight }, { saves: [await recordWayBack(run, rollout, { previous, taken: takenRelease(run, rollout), app: carried.app })], againMs: 0 });
  }
  if (previous.release !== null) return folded(fold, { ...atStep(carried.rollout, 'restoring'), previous: { ...previous, release: null } }, { againMs: 0 });
  const kept = folded(fold, atStep(carried.rollout, 'kept', `The traffic could not be taken back: ${carried.reason}`));
  return { ...kept, deployment: { ...kept.deployment, needs: `Set the traffic of ${rollout.service} to ${previous.revision} by hand.` } };
}

function wayBack(run: Run, rollout: ServiceRollout, previous: Previous): Write {
  const release = takenRelease(run, rollout);
  const isBack = (app: ObservedApp): boolean => previous.traffic === null || isServed(app, previous.traffic);
  return {
    // Either the way back is on the app, or the release is not.
    isDone: (app) => isBack(app) && ((rollout.failed && tagOf(app, tagNames.rolledBack) === release.digest) || isWithout(app, release)),
    send: async (app) => {
      const { value: known } = await knownApp(run.ports, run.tenantId, run.deployment.environment, app);
      const secrets = await secretsBack(run, rollout, { previous, app, known });
      const patch = restorePatch({ failed: release, isQuarantined: rollout.failed, previous, live: app.raw, ignores: ignoresOf(run, rollout), secrets: 'unknown' in secrets ? null : secrets.send });
      return run.ports.apps.patch(run.tenantId, appOf(run, rollout), patch, run.delivery.signal);
    },
  };
}

interface BackFacts {
  readonly previous: Previous;
  readonly app: ObservedApp;
  readonly known: AppliedApp;
}

/** All of them stay, for the revision that is left behind as well. One that Azure never made needs none, and without a next release nobody would take its secrets away. */
async function secretsBack(run: Run, rollout: ServiceRollout, { previous, app, known }: BackFacts): Promise<SecretList> {
  const release = takenRelease(run, rollout);
  const body = previous.release?.body ?? release.body;
  const declared = referencesOf(body);
  const live = liveSecrets(app);
  const brought = referencesOf(release.body).filter(({ name }) => !declared.some((one) => one.name === name) && live.some((one) => one.name === name));
  if (brought.length > 0) {
    const revisions = await run.ports.apps.revisions(run.tenantId, appOf(run, rollout), run.delivery.signal);
    if (revisions.every(({ name }) => name !== revisionMadeBy(rollout.service, release))) return secretsFor({ app, body, known, revisions });
  }
  return secretsToSend({ declared, inUse: null, live, known: [...known.secrets, ...referencesOf(release.body)] });
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

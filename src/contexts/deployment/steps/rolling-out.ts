import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { hasIngress, isForeign, repositoryTag, type ObservedApp } from '../../../kernel/container-app.ts';
import { isMarked, revisionName } from '../domain/app-view.ts';
import { applyPatch, createBody, pinPatch } from '../domain/patches.ts';
import { blamed, inState } from '../domain/runtime-deployment.ts';
import { secretsFor, unknownSecrets } from '../domain/secrets.ts';
import { atStep, isInFlight, isLeftOut, type Release, type ServiceRollout } from '../domain/service-rollout.ts';
import { stageEntered } from '../domain/stage-moves.ts';
import { stageAt } from '../domain/stages.ts';
import { needsPin, trafficBeside } from '../domain/start.ts';
import { runsUnnamed } from '../domain/take-over.ts';
import { servedBy } from '../domain/traffic.ts';
import { carryOut, type Write } from './carry-out.ts';
import { ended } from './end-revision.ts';
import { failing } from './failing.ts';
import { knownApp, saveKnown, withApplied } from './known-app.ts';
import { isToLookAt, looking, urlOf } from './looking.ts';
import { appOf, declaredService, folded, releaseOf, startFold, turn, type Fold, type Run, type Turn } from './run.ts';
import { wayBackOf } from './taking-back.ts';
import { takingOver } from './taking-over.ts';

/** Writes in flight at one time. */
const inFlightLimit = 10;

const unwritten: ReadonlySet<string> = new Set(['waiting', 'creating', 'taking-over', 'pinning', 'applying']);

/** Puts every new revision beside the one that serves. */
export async function rollingOut(run: Run): Promise<Turn> {
  return run.deployment.hold === null && run.deployment.services.some(isToLookAt) ? looking(run) : write(run);
}

async function write(run: Run): Promise<Turn> {
  let fold: Fold = { ...startFold(run), againMs: run.timing.heldLookMs };
  for (const rollout of run.deployment.services) {
    fold = await written(run, fold, rollout);
    if (fold.deployment.state !== run.deployment.state) return turn(fold.deployment, 0, fold.saves);
  }
  fold = await wayBackOf(run, fold);
  const { deployment } = fold;
  if (!run.isPreempted && deployment.services.every(isWritten)) return turn(inState(deployment, 'HealthGating', run.ports.clock.now()), 0, fold.saves);
  return turn(deployment, fold.againMs, fold.saves);
}

function mayWrite({ isPreempted, deployment }: Run): boolean {
  return !isPreempted && deployment.hold === null;
}

function isWritten(one: ServiceRollout): boolean {
  return one.goesBack || !(unwritten.has(one.step) || one.step === 'dismissing');
}

async function written(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  const isOpen = mayWrite(run) && !fold.hasWritten;
  if (rollout.step === 'dismissing' && isLeftOut(rollout)) return isOpen ? dismissed(run, fold, rollout) : fold;
  if (!unwritten.has(rollout.step) || rollout.goesBack) return fold;
  const maySend = isOpen && fold.deployment.services.filter(isInFlight).length < inFlightLimit;
  if (!maySend && !isInFlight(rollout)) return run.deployment.hold === null ? fold : folded(fold, unlooked(rollout));
  const carried = await carryOut(run, rollout, writeOf(run, rollout), maySend);
  if (carried.end === 'failed') {
    const why = { reason: `${rollout.service}: ${carried.reason}`, needs: carried.needs };
    return { ...fold, againMs: 0, deployment: failing(folded(fold, blamed(carried.rollout, carried.reason)).deployment, [rollout.service], run.ports.clock.now(), why) };
  }
  return carried.end === 'done' ? finished(run, fold, carried.rollout, carried.app) : folded(fold, carried.rollout, carried);
}

/** A hold may last for days, in which a person changes what there is: what was not sent is looked at again after it. */
function unlooked(rollout: ServiceRollout): ServiceRollout {
  return rollout.sent === 0 ? atStep(rollout, 'waiting') : rollout;
}

/** The store was lost while it was taken back: its revision still runs beside the one that serves. */
async function dismissed(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  await ended(run, rollout, rollout.revision ?? '');
  return folded(fold, { ...rollout, step: 'kept' }, { wrote: true, againMs: 0 });
}

async function finished(run: Run, fold: Fold, rollout: ServiceRollout, app: ObservedApp): Promise<Fold> {
  if (rollout.step === 'pinning') return folded(fold, { ...atStep(rollout, 'applying'), touched: true }, { againMs: 0 });
  const { ports, tenantId, deployment } = run;
  const service = declaredService(run, rollout);
  const known = await knownApp(ports, tenantId, deployment.environment, app);
  const save = saveKnown(tenantId, deployment.environment, service.name, known, withApplied(known.value, releaseOf(run, service)));
  const { stages, weight } = rollout;
  // The revision of a template that was there before may serve some already, and then it is further than the first stage.
  const stage = stages[0]?.weight === weight ? 0 : stageAt(stages, weight);
  const entered = stageEntered(rollout, { stage, weight, at: ports.clock.now() });
  return folded(fold, { ...entered, url: urlOf(app, service) }, { saves: [save], againMs: 0 });
}

function writeOf(run: Run, rollout: ServiceRollout): Write {
  if (rollout.step === 'taking-over') return takingOver(run, rollout);
  const service = declaredService(run, rollout);
  const release = releaseOf(run, service);
  const { apps } = run.ports;
  const { signal } = run.delivery;
  const id = appOf(run, rollout);
  if (rollout.step === 'pinning') {
    return {
      isDone: (app) => !needsPin(app),
      send: async (app) => {
        const served = hasIngress(app) ? servedBy(app, await apps.revisions(run.tenantId, id, signal)) : null;
        return apps.patch(run.tenantId, id, pinPatch(served), signal);
      },
    };
  }
  return {
    isDone: (app) => isMarked(app, release) && (rollout.sent > 0 || isAsSent(app, release)),
    create: () => apps.create(run.tenantId, id, createBody(release, repositoryTag(run.tenantId), revisionName(service)), signal),
    send: async (app) => {
      if (isForeign(app, run.tenantId, run.deployment.environment)) return taken;
      const { value: known } = await knownApp(run.ports, run.tenantId, run.deployment.environment, app);
      const revisions = await apps.revisions(run.tenantId, id, signal);
      const secrets = secretsFor({ app, body: release.body, known, revisions });
      if ('unknown' in secrets) return unknownSecrets(secrets);
      const lastApplied = known.applied?.body ?? null;
      const previous = known.good?.commit ?? null;
      const patch = applyPatch({ release, previous, lastApplied, live: app.raw, repository: repositoryTag(run.tenantId), traffic: trafficBeside(app, service, revisions, isPreviewed(rollout)), secrets: secrets.send, keepsTemplate: rollout.takenOver !== null && runsUnnamed({ service, app }) });
      return apps.patch(run.tenantId, id, patch, signal);
    },
  };
}

/** Drift that was found by a scan after the release itself is corrected under the same trace: then the marks are those of the first write. */
function isAsSent({ raw }: ObservedApp, { body }: Release): boolean {
  return compareThreeWay({ lastApplied: null, desired: body, live: raw }).length === 0;
}

/** Blue-green has an address before it has traffic. */
function isPreviewed({ strategy, stages }: ServiceRollout): boolean {
  return strategy === 'blue-green' && stages[0]?.weight === 0;
}

const taken = { reason: 'The container app is managed by another repository or environment', needs: 'Give the service another name or resource group.' };

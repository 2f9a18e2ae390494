import { tagNames } from '../../../kernel/desired-state.ts';
import { isForeign, repositoryTag, tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { Rejected } from '../../../kernel/errors.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { thenDeployed } from '../domain/what-to-do.ts';
import { hasIngress, revisionName } from '../domain/app-view.ts';
import { nothingApplied } from '../domain/applied-app.ts';
import { applyPatch, createBody, pinPatch } from '../domain/patches.ts';
import { broughtAll, inState } from '../domain/runtime-deployment.ts';
import { secretsFor, unknownSecrets } from '../domain/secrets.ts';
import { atStep, isInFlight, isLeftOut, leftOut, type ServiceRollout } from '../domain/service-rollout.ts';
import { needsPin, startOf, trafficBeside, type Start } from '../domain/start.ts';
import { servedBy } from '../domain/traffic.ts';
import { carryOut, type Write } from './carry-out.ts';
import { ended } from './end-revision.ts';
import { knownApp, saveKnown, withApplied } from './known-app.ts';
import type { Save } from '../../../kernel/outcome.ts';
import { appOf, backOutOf, declaredService, folded, releaseOf, startFold, turn, type Fold, type Run, type Turn } from './run.ts';

/** Services looked at in one delivery, and writes in flight at one time. */
const lookedAt = 20;
const inFlightLimit = 10;

/** Every service is looked at before the first write, so that a refusal leaves everything as it was. */
export async function rollingOut(run: Run): Promise<Turn> {
  const waiting = run.deployment.services.filter(({ step }) => step === 'waiting');
  return waiting.length > 0 ? lookAt(run, waiting.slice(0, lookedAt)) : write(run);
}

async function lookAt(run: Run, waiting: readonly ServiceRollout[]): Promise<Turn> {
  let fold: Fold = { ...startFold(run), againMs: 0 };
  for (const rollout of waiting) {
    const { start, saves } = await look(run, rollout).catch((error: unknown) => refused(rollout, error));
    if (start.do === 'refuse' && !rollout.mayStay) return turn(backOutOf(fold.deployment, rollout, run.ports.clock.now(), start));
    if (start.do === 'look-again') return turn(folded(fold, { ...rollout, detail: start.detail }).deployment, run.timing.lookMs, fold.saves);
    fold = folded(fold, started(rollout, start), { saves });
  }
  const { deployment } = fold;
  if (deployment.services.some(({ step }) => step === 'waiting')) return turn(deployment, fold.againMs, fold.saves);
  if (deployment.services.every(isLeftOut)) return turn(broughtAll(deployment, run.ports.clock.now()));
  return turn({ ...deployment, services: deployment.services.map(intended) }, fold.againMs, fold.saves);
}

/** Nothing was refused, so from here on there may be something to take back. */
function intended(rollout: ServiceRollout): ServiceRollout {
  return ['creating', 'applying', 'gating', 'promoted'].includes(rollout.step) ? { ...rollout, touched: true } : rollout;
}

interface Look {
  readonly start: Start;
  readonly saves: readonly Save[];
}

async function look(run: Run, rollout: ServiceRollout): Promise<Look> {
  const { ports, tenantId, delivery } = run;
  const service = declaredService(run, rollout);
  const app = await ports.apps.observe(tenantId, appOf(run, rollout), delivery.signal);
  const environment = run.deployment.environment;
  if (app === null) return { start: startOf({ tenantId, environment, service, app, revisions: [], known: nothingApplied, isRecovered: false }), saves: [] };
  const revisions = await ports.apps.revisions(tenantId, app.id, delivery.signal);
  const known = await knownApp(ports, tenantId, environment, app);
  const isRecovered = known.version === 0 && known.value.applied !== null;
  const start = startOf({ tenantId, environment, service, app, revisions, known: known.value, isRecovered });
  return { start, saves: isRecovered && start.do === 'nothing' ? [saveKnown(tenantId, environment, service.name, known, known.value)] : [] };
}

/** Refused to one, it is no matter of the others. */
function refused({ service }: ServiceRollout, error: unknown): Look {
  if (!(error instanceof Rejected)) throw error;
  const needs = thenDeployed(`Look at the container app ${service} in the Azure portal.`);
  return { start: { do: 'refuse', reason: `Azure refuses to show the container app ${service}${inWords(error)}`, needs }, saves: [] };
}

function started(rollout: ServiceRollout, start: Exclude<Start, { do: 'look-again' }>): ServiceRollout {
  if (start.do === 'create') return atStep(rollout, 'creating');
  // Judged before it is left out, so that nobody asks again by accident.
  if (start.do === 'refuse') return leftOut({ ...rollout, failed: true }, start);
  const begun = { ...rollout, previous: start.previous };
  switch (start.do) {
    case 'nothing':
      return atStep(begun, 'unchanged', 'Already runs as declared');
    case 'adopt':
      return atStep(begun, 'gating');
    case 'retire':
      return atStep(begun, 'promoted');
    case 'leave-out':
      return leftOut({ ...begun, failed: true }, start);
    case 'dismiss':
      return { ...leftOut({ ...begun, failed: true }, start), step: 'dismissing' };
    case 'pin':
      return atStep(begun, 'pinning');
    case 'apply':
      return atStep(begun, 'applying');
  }
}

async function write(run: Run): Promise<Turn> {
  let fold = startFold(run);
  for (const rollout of run.deployment.services) {
    if (rollout.step === 'dismissing' && !fold.hasWritten && !run.isPreempted) fold = await dismissed(run, fold, rollout);
    if (!['creating', 'pinning', 'applying'].includes(rollout.step)) continue;
    const busy = fold.deployment.services.filter(isInFlight).length;
    const maySend = !fold.hasWritten && !run.isPreempted && busy < inFlightLimit;
    if (!maySend && !isInFlight(rollout)) continue;
    const carried = await carryOut(run, rollout, writeOf(run, rollout), maySend);
    if (carried.end === 'failed') {
      const reason = `${rollout.service}: ${carried.reason}`;
      return turn(backOutOf(folded(fold, carried.rollout).deployment, rollout, run.ports.clock.now(), { reason, needs: carried.needs }), 0, fold.saves);
    }
    fold = carried.end === 'done' ? await finished(run, fold, carried.rollout, carried.app) : folded(fold, carried.rollout, carried);
  }
  const ready = fold.deployment.services.every(({ step }) => step === 'gating' || step === 'promoted' || step === 'unchanged' || step === 'kept');
  return ready ? turn(inState(fold.deployment, 'HealthGating', run.ports.clock.now()), 0, fold.saves) : turn(fold.deployment, fold.againMs, fold.saves);
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
  return folded(fold, { ...atStep(rollout, 'gating'), url: urlOf(app, service.ingress?.external ?? false) }, { saves: [save], againMs: 0 });
}

function urlOf({ fqdn }: ObservedApp, isExternal: boolean): string | null {
  return isExternal && fqdn !== null ? `https://${fqdn}` : null;
}

function writeOf(run: Run, rollout: ServiceRollout): Write {
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
    isDone: (app) => tagOf(app, tagNames.digest) === release.digest && tagOf(app, tagNames.trace) === release.trace,
    create: () => apps.create(run.tenantId, id, createBody(release, repositoryTag(run.tenantId), revisionName(service)), signal),
    send: async (app) => {
      if (isForeign(app, run.tenantId, run.deployment.environment)) return taken;
      const { value: known } = await knownApp(run.ports, run.tenantId, run.deployment.environment, app);
      const revisions = await apps.revisions(run.tenantId, id, signal);
      const secrets = secretsFor({ app, body: release.body, known, revisions });
      if ('unknown' in secrets) return unknownSecrets(secrets);
      const lastApplied = known.applied?.body ?? null;
      const previous = known.good?.commit ?? null;
      const patch = applyPatch({ release, previous, lastApplied, repository: repositoryTag(run.tenantId), traffic: trafficBeside(app, service, revisions), secrets: secrets.send });
      return apps.patch(run.tenantId, id, patch, signal);
    },
  };
}

const taken = { reason: 'The container app is managed by another repository or environment', needs: 'Give the service another name or resource group.' };

import { honoured } from '../../../kernel/comparison/honoured.ts';
import { tagOf, type ObservedApp, type ObservedRevision } from '../../../kernel/container-app.ts';
import { tagNames, type ContainerAppBody, type DesiredService } from '../../../kernel/desired-state.ts';
import { Rejected } from '../../../kernel/errors.ts';
import type { Save } from '../../../kernel/outcome.ts';
import { asItRuns, runningAs, takenOverRevision } from '../../../kernel/taken-over.ts';
import { nothingApplied } from '../domain/applied-app.ts';
import { revisionName } from '../domain/app-view.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { broughtAll } from '../domain/runtime-deployment.ts';
import { atStep, isLeftOut, leftOut, type Previous, type ServiceRollout } from '../domain/service-rollout.ts';
import { stageAt, stagesFrom } from '../domain/stages.ts';
import { servesBeside, startOf, trafficBeside, type Start } from '../domain/start.ts';
import { strayOf } from '../domain/stray.ts';
import { weightIn } from '../domain/traffic.ts';
import { thenDeployed } from '../domain/what-to-do.ts';
import { entryFromGit } from './entry-from-git.ts';
import { failing } from './failing.ts';
import { knownApp, saveKnown } from './known-app.ts';
import { appOf, folded, asHeld, inGit, startFold, turn, warmOf, type Fold, type Run, type Turn } from './run.ts';

/** Services looked at in one delivery. */
const lookedAt = 20;

/** Every service is looked at before the first write, so that a refusal leaves everything as it was. What is looked at has its plan of stages. */
export async function looking(run: Run): Promise<Turn> {
  let fold: Fold = { ...startFold(run), againMs: 0 };
  const now = run.ports.clock.now();
  for (const rollout of run.deployment.services.filter(isToLookAt).slice(0, lookedAt)) {
    const seen = await look(run, rollout).catch((error: unknown) => refused(rollout, error));
    const { start } = seen;
    if (start.do === 'refuse' && !rollout.mayStay && !rollout.independent) return turn(failing(fold.deployment, [rollout.service], now, start));
    if (start.do === 'look-again') return turn(folded(fold, { ...rollout, detail: start.detail }).deployment, run.timing.lookMs, fold.saves);
    fold = folded(fold, started(rollout, start, { ...seen, service: runningAs(asHeld(run, { ...rollout, held: seen.held }), seen.takenOver), now }), { saves: seen.saves });
  }
  const { deployment } = fold;
  if (deployment.services.some(isToLookAt)) return turn(deployment, fold.againMs, fold.saves);
  if (deployment.services.every(isLeftOut)) return turn(broughtAll(deployment, now));
  return turn({ ...deployment, services: deployment.services.map(intended) }, fold.againMs, fold.saves);
}

export function isToLookAt({ step, goesBack }: ServiceRollout): boolean {
  return step === 'waiting' && !goesBack;
}

/** Nothing was refused, so from here on there may be something to take back. */
function intended(rollout: ServiceRollout): ServiceRollout {
  return !rollout.goesBack && ['creating', 'applying', 'gating', 'promoted'].includes(rollout.step) ? { ...rollout, touched: true } : rollout;
}

interface Look {
  readonly start: Start;
  /** Percent of the traffic that its revision has with the write that makes it; what an app without ingress does goes to it alone. */
  readonly own: number;
  readonly url: string | null;
  /** Name of its revision, where that does not follow from its template. */
  readonly takenOver: string | null;
  /** Its body, where what is live at places of others makes it another than Git's. */
  readonly held: ContainerAppBody | null;
  readonly stray: string | null;
  readonly saves: readonly Save[];
}

/** Nothing about the app makes its service another than Git's. */
const asInGit = { takenOver: null, held: null, stray: null } as const;

async function look(run: Run, rollout: ServiceRollout): Promise<Look> {
  const { ports, tenantId, delivery } = run;
  const app = await ports.apps.observe(tenantId, appOf(run, rollout), delivery.signal);
  const git = inGit(run, rollout);
  const declared = honoured(git, app?.raw ?? null);
  const service = app === null ? declared : asItRuns(declared, app);
  const environment = run.deployment.environment;
  const facts = { tenantId, environment, service, warm: warmOf(run, rollout) };
  if (app === null) return { start: startOf({ ...facts, app, revisions: [], known: nothingApplied, isRecovered: false }), own: 100, url: null, ...asInGit, saves: [] };
  const revisions = await ports.apps.revisions(tenantId, app.id, delivery.signal);
  const known = await knownApp(ports, tenantId, environment, app);
  const isRecovered = known.version === 0 && known.value.applied !== null;
  const found = startOf({ ...facts, app, revisions, known: known.value, isRecovered });
  const start = isRecovered && found.do === 'adopt' ? await withServedBefore(run, app, revisions, found) : found;
  const isToKeep = known.isLifted || (isRecovered && start.do === 'nothing');
  const takenOver = start.do === 'take-over' ? start.revision : takenOverRevision(declared, app);
  const own = start.do === 'take-over' ? 100 : ownWeight(app, service, revisions);
  const held = declared === git ? null : declared.app;
  return { start, own, url: urlOf(app, service), takenOver, held, stray: strayTakenBack(start, { service, app, revisions }), saves: isToKeep ? [saveKnown(tenantId, environment, service.name, known, known.value)] : [] };
}

/** What is not written to keeps what somebody made of it: that is drift, and told. */
function strayTakenBack({ do: first }: Start, facts: Parameters<typeof strayOf>[0]): string | null {
  return first === 'apply' || first === 'pin' ? strayOf(facts) : null;
}

/** What served before it, by the app's tag, when nobody remembers: it has all of the traffic, and the other still runs. */
async function withServedBefore<Adopted extends { readonly previous: Previous }>(run: Run, app: ObservedApp, revisions: readonly ObservedRevision[], start: Adopted): Promise<Adopted> {
  if (start.previous.revision !== null) return start;
  const { ports, tenantId, deployment } = run;
  const commit = tagOf(app, tagNames.previous);
  const isActive = (name: string): boolean => revisions.some((one) => one.name === name && one.active);
  const entry = await entryFromGit(ports, { tenantId, environment: deployment.environment, service: app.id.name, commit, app }, ({ revision }) => isActive(revision));
  if (entry === null) return start;
  const { revision, release } = entry;
  return { ...start, previous: { revision, traffic: app.traffic.length === 0 ? null : [{ revision, weight: 100, label: null }], release } };
}

function ownWeight(app: ObservedApp, service: DesiredService, revisions: readonly ObservedRevision[]): number {
  const beside = trafficBeside(app, service, revisions, false);
  return beside === null ? 100 : weightIn(beside, revisionName(service));
}

/** Refused to one, it is no matter of the others. */
function refused({ service }: ServiceRollout, error: unknown): Look {
  if (!(error instanceof Rejected)) throw error;
  const needs = thenDeployed(`Look at the container app ${service} in the Azure portal.`);
  return { start: { do: 'refuse', reason: `Azure refuses to show the container app ${service}${inWords(error)}`, needs }, own: 0, url: null, ...asInGit, saves: [] };
}

interface Seen extends Pick<Look, 'own' | 'url' | 'takenOver' | 'held' | 'stray'> {
  readonly service: DesiredService;
  readonly now: number;
}

function started(rollout: ServiceRollout, start: Exclude<Start, { do: 'look-again' }>, seen: Seen): ServiceRollout {
  // Judged before it is left out, so that nobody asks again by accident.
  if (start.do === 'refuse') return leftOut({ ...rollout, failed: true }, start);
  if (start.do === 'create') return atStep(planned(rollout, null, seen), 'creating');
  const begun = planned({ ...rollout, previous: start.previous }, start.previous, seen);
  switch (start.do) {
    case 'nothing':
      return atStep({ ...begun, ...atLast(begun) }, 'unchanged', 'Already runs as declared');
    case 'adopt':
      return { ...atStep(begun, 'gating'), stage: stageAt(begun.stages, seen.own), stageSince: seen.now };
    case 'retire':
      return { ...atStep(begun, 'promoted'), ...atLast(begun) };
    case 'leave-out':
      return leftOut({ ...begun, failed: true }, start);
    case 'dismiss':
      return { ...leftOut({ ...begun, failed: true }, start), step: 'dismissing' };
    case 'take-over':
      return atStep(begun, 'taking-over');
    case 'pin':
      return atStep(begun, 'pinning');
    case 'apply':
      return atStep(begun, 'applying');
  }
}

function planned(rollout: ServiceRollout, previous: Previous | null, { service, own, url, takenOver, held, stray }: Seen): ServiceRollout {
  return { ...rollout, url, takenOver, held, stray, revision: revisionName(service), stages: stagesFrom(service, { servesAlready: servesBeside(previous, service), own }), weight: own };
}

/** The app's own address, when it can be reached from outside. */
export function urlOf({ fqdn }: ObservedApp, { ingress }: Pick<DesiredService, 'ingress'>): string | null {
  return ingress?.external === true && fqdn !== null ? `https://${fqdn}` : null;
}

function atLast({ stages }: ServiceRollout): Pick<ServiceRollout, 'stage'> {
  return { stage: Math.max(0, stages.length - 1) };
}

import { compareThreeWay } from '../../kernel/comparison/compare.ts';
import { appId, isForeign, type ObservedApp } from '../../kernel/container-app.ts';
import { tagNames, type DesiredEnvironment, type DesiredService } from '../../kernel/desired-state.ts';
import { takenOverAsItRuns, type Change, type Effect, type FieldDifference, type Planner, type PlanPart, type PlanRequest, type Risk } from '../../kernel/plan.ts';
import { inBatches } from '../../kernel/in-batches.ts';
import { asItRuns } from '../../kernel/taken-over.ts';
import { isAdopted } from './domain/app-view.ts';
import { shortImage, summaryOf } from './domain/change-summary.ts';
import { goneForGood } from './domain/gone-for-good.ts';
import { isQuarantined, quarantineWords } from './domain/quarantine.ts';
import { reappliedChange } from './domain/reapplied-change.ts';
import { needsPin } from './domain/start.ts';
import { maybeTakenOver, runningIn, takenOverAs, type TakeOverFacts } from './domain/take-over.ts';
import type { DeploymentPorts } from './ports.ts';
import { knownApp } from './steps/known-app.ts';

type PlanPorts = Pick<DeploymentPorts, 'apps' | 'store' | 'desired' | 'clock'>;

/** Azure throttles a burst of reads. */
const together = 8;

/** What the deployment of a pull request would do, service by service, compared with what runs. Changes nothing. */
export function planDeployment(ports: PlanPorts): Planner {
  return async (request) => {
    if (request.head === null) return { changes: [], problems: [] };
    const { base, head } = request;
    const changed = changedServices(base, head);
    const parts = await inBatches(changed, together, (service) => planService(ports, request, head, service));
    const removed = removedServices(base, head).map(unmanaged);
    const changes = parts.flatMap((part, index) => part.changes.map((change) => asAskedFor(change, base, changed[index])));
    return { changes: [...changes, ...removed], problems: parts.flatMap(({ problems }) => problems) };
  };
}

function asAskedFor(change: Change, base: DesiredEnvironment | null, service: DesiredService | undefined): Change {
  return service === undefined ? change : reappliedChange(change, base?.services.find(({ name }) => name === service.name), service);
}

function changedServices(base: DesiredEnvironment | null, head: DesiredEnvironment): readonly DesiredService[] {
  const before = new Map(base?.services.map(({ name, digest }) => [name, digest]));
  return head.services.filter(({ name, digest }) => before.get(name) !== digest);
}

/** A service that is declared and wrong is not removed. */
function removedServices(base: DesiredEnvironment | null, head: DesiredEnvironment): readonly DesiredService[] {
  const declared = new Set([...head.services.map(({ name }) => name), ...head.invalid.map(({ name }) => name)]);
  return base?.services.filter(({ name }) => !declared.has(name)) ?? [];
}

function unmanaged(service: DesiredService): Change {
  const summary = 'no longer managed; the container app stays as it is, remove it by hand if it is not needed';
  return { ...about(service), action: 'unmanage', effect: 'stops managing', risk: 'medium', summary, differences: [] };
}

async function planService(ports: PlanPorts, request: PlanRequest, head: DesiredEnvironment, declared: DesiredService): Promise<PlanPart> {
  const app = await ports.apps.observe(request.tenantId, appId(head.azure, declared.name), { aborted: false });
  if (app === null) return { changes: [created(declared)], problems: [] };
  const service = asItRuns(declared, app);
  if (isForeign(app, request.tenantId, head.name)) return { changes: [], problems: [foreign(service)] };
  const { value: known } = await knownApp(ports, request.tenantId, head.name, app);
  const differences = toldOnce(compareThreeWay({ lastApplied: known.applied?.body ?? null, desired: service.app, live: app.raw }));
  const meeting = await meet(ports, request, { service, app, known });
  const change = meeting.isTakenOver ? takenOver(service) : updated(service, app, differences, meeting.why);
  return { changes: [change], problems: isQuarantined(known, app, service.digest) ? [quarantined(service, quarantineWords(known, app, service.digest))] : [] };
}

interface Meeting {
  readonly isTakenOver: boolean;
  /** Why an app that is as declared is not taken over as it runs. */
  readonly why: string | null;
}

/** As its deployment will find it. */
async function meet({ apps }: PlanPorts, { tenantId }: PlanRequest, facts: Omit<TakeOverFacts, 'revisions'>): Promise<Meeting> {
  if (!maybeTakenOver(facts)) return { isTakenOver: false, why: null };
  const revisions = await apps.revisions(tenantId, facts.app.id, { aborted: false });
  if (takenOverAs({ ...facts, revisions }) !== null) return { isTakenOver: true, why: null };
  const { length } = runningIn({ ...facts, revisions });
  return { isTakenOver: false, why: length > 1 ? `${length} revisions run side by side, so the release comes beside them` : 'another revision runs than its template says' };
}

/** Tags are written and nothing else changes, so it counts as no change. */
function takenOver(service: DesiredService): Change {
  return { ...about(service), action: 'none', effect: 'nothing in Azure', risk: 'none', summary: takenOverAsItRuns, differences: [] };
}

/** Another revision's name follows from another template. */
function toldOnce(differences: readonly FieldDifference[]): readonly FieldDifference[] {
  const others = differences.filter(({ path }) => path !== 'properties.template.revisionSuffix');
  return others.some(({ path }) => path.startsWith('properties.template')) ? others : differences;
}

function about({ name, tenant }: DesiredService): Pick<Change, 'context' | 'kind' | 'name' | 'tenant'> {
  return { context: 'deployment', kind: 'RuntimeService', name, tenant };
}

function created(service: DesiredService): Change {
  const where = service.ingress === null ? 'without ingress' : service.ingress.external ? 'reachable from the internet' : 'reachable inside the environment';
  const risk = service.ingress?.external ? 'medium' : 'low';
  return { ...about(service), action: 'create', effect: 'creates a resource', risk, summary: `${shortImage(service.image)}, ${where}`, differences: [] };
}

function updated(service: DesiredService, app: ObservedApp, differences: readonly FieldDifference[], why: string | null): Change {
  const adopts = !isAdopted(app);
  const pins = needsPin(app);
  const { effect, risk: known } = effectOf(differences, pins);
  const gone = goneForGood(differences);
  const risk = gone.length > 0 ? 'high' : known;
  const parts = [
    ...(adopts ? ['takes over a container app that runs'] : []),
    ...(why === null ? [] : [why]),
    ...(pins ? ['pins its traffic by name first'] : []),
    ...(gone.length === 0 ? [] : [`takes away what no release had, and no rollback brings back: ${gone.join(', ')}`]),
    summaryOf(differences, effect),
  ];
  const action = adopts ? 'adopt' : effect === 'nothing in Azure' ? 'none' : 'update';
  return { ...about(service), action, effect, risk: adopts && risk !== 'high' ? 'medium' : risk, summary: parts.join('; '), differences };
}

/** The template makes a revision, and then the gate decides; everything else of an app changes under the revisions that run. */
function effectOf(differences: readonly FieldDifference[], pins: boolean): { readonly effect: Effect; readonly risk: Risk } {
  const paths = differences.map(({ path }) => path);
  const appScoped = paths.filter((path) => !path.startsWith('properties.template') && !path.startsWith('tags'));
  if (appScoped.some((path) => path.startsWith('properties.configuration.ingress'))) return { effect: 'app-scoped: hits all revisions', risk: 'high' };
  if (appScoped.some((path) => path !== 'properties.configuration.activeRevisionsMode' && !isNewSecret(path, differences))) return { effect: 'app-scoped: hits all revisions', risk: 'medium' };
  if (paths.some((path) => path.startsWith('properties.template'))) return { effect: 'creates a revision', risk: pins ? 'medium' : 'low' };
  if (appScoped.length > 0) return { effect: 'app-scoped: hits all revisions', risk: 'low' };
  return paths.length > 0 ? { effect: 'tags only', risk: 'low' } : { effect: 'nothing in Azure', risk: 'none' };
}

/** A secret that comes beside the others changes nothing for the revisions that run. */
function isNewSecret(path: string, differences: readonly FieldDifference[]): boolean {
  return path.startsWith('properties.configuration.secrets') && differences.find((one) => one.path === path)?.live === null;
}

function foreign(service: DesiredService): PlanPart['problems'][number] {
  return {
    severity: 'error',
    code: 'foreign-app',
    message: `The container app ${service.name} is managed by another repository or environment`,
    expected: null,
    hint: `Give the service another name or the environment another resource group, or remove the tags ${tagNames.repository} and ${tagNames.environment} from the app if it is yours.`,
    location: service.source,
    path: 'metadata.name',
    document: { kind: 'RuntimeService', name: service.name },
  };
}

function quarantined(service: DesiredService, { why, byTag }: ReturnType<typeof quarantineWords>): PlanPart['problems'][number] {
  return {
    severity: 'error',
    code: 'rolled-back-release',
    message: `This very release of ${service.name} was rolled back and would be refused${why}`,
    expected: null,
    hint: `Change the service${byTag}.`,
    location: service.source,
    path: 'spec',
    document: { kind: 'RuntimeService', name: service.name },
  };
}

import { compareThreeWay } from '../../kernel/comparison/compare.ts';
import { appId, isForeign, type ObservedApp } from '../../kernel/container-app.ts';
import { tagNames, type DesiredEnvironment, type DesiredService } from '../../kernel/desired-state.ts';
import type { Change, Effect, FieldDifference, Planner, PlanPart, PlanRequest, Risk } from '../../kernel/plan.ts';
import { inBatches } from '../../kernel/in-batches.ts';
import { isAdopted } from './domain/app-view.ts';
import { isQuarantined, quarantineWords } from './domain/quarantine.ts';
import { needsPin } from './domain/start.ts';
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
    return { changes: [...parts.flatMap(({ changes }) => changes), ...removed], problems: parts.flatMap(({ problems }) => problems) };
  };
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

async function planService(ports: PlanPorts, request: PlanRequest, head: DesiredEnvironment, service: DesiredService): Promise<PlanPart> {
  const app = await ports.apps.observe(request.tenantId, appId(head.azure, service.name), { aborted: false });
  if (app === null) return { changes: [created(service)], problems: [] };
  if (isForeign(app, request.tenantId, head.name)) return { changes: [], problems: [foreign(service)] };
  const { value: known } = await knownApp(ports, request.tenantId, head.name, app);
  const differences = toldOnce(compareThreeWay({ lastApplied: known.applied?.body ?? null, desired: service.app, live: app.raw }));
  const change = updated(service, app, differences);
  return { changes: [change], problems: isQuarantined(known, app, service.digest) ? [quarantined(service, quarantineWords(known, app, service.digest))] : [] };
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

function updated(service: DesiredService, app: ObservedApp, differences: readonly FieldDifference[]): Change {
  const adopts = !isAdopted(app);
  const pins = needsPin(app);
  const { effect, risk } = effectOf(differences, pins);
  const parts = [...(adopts ? ['takes over a container app that runs'] : []), ...(pins ? ['pins its traffic by name first'] : []), summaryOf(differences, effect)];
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

function summaryOf(differences: readonly FieldDifference[], effect: Effect): string {
  if (effect === 'nothing in Azure') return 'already runs as declared';
  const images = differences.filter(({ path, desired, live }) => path.endsWith('.image') && typeof desired === 'string' && typeof live === 'string');
  const shown = images.slice(0, 2).map(({ desired, live }) => imageChange(String(live), String(desired)));
  const others = differences.length - shown.length;
  const rest = others > 0 ? [`${others} ${shown.length > 0 ? 'more ' : ''}field${others === 1 ? '' : 's'}`] : [];
  return [...shown, ...rest].join(', ');
}

/** `1.4.1 → 1.4.2` when only the tag moves. */
function imageChange(from: string, to: string): string {
  const [fromName, fromTag] = splitImage(from);
  const [toName, toTag] = splitImage(to);
  return fromName === toName ? `${fromTag} → ${toTag}` : `${shortImage(from)} → ${shortImage(to)}`;
}

function splitImage(image: string): readonly [string, string] {
  const match = /^(.*?)(?:@sha256:([0-9a-f]{12})[0-9a-f]*|:([^:/]+))$/.exec(image);
  return match === null ? [image, ''] : [match[1] ?? image, match[2] ?? match[3] ?? ''];
}

function shortImage(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1).replace(/@sha256:([0-9a-f]{12})[0-9a-f]*/, '@$1');
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

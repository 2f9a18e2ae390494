import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { activityLog } from './activity/activity-log.ts';
import { activityProvider } from './activity/activity-service.ts';
import { recorded } from './activity/recording.ts';
import { access, type Access } from './arm/access.ts';
import { azureResourceManager } from './arm/arm.ts';
import { groupStore, type GroupSeed } from './arm/groups.ts';
import { identityStore } from './arm/identities.ts';
import { resourceIndex } from './arm/resource-index.ts';
import { roleAssignments } from './arm/role-assignments.ts';
import { roles } from './arm/role-definitions.ts';
import type { AppsService } from './apps/apps-service.ts';
import { newestBuild, type ServiceBuild } from './apps/service-build.ts';
import type { ClosableClock } from './clock.ts';
import { controlApi } from './control/control-api.ts';
import { faultBoard, type LocalFaults } from './control/faults.ts';
import { journal, type Journal } from './control/journal.ts';
import { loginService } from './entra/login.ts';
import { people, type People, type Person } from './entra/people.ts';
import { principals, type Principals } from './entra/principals.ts';
import { assertionAudience, tokenAuthority, type Assertion, type TokenAuthority } from './entra/tokens.ts';
import { exchange } from './http/exchange.ts';
import { front } from './http/front.ts';
import { hostKind, vaultNameOf } from './http/hosts.ts';
import type { AzureObserver } from './http/observation.ts';
import { logQueries } from './logs/log-query.ts';
import { logStore, type LogBoard, type WorkspaceSeed } from './logs/log-store.ts';
import { metricStore } from './metrics/metric-store.ts';
import { metricsProvider } from './metrics/metrics-service.ts';
import { vaultData } from './vault/vault-data.ts';
import { vaultManagement } from './vault/vault-management.ts';
import { vaultStore, type VaultSeed } from './vault/vault-store.ts';
import type { Author, AzureService, LocalClock, Pace, World } from './world.ts';

interface CoreOptions {
  readonly subscription: string;
  readonly pace: Partial<Pace>;
  readonly build: Partial<ServiceBuild>;
  readonly resourceGroups: readonly GroupSeed[];
  readonly vaults: readonly VaultSeed[];
  readonly workspaces: readonly WorkspaceSeed[];
  readonly log: (line: object) => void;
  readonly observe: AzureObserver | null;
  readonly clock: ClosableClock;
  readonly tokenLifeMs: number | null;
  readonly createApps: (world: World) => AppsService;
}

/** The local Azure without its listeners. */
export interface AzureCore extends AsyncDisposable {
  readonly world: World;
  readonly tenantId: string;
  readonly clock: LocalClock;
  readonly tokens: TokenAuthority;
  readonly principals: Principals;
  /** Who has been here from the start. */
  readonly person: Person;
  readonly people: People;
  readonly bot: { readonly principalId: string; readonly clientId: string };
  readonly faults: LocalFaults;
  readonly journal: Journal;
  readonly logs: LogBoard;
  rollOut(build: Partial<ServiceBuild>): void;
  isServed(host: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** What a cluster or CI system would give the bot to trade in at Entra. */
  issueAssertion(change?: Partial<Assertion>): string;
}

const defaultPace: Pace = { operationMs: 1_200, environmentMs: 2_500, readyMs: 1_500, metricsDelayMs: 2_000, activityDelayMs: 2_000, expiryMs: 20_000, vaultSyncMs: 60_000 };
const federatedSubject = 'system:serviceaccount:trueup:trueup';
const federatedTokenMs = 30 * 86_400_000;

export function azureCore(options: CoreOptions): AzureCore {
  const { subscription, log, clock } = options;
  const tenantId = randomUUID();
  const pace = { ...defaultPace, ...options.pace };
  const build = { ...newestBuild, ...options.build };
  const known = principals();
  const rights = access(clock.now);
  const tokens = tokenAuthority(tenantId, clock);
  const calls = journal();
  const bot = botOf(known, rights, subscription);
  const everybody = people(known, ({ principalId }) => grantPerson(rights, subscription, principalId));
  const faults = faultBoard((token) => everybody.byToken(token) !== null);

  const groups = seededGroups(options);
  const identities = identityStore(subscription, tenantId, known);
  const vaults = vaultStore({ subscription, clock, access: rights, seeds: options.vaults });
  const logs = logStore(subscription, options.workspaces);
  const metrics = metricStore(clock, pace.metricsDelayMs);
  const activity = activityLog(clock, () => pace.activityDelayMs);
  const world: World = { subscription, directory: tenantId, clock, pace, build, faults, groups, identities, vaults, metrics, activity, authorOf: (principalId) => authorOf(known, principalId) };
  const apps = options.createApps(world);

  const insights = eitherOf(activityProvider({ log: activity, clock, subscription, tenantId }), metricsProvider({ store: metrics, clock, apps: apps.handle }));
  const authorization = roleAssignments({ subscription, tenantId, clock, access: rights, principals: known });
  const providers = byNamespace(apps.handle, identities.handle, authorization, vaultManagement(vaults, tenantId), insights);
  const resources = resourceIndex({ subscription, apps: apps.handle, others: () => [...identities.list(), ...vaults.resources()] });
  const subjectOf = (clientId: string) => (clientId === bot.clientId ? federatedSubject : null);
  const services = front({
    authentication: { clock, tokens, people: everybody },
    clock,
    pace,
    arm: recorded(azureResourceManager({ subscription, tenantId, access: rights, groups, providers, resources }), activity, known),
    vault: vaultData({ tenantId, vaults, access: rights, clock }),
    logs: logQueries({ store: logs, access: rights }),
    login: loginService({ clock, tokens, principals: known, federatedSubject: subjectOf, tokenLifeMs: options.tokenLifeMs }),
  });
  return {
    world,
    tenantId,
    clock,
    tokens,
    principals: known,
    person: everybody.signIn('person@trueup.local'),
    people: everybody,
    bot,
    faults,
    journal: calls,
    logs,
    rollOut: (change) => void Object.assign(build, newestBuild, change),
    // A vault that is not there has no name to resolve.
    isServed: (host) => (hostKind(host) === 'vault' ? vaults.find(vaultNameOf(host)) !== null : hostKind(host) !== null),
    handle: exchange({ clock, faults, journal: calls, log, observe: options.observe, ingress: apps.ingress, control: controlApi({ faults, journal: calls, logs, people: everybody }), services }),
    issueAssertion: (change) => tokens.issueAssertion({ subject: federatedSubject, audience: assertionAudience, expiresAt: clock.now() + federatedTokenMs, ...change }),
    async [Symbol.asyncDispose]() {
      await apps[Symbol.asyncDispose]();
      clock.close();
    },
  };
}

function seededGroups({ subscription, resourceGroups, vaults }: CoreOptions): ReturnType<typeof groupStore> {
  const groups = groupStore(subscription);
  const needed = vaults.map(({ resourceGroup: name, location }) => ({ name, location }));
  for (const { name, location } of [...resourceGroups, ...needed]) groups.ensure(name, location);
  return groups;
}

function botOf(known: Principals, rights: Access, subscription: string): { principalId: string; clientId: string } {
  const ids = { principalId: randomUUID(), clientId: randomUUID() };
  known.add({ ...ids, kind: 'ServicePrincipal', name: 'trueup' });
  for (const role of [roles.contributor, roles.vaultReader, roles.accessAdministrator]) rights.grant(ids.principalId, role, `/subscriptions/${subscription}`);
  return ids;
}

/** People by their names, programs by their ids. */
function authorOf(known: Principals, principalId: string): Author {
  const principal = known.byObjectId(principalId);
  return principal?.kind === 'User' ? { name: principal.name, type: 'User' } : { name: principal?.clientId ?? principalId, type: 'Application' };
}

function grantPerson(rights: Access, subscription: string, person: string): void {
  for (const role of [roles.owner, roles.vaultAdministrator]) rights.grant(person, role, `/subscriptions/${subscription}`);
}

function byNamespace(apps: AzureService, identities: AzureService, authorization: AzureService, vaults: AzureService, insights: AzureService): ReadonlyMap<string, AzureService> {
  return new Map([
    ['microsoft.app', apps],
    ['microsoft.managedidentity', identities],
    ['microsoft.authorization', authorization],
    ['microsoft.keyvault', vaults],
    ['microsoft.insights', insights],
  ]);
}

/** Of one namespace: whoever answers. */
function eitherOf(first: AzureService, second: AzureService): AzureService {
  return async (request) => (await first(request)) ?? second(request);
}

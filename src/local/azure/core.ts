import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { principals, type Principal, type Principals } from './entra/principals.ts';
import { assertionAudience, tokenAuthority, type Assertion, type TokenAuthority } from './entra/tokens.ts';
import type { Authentication } from './http/authenticate.ts';
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
  readonly person: Authentication['person'];
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

const defaultPace: Pace = { operationMs: 1_200, environmentMs: 2_500, readyMs: 1_500, metricsDelayMs: 2_000, expiryMs: 20_000, vaultSyncMs: 60_000 };
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
  const bot = member(known, 'ServicePrincipal', 'trueup');
  const person = { token: `local-${randomBytes(24).toString('base64url')}`, ...member(known, 'User', 'person@trueup.local') };
  const faults = faultBoard(person.token);
  grantSeeds(rights, subscription, bot.principalId, person.principalId);

  const groups = seededGroups(options);
  const identities = identityStore(subscription, tenantId, known);
  const vaults = vaultStore({ subscription, clock, access: rights, seeds: options.vaults });
  const logs = logStore(subscription, options.workspaces);
  const metrics = metricStore(clock, pace.metricsDelayMs);
  const world: World = { subscription, directory: tenantId, clock, pace, build, faults, groups, identities, vaults, metrics, authorOf: (principalId) => authorOf(known, principalId) };
  const apps = options.createApps(world);

  const providers = new Map<string, AzureService>([
    ['microsoft.app', apps.handle],
    ['microsoft.managedidentity', identities.handle],
    ['microsoft.authorization', roleAssignments({ subscription, tenantId, clock, access: rights, principals: known })],
    ['microsoft.keyvault', vaultManagement(vaults, tenantId)],
    ['microsoft.insights', metricsProvider({ store: metrics, clock, apps: apps.handle })],
  ]);
  const authentication = { clock, tokens, person };
  const services = front({
    authentication,
    clock,
    arm: azureResourceManager({ subscription, tenantId, access: rights, groups, providers, resources: resourceIndex({ subscription, apps: apps.handle, others: () => [...identities.list(), ...vaults.resources()] }) }),
    vault: vaultData({ tenantId, vaults, access: rights, clock }),
    logs: logQueries({ store: logs, access: rights }),
    login: loginService({ clock, tokens, principals: known, federatedSubject: (clientId) => (clientId === bot.clientId ? federatedSubject : null), tokenLifeMs: options.tokenLifeMs }),
  });
  return {
    world,
    tenantId,
    clock,
    tokens,
    principals: known,
    person,
    bot,
    faults,
    journal: calls,
    logs,
    rollOut: (change) => void Object.assign(build, newestBuild, change),
    // A vault that is not there has no name to resolve.
    isServed: (host) => (hostKind(host) === 'vault' ? vaults.find(vaultNameOf(host)) !== null : hostKind(host) !== null),
    handle: exchange({ clock, faults, journal: calls, log, observe: options.observe, ingress: apps.ingress, control: controlApi(faults, calls, logs), services }),
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

function member(known: Principals, kind: Principal['kind'], name: string): { principalId: string; clientId: string } {
  const ids = { principalId: randomUUID(), clientId: randomUUID() };
  known.add({ ...ids, kind, name });
  return ids;
}

/** People by their names, programs by their ids. */
function authorOf(known: Principals, principalId: string): Author {
  const principal = known.byObjectId(principalId);
  return principal?.kind === 'User' ? { name: principal.name, type: 'User' } : { name: principal?.clientId ?? principalId, type: 'Application' };
}

function grantSeeds(rights: Access, subscription: string, bot: string, person: string): void {
  const scope = `/subscriptions/${subscription}`;
  for (const role of [roles.contributor, roles.vaultReader, roles.accessAdministrator]) rights.grant(bot, role, scope);
  for (const role of [roles.owner, roles.vaultAdministrator]) rights.grant(person, role, scope);
}

import { azureAdapters } from '../../src/adapters/azure/azure-adapters.ts';
import { probeAgent } from '../../src/adapters/azure/endpoint-probe.ts';
import { tenantCheck } from '../../src/adapters/azure/tenant-check.ts';
import { httpGates } from '../../src/adapters/gates/http-gate.ts';
import { configurationSecrets } from '../../src/contexts/configuration-secrets/context.ts';
import { deployment } from '../../src/contexts/deployment/context.ts';
import { driftDetection } from '../../src/contexts/drift-detection/context.ts';
import { environmentInventory } from '../../src/contexts/environment-inventory/context.ts';
import { healthScaling } from '../../src/contexts/health-scaling/context.ts';
import { boundedDesired, boundedPlanner, tenantGuard, tenantIsolation } from '../../src/contexts/tenant-isolation/context.ts';
import { manifestLanguage } from '../../src/gitops/desired/language.ts';
import { parseFile } from '../../src/gitops/parser/parse-file.ts';
import { deliver, type DeliveryPorts } from '../../src/jobs/deliver.ts';
import type { Subscription } from '../../src/jobs/subscriptions.ts';
import { unaudited } from '../../src/kernel/audit.ts';
import type { Context } from '../../src/kernel/context.ts';
import type { DesiredEnvironment } from '../../src/kernel/desired-state.ts';
import { emit, newOrigin, seal, type EmittedMessage, type Envelope } from '../../src/kernel/envelope.ts';
import { isTenantId, repositoryTenantId, type TenantId } from '../../src/kernel/ids.ts';
import type { DesiredStateReader } from '../../src/kernel/ports.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { silent } from '../../src/kernel/telemetry.ts';
import { testClock, testIds, type TestClock } from './delivery.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import type { RecordingCloud } from './recording-cloud.ts';
import { bothGrants, type Customer } from './two-tenants.ts';

const commit = 'a'.repeat(40);
/** Deliveries for one set of manifests: enough for a deployment from its binding to its end. */
const mostDeliveries = 80;
/** Of one message that waits or fails. */
const mostAttempts = 8;

export interface Tried {
  /** What its author is told, one code per problem. */
  readonly refusals: readonly string[];
  /** Deliveries that were made, and of these the ones that ended in an error or a refusal. */
  readonly deliveries: number;
  readonly stopped: number;
}

/** Manifests of a tenant, from their text to what leaves the process: Trueup's own parts, and only Git, Redis and the hosts of the world made up. */
export async function tryManifests(cloud: RecordingCloud, self: Customer, text: string): Promise<Tried> {
  const compiled = manifestLanguage.compile([parseFile('trueup/all.yaml', new TextEncoder().encode(text))]);
  const world = worldOf(cloud, compiled.environments);
  const refusals = compiled.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const ends: boolean[] = [];
  for (const environment of compiled.environments) {
    // What the manifest says, and, as if somebody could forge it, the tenant itself.
    const named = `${repositoryTenantId(self.id)}.${environment.tenant}`;
    const owners = new Set<TenantId>([self.id, ...(isTenantId(named) ? [named] : [])]);
    for (const owner of owners) {
      refusals.push(...(await planned(world, owner, environment)));
      ends.push(...(await delivered(world, commandsFor(owner, environment))));
    }
  }
  return { refusals, deliveries: ends.length, stopped: ends.filter((isOver) => !isOver).length };
}

interface World {
  readonly contexts: readonly Context[];
  readonly ports: DeliveryPorts;
  readonly store: MemoryStore;
  readonly clock: TestClock;
}

type Azure = ReturnType<typeof azureAdapters>;

/** As work.ts joins them. The adapters are made once: they keep tokens and connections, and nothing of a tenant. */
function worldOf(cloud: RecordingCloud, environments: readonly DesiredEnvironment[]): World {
  const store = memoryStore();
  const clock = testClock();
  const azure = azureOf(cloud);
  const find = (name: string): DesiredEnvironment | null => environments.find((one) => one.name === name) ?? null;
  const desired: DesiredStateReader = { at: async (_tenant, name) => find(name), current: async (_tenant, name) => ({ commit, generation: 1, environment: find(name) }) };
  const base = { store, clock, desired: boundedDesired(desired, bothGrants) };
  const contexts = [
    tenantIsolation({ store, desired, grants: bothGrants }),
    environmentInventory({ ...base, resources: azure.resources, inventory: azure.inventory }),
    configurationSecrets({ ...base, vaults: azure.vaults, access: azure.access }),
    deployment({ ...base, apps: azure.apps, endpoints: azure.endpoints, requests: azure.metrics, logs: azure.logs, outages: azure.outages, gates: httpGates(tenantCheck(bothGrants), probeAgent(cloud.route)) }),
    healthScaling({ ...base, workloads: azure.workloads, endpoints: azure.endpoints, metrics: azure.metrics, scaling: azure.scaling }),
    driftDetection({ ...base, live: azure.live, activity: azure.activity, secrets: azure.vaults, access: azure.access, budget: azure.budget, telemetry: silent }),
  ];
  const ports: DeliveryPorts = {
    commits: {
      isApplied: async () => false,
      async commit({ saves }) {
        store.apply({ end: 'done', saves, emits: [] });
        return 'written';
      },
    },
    leases: { acquire: async (key) => ({ proof: { key, token: 'held' }, signal: new AbortController().signal, isSafelyHeld: () => true, release: async () => undefined }) },
    clock,
    ids: testIds,
    writes: unaudited,
    telemetry: silent,
    guard: tenantGuard(bothGrants),
  };
  return { contexts, ports, store, clock };
}

const adapters = new WeakMap<RecordingCloud, Azure>();

function azureOf(cloud: RecordingCloud): Azure {
  const { route, credential } = cloud;
  const made = adapters.get(cloud) ?? azureAdapters({ credential, route, pollMs: 1, sealKey: new Secret(new Uint8Array(32).fill(3)), clock: { now: () => Date.now() }, grants: bothGrants });
  adapters.set(cloud, made);
  return made;
}

/** What a pull request with this environment would be told; its plan reads Azure. */
async function planned({ contexts }: World, owner: TenantId, head: DesiredEnvironment): Promise<readonly string[]> {
  const told: string[] = [];
  for (const { name, plan } of contexts) {
    if (plan === undefined) continue;
    const planner = name === 'tenant-isolation' ? plan : boundedPlanner(plan, bothGrants);
    const { problems } = await planner({ tenantId: owner, environment: head.name, base: null, head }).catch(() => ({ problems: [] }));
    told.push(...problems.filter(({ severity }) => severity === 'error').map(({ code }) => code));
  }
  return told;
}

/** Everything that gitops, a schedule or a person may send about an environment. */
function commandsFor(owner: TenantId, { name: environment, tenant, services, secrets, configurations, scaling, bindings }: DesiredEnvironment): readonly EmittedMessage[] {
  const about = { environment, commit, generation: 1 };
  const names = services.map(({ name }) => name);
  return [
    ...[...new Set([tenant, ...bindings.map((one) => one.tenant)])].map((bound) => emit('BindTenant', owner, { ...about, tenant: bound })),
    emit('ProvisionEnvironment', owner, about),
    ...configurations.map((one) => emit('PublishConfiguration', owner, { ...about, configuration: one.name, tenant: one.tenant })),
    ...secrets.flatMap((one) => [emit('BindSecret', owner, { ...about, binding: one.name, tenant: one.tenant }), emit('RotateSecret', owner, { ...about, binding: one.name, tenant: one.tenant })]),
    emit('Deploy', owner, { ...about, services: names }),
    ...scaling.map((one) => emit('ApplyScalingPolicy', owner, { ...about, policy: one.name, service: one.service, tenant: one.tenant, deploymentId: null })),
    emit('CheckHealth', owner, { environment }),
    emit('ScanDrift', owner, { environment }),
    emit('RefreshInventory', owner, { environment }),
    emit('FollowActivity', owner, { environment }),
    emit('RemediateDrift', owner, { ...about, services: names, reason: 'somebody asked' }),
  ];
}

/** @returns per delivery whether it came to an end without an error or a refusal. */
async function delivered(world: World, commands: readonly EmittedMessage[]): Promise<readonly boolean[]> {
  const { contexts, ports, clock } = world;
  const waiting = commands.map((message) => seal(message, newOrigin('test', testIds), testIds.uuid(), clock));
  const emitting: DeliveryPorts = {
    ...ports,
    commits: {
      ...ports.commits,
      async commit(of) {
        waiting.push(...of.emits);
        return ports.commits.commit(of);
      },
    },
  };
  const ends: boolean[] = [];
  for (let envelope = waiting.shift(); envelope !== undefined && ends.length < mostDeliveries; envelope = waiting.shift()) {
    for (const { name, reactions } of contexts) {
      for (const reaction of reactions.filter(({ on }) => on === envelope?.eventType)) {
        ends.push(await deliveredOnce(emitting, clock, envelope, { context: name, reaction }));
      }
    }
  }
  return ends;
}

async function deliveredOnce(ports: DeliveryPorts, clock: TestClock, envelope: Envelope, subscription: Subscription): Promise<boolean> {
  const still = { draining: new AbortController().signal, cut: new AbortController().signal };
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const delivered = await deliver(ports, { envelope, subscription, stop: still, attempt, publishedAt: clock.now() }).catch(() => null);
    if (delivered === null) return false;
    if (delivered.end !== 'wait') return delivered.end === 'done';
    clock.advance(delivered.forMs);
  }
  return true;
}

import type { AbortSignal } from '../../../kernel/context.ts';
import { isForeign, tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { canonicalJson } from '../../../kernel/digest.ts';
import { emit } from '../../../kernel/envelope.ts';
import { OutOfBounds } from '../../../kernel/errors.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { inBatches } from '../../../kernel/in-batches.ts';
import type { DeploymentProgress } from '../../../kernel/messages/deployment.ts';
import { done, type Outcome, type Save } from '../../../kernel/outcome.ts';
import type { Stored } from '../../../kernel/ports.ts';
import { environmentKey, runtimeEnvironment, type RuntimeEnvironment } from '../domain/runtime-environment.ts';
import { inventoried, recordOf, runtimeService, serviceKey, servingRevision, type RuntimeService } from '../domain/runtime-service.ts';
import type { EnvironmentInventoryPorts } from '../ports.ts';

interface Place {
  readonly tenantId: TenantId;
  readonly environment: string;
}

interface Look extends Place {
  /** Services whose revision is read; null for all. What was never recorded is always read. */
  readonly only: ReadonlySet<string> | null;
  readonly signal: AbortSignal;
}

/** Azure throttles a burst of reads; eight at a time stay far below its bucket. */
const together = 8;

/** After a deployment has ended, in whatever way: only its services are looked at closely. */
export function refreshDeployed(ports: EnvironmentInventoryPorts, tenantId: TenantId, { environment, services }: DeploymentProgress, signal: AbortSignal): Promise<Outcome> {
  return refreshInventory(ports, { tenantId, environment, only: new Set(services.map(({ service }) => service)), signal });
}

/** Records what runs in the environment, and says so when it changed. */
export async function refreshInventory(ports: EnvironmentInventoryPorts, look: Look): Promise<Outcome> {
  const { tenantId, environment } = look;
  const key = environmentKey(tenantId, environment);
  const stored = await ports.store.load(key, runtimeEnvironment);
  if (stored === null || stored.value.provisioned === null || stored.value.status === 'Unmanaged') return done();

  const apps = (await ports.inventory.apps(tenantId, stored.value.azure, look.signal)).filter((app) => belongs(app, look));
  const names = apps.map(({ id }) => id.name).sort();
  const declared = await declaredIn(ports, look);
  const known = await knownServices(ports, look, [...new Set([...names, ...stored.value.services])]);
  const records = await inBatches(apps, together, (app) => sighted(ports, look, { app, declared, stored: known.get(app.id.name) ?? null }));

  const saves = [...changedServices(look, records, known), ...goneServices(look, names, known), ...listed(stored, key, names)];
  if (saves.length === 0) return done();
  const services = records.map(inventoried).sort((a, b) => (a.service < b.service ? -1 : 1));
  return done(saves, [emit('RuntimeInventoryUpdated', tenantId, { environment, services }, { projectId: stored.value.project ?? undefined })]);
}

/** An app of another environment or repository may live in the same group; one without a service tag is nobody's here. */
function belongs(app: ObservedApp, { tenantId, environment }: Look): boolean {
  return tagOf(app, tagNames.service) !== null && !isForeign(app, tenantId, environment);
}

/** Git adds only what Azure cannot show, so its absence does not stop the inventory. */
async function declaredIn({ desired }: EnvironmentInventoryPorts, { tenantId, environment }: Look): Promise<DesiredEnvironment | null> {
  try {
    return (await desired.current(tenantId, environment))?.environment ?? null;
  } catch (error) {
    if (error instanceof OutOfBounds) return null;
    throw error;
  }
}

type KnownServices = ReadonlyMap<string, Stored<RuntimeService>>;

async function knownServices({ store }: EnvironmentInventoryPorts, { tenantId, environment }: Place, names: readonly string[]): Promise<KnownServices> {
  const loaded = await Promise.all(names.map(async (name) => [name, await store.load(serviceKey(tenantId, environment, name), runtimeService)] as const));
  return new Map(loaded.flatMap(([name, stored]) => (stored === null ? [] : [[name, stored] as const])));
}

interface Seen {
  readonly app: ObservedApp;
  readonly declared: DesiredEnvironment | null;
  readonly stored: Stored<RuntimeService> | null;
}

async function sighted({ inventory, clock }: EnvironmentInventoryPorts, { tenantId, environment, only, signal }: Look, { app, declared, stored }: Seen): Promise<RuntimeService> {
  const service = app.id.name;
  if (stored !== null && only !== null && !only.has(service)) return stored.value;
  const serving = servingRevision(app);
  const revision = serving === null ? null : await inventory.revision(tenantId, app.id, serving, signal);
  const source = declared?.services.find(({ name }) => name === service) ?? null;
  return recordOf({ app, revision, environment, declared: source, known: stored?.value ?? null, now: new Date(clock.now()).toISOString() });
}

function changedServices({ tenantId, environment }: Look, records: readonly RuntimeService[], known: KnownServices): Save[] {
  return records
    .filter((record) => record !== known.get(record.service)?.value)
    .map((record) => ({ key: serviceKey(tenantId, environment, record.service), expectedVersion: known.get(record.service)?.version ?? 0, value: record }));
}

/** What is recorded of these services, removed. */
export async function forgetServices(ports: EnvironmentInventoryPorts, place: Place, names: readonly string[]): Promise<Save[]> {
  return goneServices(place, [], await knownServices(ports, place, names));
}

function goneServices({ tenantId, environment }: Place, names: readonly string[], known: KnownServices): Save[] {
  const gone = [...known].filter(([name]) => !names.includes(name));
  return gone.map(([name, { version }]) => ({ key: serviceKey(tenantId, environment, name), expectedVersion: version, value: null }));
}

function listed({ version, value }: Stored<RuntimeEnvironment>, key: Save['key'], services: readonly string[]): Save[] {
  const same = canonicalJson(value.services) === canonicalJson(services);
  return same ? [] : [{ key, expectedVersion: version, value: { ...value, services } }];
}

import { applyMergePatch } from '../../src/kernel/comparison/merge-patch.ts';
import type { AppId, ObservedApp, ObservedRevision, TrafficWeight } from '../../src/kernel/container-app.ts';
import type { ContainerAppBody, JsonObject } from '../../src/kernel/desired-state.ts';
import { canonicalJson } from '../../src/kernel/digest.ts';
import { Conflict, Rejected } from '../../src/kernel/errors.ts';
import type { OperationStatus, OperationToken } from '../../src/kernel/operation.ts';
import type { Clock } from '../../src/kernel/ports.ts';
import type { ContainerApps, EndpointProbe } from '../../src/contexts/deployment/ports.ts';
import { liveOf } from './app-bodies.ts';
import { checkSecrets, checkTraffic, hangs, isSingleMode, looseOf, secretRefsOf, type LooseApp } from './memory-app-rules.ts';
import { assertWriting } from './write-scope.ts';

/** Container apps in memory, with the manners of the real service: facts/azure.md A1.3, A1.4, A1.6 and azure-container-apps#395. */
export interface MemoryApps extends ContainerApps {
  readonly endpoints: EndpointProbe;
  /** Every accepted write, with the traffic that it left behind. */
  readonly writes: readonly { readonly verb: string; readonly app: string; readonly traffic: readonly TrafficWeight[] }[];
  /** Which revisions had which weight since when: oldest first, by the app's name. */
  weights(app: string): readonly WeightsSince[];
  /** By revision, of the app with this name. */
  images(app: string): ReadonlyMap<string, string>;
  /** Every request that was sent to a revision through `endpoints`. */
  readonly probes: readonly { readonly at: number; readonly revision: string }[];
  /** Everything that is there, without times, to compare worlds. */
  snapshot(): unknown;
  /** A person's own write. */
  byHand(app: AppId, patch: JsonObject): void;
  /** Puts an app there, as it was made by somebody else. */
  place(app: AppId, body: object): void;
  /** Every app of the resource group, as a list shows them. */
  list(): readonly ObservedApp[];
  remove(app: AppId): void;
  /** Azure keeps a hundred ended revisions: it drops this one. */
  purge(app: AppId, revision: string): void;
  /** Nothing that starts from here on becomes ready. */
  failStarts: boolean;
}

export interface WeightsSince {
  readonly at: number;
  readonly weights: ReadonlyMap<string, number>;
}

export interface MemoryAppsOptions {
  readonly operationMs?: number;
  readonly readyMs?: number;
}

interface Revision {
  readonly name: string;
  readonly template: string;
  readonly image: string;
  readonly min: number;
  readonly secretRefs: readonly string[];
  active: boolean;
  readyAt: number;
  createdAt: number;
}

interface App {
  readonly id: AppId;
  body: JsonObject;
  state: 'Succeeded' | 'Failed';
  /** Milliseconds since the epoch; busy until then. */
  busyUntil: number;
  failing: string | null;
  readonly revisions: Map<string, Revision>;
  latest: string | null;
  readonly history: WeightsSince[];
}

export function memoryApps(clock: Clock, { operationMs = 12_000, readyMs = 6_000 }: MemoryAppsOptions = {}): MemoryApps {
  const apps = new Map<string, App>();
  const operations = new Map<string, { readonly app: App; readonly endsAt: number; readonly failure: string | null }>();
  const probes: { at: number; revision: string }[] = [];
  const writes: { verb: string; app: string; traffic: readonly TrafficWeight[] }[] = [];
  const keyOf = ({ resourceGroup, name }: AppId): string => `${resourceGroup}/${name}`.toLowerCase();
  const find = (id: AppId): App | null => apps.get(keyOf(id)) ?? null;
  const isBusy = (app: App): boolean => clock.now() < app.busyUntil;

  function need(id: AppId): App {
    const app = find(id);
    if (app === null) throw new Rejected('no such app', { code: 'ResourceNotFound' });
    if (isBusy(app)) throw new Conflict('busy', { code: 'ContainerAppOperationInProgress' });
    return app;
  }

  function accept(app: App, body: JsonObject, verb: string, takesMs: number): OperationToken {
    const loose = looseOf(body);
    checkSecrets(app.id.name, loose);
    const template = canonicalJson({ ...loose.properties.template, revisionSuffix: '' });
    const name = revisionNameOf(app, loose, template);
    checkTraffic(loose, app.revisions.values(), name);
    const known = app.revisions.get(name);
    if (known !== undefined && known.template !== template) {
      throw new Rejected('the suffix is taken', { code: 'InvalidParameterValueInContainerTemplate', field: 'template.revisionsuffix' });
    }
    const image = loose.properties.template.containers[0]?.image ?? '';
    const lost = hangs(app.revisions.values(), loose);
    const failure = lost ? 'ContainerAppOperationError' : image.endsWith('-badimage') && known === undefined ? 'InvalidParameterValueInContainerTemplate' : null;
    app.body = body;
    app.busyUntil = clock.now() + takesMs;
    app.failing = failure;
    app.state = failure === null ? 'Succeeded' : 'Failed';
    if (known === undefined && failure === null) makeRevision(app, name, template, loose, takesMs);
    writes.push({ verb, app: app.id.name, traffic: trafficOf(app) });
    app.history.push({ at: clock.now(), weights: new Map([...app.revisions.keys()].map((revision) => [revision, weightOf(app, revision)])) });
    const token = `op-${operations.size}` as OperationToken;
    operations.set(token, { app, endsAt: app.busyUntil, failure });
    return token;
  }

  /** Without a suffix Azure chooses the name of what a new template makes, and only of that. */
  function revisionNameOf({ id, revisions, latest }: App, { properties }: LooseApp, template: string): string {
    const { revisionSuffix } = properties.template;
    const same = revisions.get(latest ?? '');
    if (revisionSuffix) return `${id.name}--${revisionSuffix}`;
    return same?.template === template ? same.name : `${id.name}--${`${revisions.size + 1}`.padStart(7, '0')}`;
  }

  function makeRevision(app: App, name: string, template: string, loose: LooseApp, takesMs: number): void {
    const [container] = loose.properties.template.containers;
    const image = container?.image ?? '';
    const slow = image.endsWith('-slow') ? 10 : 1;
    const startsIn = world.failStarts ? Number.POSITIVE_INFINITY : readyMs * slow;
    const secretRefs = secretRefsOf(loose);
    if (isSingleMode(loose)) for (const revision of app.revisions.values()) revision.active = false;
    const min = loose.properties.template.scale?.minReplicas ?? 0;
    const now = clock.now();
    app.revisions.set(name, { name, template, image, min, secretRefs, active: true, createdAt: now, readyAt: now + takesMs + startsIn });
    app.latest = name;
  }

  function trafficOf(app: App): readonly TrafficWeight[] {
    const { ingress } = looseOf(app.body).properties.configuration;
    if (!ingress) return [];
    const list = ingress.traffic ?? [{ latestRevision: true, weight: 100 }];
    return list.map(({ revisionName, weight, label }) => ({ revision: revisionName ?? null, weight: weight ?? 0, label: label ?? null }));
  }

  function latestReady(app: App): string | null {
    const ready = [...app.revisions.values()].filter(isReadyOnce);
    return ready.toSorted((a, b) => a.createdAt - b.createdAt).at(-1)?.name ?? null;
  }

  /** Also one that was ended since: the app keeps its name. */
  function isReadyOnce({ image, readyAt }: Revision): boolean {
    return clock.now() >= readyAt && !image.endsWith('-crash') && !image.endsWith('-unready');
  }

  function stateOf(revision: Revision): { ready: boolean; provisioningState: string; healthState: string; runningState: string } {
    if (!revision.active) return { ready: false, provisioningState: 'Deprovisioned', healthState: 'Healthy', runningState: 'Stopped' };
    if (clock.now() < revision.readyAt) return { ready: false, provisioningState: 'Provisioning', healthState: 'None', runningState: 'Processing' };
    if (revision.image.endsWith('-crash')) return { ready: false, provisioningState: 'Failed', healthState: 'Unhealthy', runningState: 'Failed' };
    if (revision.image.endsWith('-unready')) return { ready: false, provisioningState: 'Provisioned', healthState: 'Unhealthy', runningState: 'Degraded' };
    return { ready: true, provisioningState: 'Provisioned', healthState: 'Healthy', runningState: 'Running' };
  }

  function shown(app: App): ObservedApp {
    const loose = looseOf(app.body);
    const { environmentId } = looseOf(app.body).properties;
    const live = applyMergePatch(liveOf(app.body), { properties: { environmentId: environmentId.toLowerCase(), managedEnvironmentId: environmentId } }) as JsonObject;
    return {
      id: app.id,
      resourceId: `/subscriptions/${app.id.subscription}/resourceGroups/${app.id.resourceGroup}/providers/Microsoft.App/containerapps/${app.id.name}`,
      tags: loose.tags ?? {},
      provisioningState: isBusy(app) ? 'InProgress' : app.state,
      revisionsMode: isSingleMode(loose) ? 'Single' : 'Multiple',
      fqdn: loose.properties.configuration.ingress ? `${app.id.name}.local.azurecontainerapps.io` : null,
      latestRevision: app.latest,
      latestReadyRevision: latestReady(app),
      traffic: trafficOf(app),
      raw: structuredClone(live),
    };
  }

  function weightOf(app: App, revision: string): number {
    const latest = latestReady(app) ?? app.latest;
    return trafficOf(app).reduce((sum, entry) => sum + ((entry.revision ?? latest) === revision ? entry.weight : 0), 0);
  }

  function shownRevision(app: App, revision: Revision): ObservedRevision {
    const { ready, ...states } = stateOf(revision);
    const count = revision.active && clock.now() >= revision.readyAt ? Math.max(1, revision.min) : 0;
    return {
      name: revision.name,
      active: revision.active,
      createdAt: new Date(revision.createdAt).toISOString(),
      trafficWeight: weightOf(app, revision.name),
      replicas: count,
      fqdn: looseOf(app.body).properties.configuration.ingress ? `${revision.name}.local.azurecontainerapps.io` : null,
      ...states,
      runningStateDetails: null,
      containers: Array.from({ length: count }, (_, index) => ({ replica: `${revision.name}-${index}`, name: app.id.name, ready, started: ready, restartCount: 0 })),
    };
  }

  function revisionOf(id: AppId, name: string): Revision {
    const revision = need(id).revisions.get(name);
    if (revision === undefined) throw new Rejected('no such revision', { code: 'RevisionNotFound' });
    return revision;
  }

  function newApp(id: AppId): App {
    const app: App = { id, body: {}, state: 'Succeeded', busyUntil: 0, failing: null, revisions: new Map(), latest: null, history: [] };
    return app;
  }

  /** A revision's own host, a label's with three dashes, or the app's, which goes by weight. */
  function addressed(host: string): Revision | undefined {
    const app = [...apps.values()].find(({ id }) => host === id.name || host.startsWith(`${id.name}--`));
    if (app === undefined || app.revisions.has(host)) return app?.revisions.get(host);
    const label = host.split('---')[1];
    const entry = trafficOf(app).find((one) => (label === undefined ? one.weight > 0 : one.label === label));
    return app.revisions.get(entry?.revision ?? (label === undefined ? (app.latest ?? '') : ''));
  }

  const world: MemoryApps = {
    failStarts: false,
    writes,
    probes,
    images: (name) => new Map([...([...apps.values()].find(({ id }) => id.name === name)?.revisions.values() ?? [])].map((revision) => [revision.name, revision.image])),
    weights: (name) => [...apps.values()].find(({ id }) => id.name === name)?.history ?? [],
    async observe(_tenant, id) {
      const app = find(id);
      return app === null ? null : shown(app);
    },
    async revision(_tenant, id, name) {
      const app = find(id);
      const revision = app?.revisions.get(name);
      return app === null || revision === undefined ? null : shownRevision(app, revision);
    },
    async revisions(_tenant, id) {
      const app = find(id);
      return app === null ? [] : [...app.revisions.values()].map((revision) => ({ ...shownRevision(app, revision), containers: [] }));
    },
    async create(_tenant, id, body: ContainerAppBody) {
      assertWriting('create');
      const app = find(id) === null ? newApp(id) : need(id);
      const token = accept(app, structuredClone(body) as unknown as JsonObject, 'create', operationMs);
      apps.set(keyOf(id), app);
      return token;
    },
    async patch(_tenant, id, patch) {
      assertWriting('patch');
      const app = need(id);
      return accept(app, applyMergePatch(app.body, structuredClone(patch)) as JsonObject, 'patch', operationMs);
    },
    async operation(_tenant, token): Promise<OperationStatus> {
      const operation = operations.get(token);
      if (operation === undefined) return { status: 'unknown' };
      if (clock.now() < operation.endsAt) return { status: 'running', lookAgainMs: operationMs / 2 };
      return operation.failure === null ? { status: 'succeeded' } : { status: 'failed', code: operation.failure, field: 'template.containers.image' };
    },
    async activate(_tenant, id, name) {
      assertWriting('activate');
      const revision = revisionOf(id, name);
      if (!revision.active) revision.readyAt = world.failStarts ? Number.POSITIVE_INFINITY : clock.now() + readyMs;
      revision.active = true;
    },
    async deactivate(_tenant, id, name) {
      assertWriting('deactivate');
      const app = need(id);
      if (weightOf(app, name) > 0) throw new Rejected('the revision takes traffic', { code: 'RevisionInUse' });
      revisionOf(id, name).active = false;
      writes.push({ verb: 'deactivate', app: app.id.name, traffic: trafficOf(app) });
    },
    endpoints: {
      async probe(_tenant, { fqdn }) {
        const revision = addressed(fqdn.split('.')[0] ?? '');
        probes.push({ at: clock.now(), revision: revision?.name ?? '' });
        if (revision === undefined || !revision.active) return { status: null, ms: 1 };
        if (stateOf(revision).ready) return { status: 200, ms: 1 };
        return { status: revision.image.endsWith('-unready') && clock.now() >= revision.readyAt ? 503 : null, ms: 1 };
      },
    },
    snapshot: () =>
      [...apps.values()].map((app) => ({
        name: app.id.name,
        body: app.body,
        revisions: [...app.revisions.values()].map((revision) => ({ name: revision.name, image: revision.image, active: revision.active, weight: weightOf(app, revision.name) })),
      })),
    byHand(id, patch) {
      const app = need(id);
      accept(app, applyMergePatch(app.body, structuredClone(patch)) as JsonObject, 'by hand', 0);
    },
    place(id, body) {
      const app = newApp(id);
      accept(app, structuredClone(body) as JsonObject, 'placed', 0);
      for (const revision of app.revisions.values()) revision.readyAt = clock.now();
      apps.set(keyOf(id), app);
    },
    list: () => [...apps.values()].map(shown),
    remove: (id) => void apps.delete(keyOf(id)),
    purge: (id, revision) => void find(id)?.revisions.delete(revision),
  };
  return world;
}

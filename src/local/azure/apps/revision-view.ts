import type { JsonObject } from '../../../kernel/desired-state.ts';
import { secondsTime } from '../times.ts';
import type { ApiVersion } from './api-version.ts';
import { scaleView, type ViewOptions } from './app-view.ts';
import type { App } from './app.ts';
import { hex } from './names.ts';
import { ingressDomain } from './host-names.ts';
import { listAt, objectAt, textAt } from './reading.ts';
import type { Replica } from './replica.ts';
import type { Revision } from './revision.ts';
import { weightOf } from './traffic.ts';

/** `/subscriptions/…/containerApps/<app>`: children are named with the resource type as it was asked for, unlike the app itself. */
function parentId(app: App, subscription: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${app.group}/providers/Microsoft.App/containerApps/${app.name}`;
}

export function revisionView(app: App, revision: Revision, { subscription, api }: Pick<ViewOptions, 'subscription' | 'api'>): JsonObject {
  const { status } = revision;
  const domain = ingressDomain(app, app.applied ?? app.desired);
  return {
    id: `${parentId(app, subscription)}/revisions/${revision.name}`,
    name: revision.name,
    type: 'Microsoft.App/containerapps/revisions',
    properties: {
      createdTime: `${secondsTime(revision.createdAt)}+00:00`,
      ...(revision.lastActiveAt !== null && { lastActiveTime: `${secondsTime(revision.lastActiveAt)}+00:00` }),
      ...(domain !== null && { fqdn: `${revision.name}.${domain}` }),
      template: revisionTemplate(app, revision.template, api),
      active: revision.active,
      replicas: revision.replicaCount,
      trafficWeight: weightOf(app, revision),
      ...(status.provisioningError !== null && { provisioningError: status.provisioningError }),
      healthState: status.healthState,
      provisioningState: status.provisioningState,
      runningState: status.runningState,
      ...(status.runningStateDetails !== null && { runningStateDetails: status.runningStateDetails }),
    },
  };
}

/** Not the template that was declared: see facts/azure.md A1.3, and azure-container-apps#1705 for the rewritten secret references. */
function revisionTemplate(app: App, template: JsonObject, api: ApiVersion): JsonObject {
  const container = ({ imageType: _imageType, ...one }: JsonObject) => {
    const { ephemeralStorage: _ephemeralStorage, ...resources } = objectAt(one, 'resources') ?? {};
    const env = listAt(one, 'env').map((entry) => (textAt(entry, 'secretRef') === null ? entry : { ...entry, secretRef: `capp-${app.name}` }));
    return { ...one, resources, ...(env.length > 0 && { env }) };
  };
  const probed = (one: JsonObject) => ({ ...container(one), probes: one['probes'] ?? [] });
  const init = listAt(template, 'initContainers');
  return { ...template, revisionSuffix: null, containers: listAt(template, 'containers').map(probed), initContainers: init.length === 0 ? null : init.map(container), scale: scaleView(objectAt(template, 'scale'), api) };
}

/** As many as the revision has; beyond those that really run they are doubles of them under their own names. */
export function replicaViews(app: App, revision: Revision, subscription: string): readonly JsonObject[] {
  const { replicas, replicaCount } = revision;
  if (replicas.length === 0) return [];
  return Array.from({ length: replicaCount }, (_, index) => {
    // The index is within the list, which is not empty.
    const replica = replicas[index % replicas.length] as Replica;
    return replicaView(app, revision, replica, index < replicas.length ? replica.name : revision.replicaName(index), subscription);
  });
}

function replicaView(app: App, revision: Revision, replica: Replica, name: string, subscription: string): JsonObject {
  const id = `${parentId(app, subscription)}/revisions/${revision.name}/replicas/${name}`;
  const address = `${app.location}.azurecontainerapps.dev${id.replace('/providers/Microsoft.App', '')}`;
  const running = replica.phase === 'running';
  const containers = listAt(revision.template, 'containers').map((container) => ({
    name: container['name'],
    containerId: `containerd://${hex(`${name}/${String(container['name'])}/${replica.restartCount}`, 32)}`,
    ready: replica.ready,
    started: running,
    restartCount: replica.restartCount,
    runningState: running ? 'Running' : 'Waiting',
    runningStateDetails: containerDetails(replica),
    logStreamEndpoint: `https://${address}/containers/${String(container['name'])}/logstream`,
    execEndpoint: `wss://${address}/containers/${String(container['name'])}/exec`,
  }));
  return {
    id,
    name,
    type: 'Microsoft.App/containerapps/revisions/replicas',
    properties: {
      createdTime: `${secondsTime(replica.createdAt)}Z`,
      runningState: running ? 'Running' : 'NotRunning',
      runningStateDetails: '',
      containers,
      initContainers: [],
    },
  };
}

function containerDetails({ phase, startedAt }: Replica): string {
  if (startedAt === null) return phase === 'crashed' ? 'CrashLoopBackOff' : 'ContainerCreating';
  const time = new Date(startedAt).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
  return `Container started at: ${time}.`;
}

import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { AzureAnswer, AzureRequest, World } from '../world.ts';
import { sameName } from '../json.ts';
import { apiVersionOf } from './api-version.ts';
import type { Apps } from './apps.ts';
import { availableProfileTypes, getStorage, listStorages, putStorage, removeStorage, workloadProfileStates } from './environment-parts.ts';
import type { Environments } from './environments.ts';
import { groupNotFound } from './arm-error.ts';
import { locationOf } from './locations.ts';
import type { Operations } from './operations.ts';
import { page } from './paging.ts';
import { actOnRevision, findReplica, foundRevision, listReplicas, listRevisions } from './revisions.ts';
import { revisionView } from './revision-view.ts';
import { environmentUsages } from './usages.ts';

interface Parts {
  readonly world: World;
  readonly operations: Operations;
  readonly environments: Environments;
  readonly apps: Apps;
}

/** The variable segments of a path, in order. */
type Handler = (request: AzureRequest, ...names: string[]) => AzureAnswer;
type Route = readonly [pattern: string, handler: Handler];

/** Finds who answers. Null for what is not modelled: jobs, certificates, Dapr, auth configurations and the rest of Microsoft.App. */
export function routesOf(parts: Parts): (request: AzureRequest) => AzureAnswer | null {
  const routes = [...operationRoutes(parts), ...environmentRoutes(parts), ...appRoutes(parts), ...revisionRoutes(parts)].map(([pattern, handler]) => {
    const [method = '', path = ''] = pattern.split(' ');
    return { method, segments: path.toLowerCase().split('/').filter((segment) => segment !== ''), handler };
  });
  return (request) => {
    // The first two are `subscriptions` and its id.
    const segments = request.segments.slice(2);
    const fits = (one: (typeof routes)[number]) =>
      one.method === request.method && one.segments.length === segments.length && one.segments.every((segment, index) => segment === '*' || segment === segments[index]?.toLowerCase());
    const route = request.segments[0]?.toLowerCase() === 'subscriptions' ? routes.find(fits) : undefined;
    return route === undefined ? null : route.handler(request, ...segments.filter((_, index) => route.segments[index] === '*'));
  };
}

const provider = '/providers/Microsoft.App';
const inGroup = `/resourceGroups/*${provider}`;

function operationRoutes({ operations }: Parts): readonly Route[] {
  return ['containerapp', 'managedEnvironment'].flatMap((kind): Route[] => [
    [`GET ${provider}/locations/*/${kind}OperationStatuses/*`, (request, _location = '', id = '') => operations.status(request, id)],
    [`GET ${provider}/locations/*/${kind}OperationResults/*`, (request, _location = '', id = '') => operations.result(request, id)],
  ]);
}

interface Resources<T> {
  all(): readonly T[];
  found(group: string, name: string): T;
  view(request: AzureRequest, resource: T): JsonObject;
  put(request: AzureRequest, group: string, name: string): AzureAnswer;
  patch(request: AzureRequest, group: string, name: string): AzureAnswer;
  remove(request: AzureRequest, group: string, name: string): AzureAnswer;
}

/** What apps and environments are both asked for. */
function resourceRoutes<T extends { readonly group: string }>(type: string, resources: Resources<T>, world: World): readonly Route[] {
  const one = `${inGroup}/${type}/*`;
  const list = (request: AzureRequest, found: readonly T[]) => page(request, found.map((resource) => resources.view(request, resource)));
  return [
    [`GET ${one}`, (request, group = '', name = '') => ({ status: 200, body: resources.view(request, resources.found(group, name)) })],
    [`PUT ${one}`, (request, group = '', name = '') => resources.put(request, group, name)],
    [`PATCH ${one}`, (request, group = '', name = '') => resources.patch(request, group, name)],
    [`DELETE ${one}`, (request, group = '', name = '') => resources.remove(request, group, name)],
    [`GET ${provider}/${type}`, (request) => list(request, resources.all())],
    [`GET ${inGroup}/${type}`, (request, group = '') => {
      if (world.groups.get(group) === null) throw groupNotFound(group);
      return list(request, resources.all().filter((resource) => sameName(resource.group, group)));
    }],
  ];
}

function environmentRoutes({ world, environments, apps }: Parts): readonly Route[] {
  const one = `${inGroup}/managedEnvironments/*`;
  return [
    ...resourceRoutes('managedEnvironments', environments, world),
    [`GET ${one}/usages`, (_request, group = '', name = '') => {
      const environment = environments.found(group, name);
      return { status: 200, body: { value: environmentUsages(apps.all().filter((app) => app.environment === environment)) } };
    }],
    [`GET ${one}/workloadProfileStates`, (_request, group = '', name = '') => workloadProfileStates(environments.found(group, name))],
    [`GET ${provider}/locations/*/availableManagedEnvironmentsWorkloadProfileTypes`, (_request, location = '') => availableProfileTypes(world.subscription, location)],
    [`GET ${one}/storages`, (_request, group = '', name = '') => listStorages(environments.found(group, name))],
    [`GET ${one}/storages/*`, (_request, group = '', name = '', storage = '') => getStorage(environments.found(group, name), storage)],
    [`PUT ${one}/storages/*`, (request, group = '', name = '', storage = '') => putStorage(request, environments.found(group, name), storage)],
    [`DELETE ${one}/storages/*`, (_request, group = '', name = '', storage = '') => removeStorage(environments.found(group, name), storage)],
    [`GET ${provider}/locations/*/usages`, (_request, location = '') => ({ status: 200, body: { value: environments.usages(locationOf(location) ?? '') } })],
  ];
}

function appRoutes({ world, apps }: Parts): readonly Route[] {
  const one = `${inGroup}/containerApps/*`;
  return [
    ...resourceRoutes('containerApps', apps, world),
    [`POST ${one}/start`, (request, group = '', name = '') => apps.turn(request, group, name, 'on')],
    [`POST ${one}/stop`, (request, group = '', name = '') => apps.turn(request, group, name, 'off')],
    [`POST ${one}/listSecrets`, (_request, group = '', name = '') => apps.listSecrets(group, name)],
  ];
}

function revisionRoutes({ world: { subscription }, apps }: Parts): readonly Route[] {
  const all = `${inGroup}/containerApps/*/revisions`;
  const actions = (['activate', 'deactivate', 'restart'] as const).map(
    (action): Route => [`POST ${all}/*/${action}`, (_request, group = '', name = '', revision = '') => actOnRevision(apps.found(group, name), revision, action)],
  );
  return [
    ...actions,
    [`GET ${all}`, (request, group = '', name = '') => page(request, listRevisions(request, apps.found(group, name), subscription))],
    [`GET ${all}/*`, (request, group = '', name = '', revision = '') => {
      const app = apps.found(group, name);
      return { status: 200, body: revisionView(app, foundRevision(app, revision), { subscription, api: apiVersionOf(request) }) };
    }],
    [`GET ${all}/*/replicas`, (_request, group = '', name = '', revision = '') => ({ status: 200, body: { value: listReplicas(apps.found(group, name), revision, subscription) } })],
    [`GET ${all}/*/replicas/*`, (_request, group = '', name = '', revision = '', replica = '') => ({ status: 200, body: findReplica(apps.found(group, name), revision, replica, subscription) })],
  ];
}

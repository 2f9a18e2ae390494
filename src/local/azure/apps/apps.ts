import { isObject } from '../../../kernel/comparison/canonical.ts';
import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { ResourceStore } from '../resource-store.ts';
import type { AzureAnswer, AzureRequest } from '../world.ts';
import { apiVersionOf } from './api-version.ts';
import { appView, putView, type ViewOptions } from './app-view.ts';
import type { App, AppBody } from './app.ts';
import { ArmError, groupNotFound, resourceNotFound } from './arm-error.ts';
import type { ManagedEnvironment } from './environment.ts';
import type { Environments } from './environments.ts';
import { failsOnOrder } from './fault-orders.ts';
import { withKnownIdentities } from './identity.ts';
import type { Operation, OperationError, Operations } from './operations.ts';
import { listAt } from './reading.ts';
import { rollOut, settleRevisions, type RolloutParts } from './rollout.ts';
import { takesUsedSecrets } from './secrets.ts';
import { draftApp, refuseMove, usableEnvironment, wantedApp } from './wanted-app.ts';

const type = 'Microsoft.App/containerApps';

interface Parts extends RolloutParts {
  readonly operations: Operations;
  readonly environments: Environments;
}

/** Every container app, and the writes that start operations on them. */
export class Apps {
  readonly #parts: Parts;
  readonly #stored = new ResourceStore<App>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  all(): readonly App[] {
    return this.#stored.all();
  }

  /** @throws ArmError when there is no such app. */
  found(group: string, name: string): App {
    const app = this.#stored.get(group, name);
    if (app === null) throw resourceNotFound(type, name, this.#parts.world.groups.get(group)?.name ?? group);
    return app;
  }

  view(request: AzureRequest, app: App): JsonObject {
    return appView(app, this.#viewOptions(request));
  }

  put(request: AzureRequest, group: string, name: string): AzureAnswer {
    const { world, timers, operations, environments } = this.#parts;
    const ownGroup = world.groups.get(group)?.name;
    if (ownGroup === undefined) throw groupNotFound(group);
    const sent = isObject(request.body) ? request.body : {};
    const existing = this.#stored.get(group, name);
    const environment = usableEnvironment(environments, sent);
    const id = `/subscriptions/${world.subscription}/resourceGroups/${ownGroup}/providers/Microsoft.App/containerapps/${name}`;
    const app = existing ?? draftApp({ id, group: ownGroup, name, environment, now: timers.now(), author: world.authorOf(request.principalId) }, sent);
    refuseMove(app, sent, environment);
    refuseWhileBusy(app);
    const wanted = wantedApp(world, app, sent, existing === null);
    this.#want(request, app, wanted.desired);
    this.#stored.set(app);
    const operation = this.#apply(request, app);
    const headers = { 'azure-asyncoperation': operations.statusAddress(request, operation), 'retry-after': '15', 'x-ms-async-operation-timeout': 'PT15M' };
    return { status: 201, headers, body: putView(app, wanted.accepted, { ...this.#viewOptions(request), isNew: existing === null }) };
  }

  patch(request: AzureRequest, group: string, name: string): AzureAnswer {
    const app = this.found(group, name);
    refuseWhileBusy(app);
    const merged = applyMergePatch(asSent(app), withKnownIdentities(request.body, app.desired.identity));
    this.#want(request, app, wantedApp(this.#parts.world, app, isObject(merged) ? merged : {}, false).desired);
    return this.#accepted(request, this.#apply(request, app), this.#parts.world.build.patchNamesItsStatus);
  }

  remove(request: AzureRequest, group: string, name: string): AzureAnswer {
    const app = this.#stored.get(group, name);
    if (app === null) return { status: 204 };
    refuseWhileBusy(app);
    const operation = this.#begin(request, app, 'Deleting', () => (this.#drop(app), null));
    return { status: 202, headers: { location: this.#parts.operations.resultAddress(request, operation) } };
  }

  /** Starts or stops every revision that takes requests. */
  turn(request: AzureRequest, group: string, name: string, state: 'on' | 'off'): AzureAnswer {
    const app = this.found(group, name);
    refuseWhileBusy(app);
    return this.#accepted(request, this.#begin(request, app, 'InProgress', () => (turnApp(app, state), null)));
  }

  listSecrets(group: string, name: string): AzureAnswer {
    const app = this.found(group, name);
    const given = listAt(app.desired.configuration, 'secrets');
    const valueOf = (secret: JsonObject) => app.secrets.get(String(secret['name']))?.value ?? secret['value'];
    return { status: 200, body: { value: given.map((secret) => ({ ...secret, value: valueOf(secret) })) } };
  }

  /** What happens to the apps of an environment that is deleted. */
  forget(environment: ManagedEnvironment): void {
    for (const app of this.#stored.all()) if (app.environment === environment) this.#drop(app);
  }

  #viewOptions(request: AzureRequest): ViewOptions {
    const { subscription, build } = this.#parts.world;
    return { subscription, build, api: apiVersionOf(request) };
  }

  #want(request: AzureRequest, app: App, desired: AppBody): void {
    Object.assign(app, { desired, modifiedAt: this.#parts.timers.now(), modifiedBy: this.#parts.world.authorOf(request.principalId) });
  }

  #drop(app: App): void {
    for (const revision of app.revisions) revision.stop();
    this.#stored.remove(app);
  }

  #apply(request: AzureRequest, app: App): Operation {
    const { pace } = this.#parts.world;
    return takesUsedSecrets(app) ? this.#begin(request, app, 'InProgress', () => expired(app), pace.expiryMs) : this.#begin(request, app, 'InProgress', () => rollOut(this.#parts, app));
  }

  /** Starts the operation that does `work` when its time has come. */
  #begin(request: AzureRequest, app: App, state: 'InProgress' | 'Deleting', work: () => OperationError | null, afterMs = this.#parts.world.pace.operationMs): Operation {
    const { world, operations } = this.#parts;
    const fails = failsOnOrder(world, request);
    const operation = operations.start({
      kind: 'containerapp',
      location: app.location,
      afterMs,
      finish: () => {
        app.operation = null;
        const error = fails ? expired(app) : work();
        app.provisioningState = error === null ? 'Succeeded' : 'Failed';
        return error;
      },
      result: (asked) => (state === 'Deleting' ? { status: 204 } : { status: 200, body: this.view(asked, app) }),
    });
    Object.assign(app, { provisioningState: state, operation });
    return operation;
  }

  #accepted(request: AzureRequest, operation: Operation, namesStatus = true): AzureAnswer {
    const { operations } = this.#parts;
    const status = { 'azure-asyncoperation': operations.statusAddress(request, operation), 'retry-after': '15' };
    return { status: 202, headers: { location: operations.resultAddress(request, operation), ...(namesStatus && status) } };
  }
}

/** The body that a merge patch is merged into: all that a client may set, with the secrets' values. */
function asSent(app: App): JsonObject {
  const { tags, identity, others, workloadProfileName, configuration, template } = app.desired;
  return { ...others, tags, identity, properties: { environmentId: app.environment.id, workloadProfileName, configuration, template } };
}

function turnApp(app: App, state: 'on' | 'off'): void {
  if (app.stopped === (state === 'off')) return;
  app.stopped = state === 'off';
  if (state === 'off') {
    app.paused = app.revisions.filter((revision) => revision.active);
    for (const revision of app.paused) revision.deactivate();
    return;
  }
  for (const revision of app.paused) revision.activate(app.secrets);
  settleRevisions(app);
}

function refuseWhileBusy(app: App): void {
  if (app.operation === null) return;
  const message = `Cannot modify a container app '${app.name}' because there is an active provisioning operation in progress. OperationId: '${app.operation.id}'`;
  throw new ArmError(409, 'ContainerAppOperationInProgress', message);
}

function expired(app: App): OperationError {
  return { code: 'ContainerAppOperationError', message: `Failed to provision revision for container app '${app.name}'. Error details: Operation expired.` };
}

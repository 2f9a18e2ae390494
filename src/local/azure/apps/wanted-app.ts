import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { Author, World } from '../world.ts';
import { validateApp } from './app-validation.ts';
import type { App, AppBody } from './app.ts';
import { ArmError, movedElsewhere } from './arm-error.ts';
import { acceptedConfiguration, settledConfiguration } from './configuration.ts';
import type { ManagedEnvironment } from './environment.ts';
import type { Environments } from './environments.ts';
import { settledIdentity } from './identity.ts';
import { validLocation } from './locations.ts';
import { listAt, objectAt, textAt, withoutNulls } from './reading.ts';
import { acceptedTemplate, settledTemplate } from './template.ts';

const type = 'Microsoft.App/containerApps';

/** What a write asks for: as the answer echoes it, and as it is read later. */
export interface Wanted {
  readonly accepted: AppBody;
  readonly desired: AppBody;
}

/** @throws ArmError for what is refused before any operation starts. */
export function wantedApp(world: World, app: App, sent: JsonObject, isNew: boolean): Wanted {
  const properties = objectAt(sent, 'properties') ?? {};
  const { tags, identity, location: _location, properties: _properties, id: _id, name: _name, type: _type, systemData: _systemData, ...others } = sent;
  const profile = textAt(properties, 'workloadProfileName') ?? (hasProfiles(app.environment) ? 'Consumption' : null);
  const accepted: AppBody = {
    tags: objectAt({ tags }, 'tags'),
    identity: settledIdentity(world, app.id, objectAt({ identity }, 'identity')),
    others: withoutNulls(others),
    workloadProfileName: profile,
    configuration: acceptedConfiguration(objectAt(properties, 'configuration') ?? {}, isNew),
    template: acceptedTemplate(objectAt(properties, 'template') ?? {}),
  };
  const { configuration, template } = accepted;
  const revisions = app.revisions.map((one) => one.name);
  validateApp({ name: app.name, configuration, template, revisions, isConsumption: profile === null || profile.toLowerCase() === 'consumption' });
  return { accepted, desired: { ...accepted, configuration: settledConfiguration(configuration), template: settledTemplate(template) } };
}

function hasProfiles(environment: ManagedEnvironment): boolean {
  return listAt(environment.properties, 'workloadProfiles').length > 0;
}

/** An app that nobody has stored yet. */
export function draftApp(place: { readonly id: string; readonly group: string; readonly name: string; readonly environment: ManagedEnvironment; readonly now: number; readonly author: Author }, sent: JsonObject): App {
  const nothing: AppBody = { tags: null, identity: null, others: {}, workloadProfileName: null, configuration: {}, template: {} };
  return {
    id: place.id,
    name: place.name,
    group: place.group,
    location: validLocation(sent, type),
    environment: place.environment,
    createdAt: place.now,
    createdBy: place.author,
    modifiedAt: place.now,
    modifiedBy: place.author,
    provisioningState: 'InProgress',
    stopped: false,
    paused: [],
    desired: nothing,
    applied: null,
    revisions: [],
    latestRevision: null,
    latestReady: null,
    named: 0,
    secrets: new Map(),
    behindVault: false,
    operation: null,
  };
}

/** The environment that an app is to run in. @throws ArmError when it is not there or not ready. */
export function usableEnvironment(environments: Environments, sent: JsonObject): ManagedEnvironment {
  const properties = objectAt(sent, 'properties');
  const id = textAt(properties, 'environmentId') ?? textAt(properties, 'managedEnvironmentId') ?? '';
  if (!/\/managedEnvironments\/[^/]+$/i.test(id)) throw new ArmError(400, 'InvalidManagedEnvironmentId', `Invalid ManagedEnvironmentId value '${id}'.`);
  const environment = environments.byId(id);
  if (environment === null) throw new ArmError(400, 'ManagedEnvironmentNotFound', `The environment '${id}' was not found.`);
  if (environment.state === 'ScheduledForDelete') {
    throw new ArmError(400, 'ManagedEnvironmentNotReadyForAppCreation', `The environment '${environment.id}' cannot be used for container apps: it is in state '${environment.state}'.`);
  }
  if (environment.state !== 'Succeeded' && environment.state !== 'Updating') {
    throw new ArmError(400, 'ManagedEnvironmentNotProvisioned', `The environment '${environment.id}' has not been provisioned successfully.`);
  }
  return environment;
}

/** @throws ArmError for a write that would move an app: it stays in its region and in its environment (azure-cli#26688). */
export function refuseMove(app: App, sent: JsonObject, to: ManagedEnvironment): void {
  const location = validLocation(sent, type);
  if (location !== app.location) throw movedElsewhere(app, location);
  if (app.environment === to) return;
  const message =
    `Container App '${app.name}' already exists in a different environment. To create it in the environment '${to.id}' ` +
    `delete it from the environment '${app.environment.name}' first.`;
  throw new ArmError(400, 'ContainerAppEnvironmentMismatch', message);
}

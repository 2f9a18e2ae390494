import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { AzureRequest, World } from '../world.ts';
import { validateApp } from './app-validation.ts';
import type { App, AppBody } from './app.ts';
import { ArmError } from './arm-error.ts';
import { acceptedConfiguration, settledConfiguration } from './configuration.ts';
import type { ManagedEnvironment } from './environment.ts';
import type { Environments } from './environments.ts';
import { settledIdentity } from './identity.ts';
import { locationOf } from './locations.ts';
import { listAt, objectAt, textAt, withoutNulls } from './reading.ts';
import { acceptedTemplate, settledTemplate } from './template.ts';

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
export function draftApp(request: AzureRequest, place: { readonly id: string; readonly group: string; readonly name: string; readonly environment: ManagedEnvironment; readonly now: number }, sent: JsonObject): App {
  const written = textAt(sent, 'location');
  if (written === null) throw new ArmError(400, 'LocationRequired', 'The location property is required for this definition.', false);
  const nothing: AppBody = { tags: null, identity: null, others: {}, workloadProfileName: null, configuration: {}, template: {} };
  return {
    id: place.id,
    name: place.name,
    group: place.group,
    location: locationOf(written) ?? place.environment.location,
    environment: place.environment,
    createdAt: place.now,
    createdBy: request.principalId,
    modifiedAt: place.now,
    modifiedBy: request.principalId,
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

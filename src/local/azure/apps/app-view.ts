import type { JsonObject } from '../../../kernel/desired-state.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { App, AppBody } from './app.ts';
import type { ApiVersion } from './api-version.ts';
import { displayLocation } from './locations.ts';
import { listAt, objectAt, textAt } from './reading.ts';
import { ingressDomain } from './host-names.ts';
import type { ManagedEnvironment } from './environment.ts';
import { outboundAddresses } from './names.ts';
import { domainVerificationId, systemData, type Moment } from './resource-view.ts';
import type { ServiceBuild } from './service-build.ts';

export interface ViewOptions {
  readonly subscription: string;
  readonly build: ServiceBuild;
  readonly api: ApiVersion;
}

/** The app as a read shows it. */
export function appView(app: App, options: ViewOptions): JsonObject {
  return envelope(app, 'stored', storedProperties(app, options));
}

function storedProperties(app: App, { subscription, api, build }: ViewOptions): JsonObject {
  const { desired, environment, latestRevision, latestReady, name, group } = app;
  const domain = ingressDomain(app, desired);
  const stream = `https://${app.location}.azurecontainerapps.dev/subscriptions/${subscription}/resourceGroups/${group}/containerApps/${name}/eventstream`;
  return {
    provisioningState: app.provisioningState,
    runningStatus: runningStatus(app),
    managedEnvironmentId: environment.id,
    environmentId: environment.id,
    workloadProfileName: desired.workloadProfileName,
    ...(api.preview && { patchingMode: 'Automatic' }),
    outboundIpAddresses: outboundOf(environment),
    ...(latestRevision && { latestRevisionName: latestRevision.name }),
    ...(latestReady && { latestReadyRevisionName: latestReady.name }),
    latestRevisionFqdn: latestRevision === null || domain === null ? '' : `${latestRevision.name}.${domain}`,
    customDomainVerificationId: domainVerificationId(subscription),
    configuration: configurationView(desired.configuration, domain === null ? null : `${name}.${domain}`, api, build),
    template: templateView(desired.template, 'ContainerImage', api),
    eventStreamEndpoint: stream,
    delegatedIdentities: [],
  };
}

/** The answer to an accepted PUT. */
export function putView(app: App, accepted: AppBody, { isNew, ...options }: ViewOptions & { readonly isNew: boolean }): JsonObject {
  return envelope(app, isNew ? 'created' : 'modified', options.build.putEchoes ? acceptedProperties(app, accepted, options) : filledProperties(app, options));
}

/** As a read shows them; names of revisions that are not there yet are empty, and the app counts as running [wire]. */
function filledProperties(app: App, options: ViewOptions): JsonObject {
  return { latestRevisionName: '', latestReadyRevisionName: '', ...storedProperties(app, options), runningStatus: app.stopped ? 'Stopped' : 'Running' };
}

/** What was sent, defaults mostly not yet filled in. */
function acceptedProperties({ environment }: App, accepted: AppBody, { subscription, api, build }: ViewOptions): JsonObject {
  return {
    provisioningState: 'InProgress',
    managedEnvironmentId: environment.id,
    environmentId: environment.id,
    workloadProfileName: accepted.workloadProfileName,
    ...(api.preview && { patchingMode: 'Automatic' }),
    outboundIpAddresses: outboundOf(environment),
    customDomainVerificationId: domainVerificationId(subscription),
    configuration: configurationView(accepted.configuration, null, api, build),
    template: templateView(accepted.template, 'CloudBuild', api),
    delegatedIdentities: [],
  };
}

function envelope(app: App, moment: Moment, properties: JsonObject): JsonObject {
  const { tags, identity, others } = app.desired;
  return {
    id: app.id,
    name: app.name,
    type: 'Microsoft.App/containerApps',
    location: displayLocation(app.location),
    ...(tags && { tags }),
    systemData: systemData(app, moment),
    properties,
    identity: identity ?? { type: 'None' },
    ...others,
  };
}

/** Others at each look: who takes them for a change of the app finds out here. */
function outboundOf(environment: ManagedEnvironment): readonly string[] {
  return outboundAddresses(environment.id.toLowerCase(), environment.toldOutbound++);
}

function runningStatus(app: App): string {
  if (app.stopped) return 'Stopped';
  return app.latestRevision === null ? 'Progressing' : 'Running';
}

function configurationView(configuration: JsonObject, fqdn: string | null, api: ApiVersion, build: ServiceBuild): JsonObject {
  const { ingress, secrets, identitySettings, runtime, ...rest } = configuration;
  return {
    ...rest,
    secrets: Array.isArray(secrets) ? listAt(configuration, 'secrets').map(secretView) : null,
    ingress: isObject(ingress) ? ingressView(ingress, fqdn, api) : null,
    ...(api.identitySettings && { ...(build.identitySettings && { identitySettings }), runtime }),
  };
}

/** Names only; a Key Vault reference also shows where it leads. */
function secretView(secret: JsonObject): JsonObject {
  const keyVaultUrl = textAt(secret, 'keyVaultUrl');
  return { name: secret['name'], ...(keyVaultUrl !== null && { keyVaultUrl, identity: secret['identity'] }) };
}

function ingressView(ingress: JsonObject, fqdn: string | null, api: ApiVersion): JsonObject {
  const { targetPortHttpScheme, ...rest } = ingress;
  return { ...rest, fqdn, ...(api.preview && { targetPortHttpScheme }) };
}

function templateView(template: JsonObject, imageType: string, api: ApiVersion): JsonObject {
  const { containers: _containers, initContainers, scale: _scale, ...rest } = template;
  const shown = (key: string) => listAt(template, key).map(({ imageType: sent, ...container }) => (api.preview ? { ...container, imageType: sent ?? imageType } : container));
  return {
    ...rest,
    containers: shown('containers'),
    initContainers: initContainers === null ? null : shown('initContainers'),
    scale: scaleView(objectAt(template, 'scale'), api),
  };
}

/** As a version of the API knows it. */
export function scaleView(scale: JsonObject | null, api: ApiVersion): JsonObject | null {
  if (scale === null) return null;
  const { cooldownPeriod, pollingInterval, ...scaling } = scale;
  return { ...scaling, ...(api.scaleTimes && cooldownPeriod !== undefined && { cooldownPeriod, pollingInterval }) };
}

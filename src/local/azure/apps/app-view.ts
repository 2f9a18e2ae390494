import type { JsonObject } from '../../../kernel/desired-state.ts';
import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { App, AppBody } from './app.ts';
import type { ApiVersion } from './api-version.ts';
import { displayLocation } from './locations.ts';
import { listAt, objectAt, textAt } from './reading.ts';
import { ingressDomain } from './host-names.ts';
import { domainVerificationId, systemData } from './resource-view.ts';

interface ViewOptions {
  readonly subscription: string;
  readonly api: ApiVersion;
}

/** The app as a read shows it. */
export function appView(app: App, { subscription, api }: ViewOptions): JsonObject {
  const { desired, environment, latestRevision, latestReady, name, group } = app;
  const domain = ingressDomain(app, desired);
  const stream = `https://${app.location}.azurecontainerapps.dev/subscriptions/${subscription}/resourceGroups/${group}/containerApps/${name}/eventstream`;
  return envelope(app, '', {
    provisioningState: app.provisioningState,
    runningStatus: runningStatus(app),
    managedEnvironmentId: environment.id,
    environmentId: environment.id,
    workloadProfileName: desired.workloadProfileName,
    ...(api.preview && { patchingMode: 'Automatic' }),
    outboundIpAddresses: [environment.staticIp],
    ...(latestRevision && { latestRevisionName: latestRevision.name }),
    ...(latestReady && { latestReadyRevisionName: latestReady.name }),
    latestRevisionFqdn: latestRevision === null || domain === null ? '' : `${latestRevision.name}.${domain}`,
    customDomainVerificationId: domainVerificationId(subscription),
    configuration: configurationView(desired.configuration, domain === null ? null : `${name}.${domain}`, api),
    template: templateView(desired.template, 'ContainerImage', api),
    eventStreamEndpoint: stream,
    delegatedIdentities: [],
  });
}

/** The answer to an accepted PUT: what was sent, defaults mostly not yet filled in. */
export function acceptedView(app: App, accepted: AppBody, { subscription, api }: ViewOptions): JsonObject {
  const { environment } = app;
  return envelope(app, 'Z', {
    provisioningState: 'InProgress',
    managedEnvironmentId: environment.id,
    environmentId: environment.id,
    workloadProfileName: accepted.workloadProfileName,
    ...(api.preview && { patchingMode: 'Automatic' }),
    outboundIpAddresses: [environment.staticIp],
    customDomainVerificationId: domainVerificationId(subscription),
    configuration: configurationView(accepted.configuration, null, api),
    template: templateView(accepted.template, 'CloudBuild', api),
    delegatedIdentities: [],
  });
}

function envelope(app: App, zone: '' | 'Z', properties: JsonObject): JsonObject {
  const { tags, identity, others } = app.desired;
  return {
    id: app.id,
    name: app.name,
    type: 'Microsoft.App/containerApps',
    location: displayLocation(app.location),
    ...(tags && { tags }),
    systemData: systemData(app, zone),
    properties,
    identity: identity ?? { type: 'None' },
    ...others,
  };
}

function runningStatus(app: App): string {
  if (app.stopped) return 'Stopped';
  return app.latestRevision === null ? 'Progressing' : 'Running';
}

function configurationView(configuration: JsonObject, fqdn: string | null, api: ApiVersion): JsonObject {
  const { ingress, secrets, identitySettings, runtime, ...rest } = configuration;
  return {
    ...rest,
    secrets: Array.isArray(secrets) ? listAt(configuration, 'secrets').map(secretView) : null,
    ingress: isObject(ingress) ? ingressView(ingress, fqdn, api) : null,
    ...(api.identitySettings && { identitySettings, runtime }),
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
  const { containers: _containers, initContainers, scale, ...rest } = template;
  const shown = (key: string) => listAt(template, key).map(({ imageType: sent, ...container }) => (api.preview ? { ...container, imageType: sent ?? imageType } : container));
  const { cooldownPeriod, pollingInterval, ...scaling } = objectAt(template, 'scale') ?? {};
  const times = api.scaleTimes && cooldownPeriod !== undefined ? { cooldownPeriod, pollingInterval } : {};
  return {
    ...rest,
    containers: shown('containers'),
    initContainers: initContainers === null ? null : shown('initContainers'),
    scale: scale === null ? null : { ...scaling, ...times },
  };
}

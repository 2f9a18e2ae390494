import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { Author, World } from '../world.ts';
import type { ApiVersion } from './api-version.ts';
import { displayLocation } from './locations.ts';
import { listAt, numberAt, objectAt, textAt, withoutNulls } from './reading.ts';
import type { Operation } from './operations.ts';
import { domainVerificationId, systemData } from './resource-view.ts';
import type { ServiceBuild } from './service-build.ts';

/** A managed environment. */
export interface ManagedEnvironment {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  /** Normalised: `westeurope`. */
  readonly location: string;
  readonly domain: string;
  readonly staticIp: string;
  /** How often its outbound addresses were told; they change by themselves (facts/azure.md A1.6). */
  toldOutbound: number;
  readonly createdAt: number;
  readonly createdBy: Author;
  modifiedAt: number;
  modifiedBy: Author;
  /** `Waiting`, `Updating`, `Succeeded`, `Failed`, `ScheduledForDelete`. */
  state: string;
  tags: JsonObject | null;
  properties: JsonObject;
  /** Shares that its apps can mount, by name. */
  readonly storages: Map<string, JsonObject>;
  operation: Operation | null;
}

/** What a client may set, with what the service fills in. The shared key of the log workspace is write-only and not kept. */
export function settledEnvironment(sent: JsonObject, place: { readonly name: string; readonly group: string; readonly location: string }, build: ServiceBuild): JsonObject {
  const vnet = objectAt(sent, 'vnetConfiguration');
  const logs = objectAt(sent, 'appLogsConfiguration');
  const profiles = listAt(sent, 'workloadProfiles').map(profile);
  const ownNetwork = textAt(vnet, 'infrastructureSubnetId') !== null && profiles.length > 0;
  const managedGroup = `ME_${place.name}_${place.group}_${place.location}`.slice(0, 90);
  return {
    daprAIInstrumentationKey: null,
    daprAIConnectionString: null,
    vnetConfiguration: vnet && { internal: vnet['internal'] === true, infrastructureSubnetId: vnet['infrastructureSubnetId'] ?? null, dockerBridgeCidr: null, platformReservedCidr: null, platformReservedDnsIP: null, ...withoutNulls(vnet) },
    appLogsConfiguration: logs && { destination: logs['destination'] ?? null, logAnalyticsConfiguration: logAnalytics(objectAt(logs, 'logAnalyticsConfiguration')) },
    openTelemetryConfiguration: sent['openTelemetryConfiguration'] ?? null,
    zoneRedundant: sent['zoneRedundant'] === true,
    workloadProfiles: profiles.length === 0 ? null : profiles,
    infrastructureResourceGroup: sent['infrastructureResourceGroup'] ?? (ownNetwork ? managedGroup : null),
    peerAuthentication: { mtls: { enabled: objectAt(objectAt(sent, 'peerAuthentication'), 'mtls')?.['enabled'] === true } },
    peerTrafficConfiguration: { encryption: { enabled: objectAt(objectAt(sent, 'peerTrafficConfiguration'), 'encryption')?.['enabled'] === true } },
    publicNetworkAccess: build.publicNetworkAccess ? (sent['publicNetworkAccess'] ?? 'Enabled') : null,
  };
}

function logAnalytics(sent: JsonObject | null): JsonObject | null {
  return sent && { customerId: sent['customerId'] ?? null, sharedKey: null, dynamicJsonColumns: sent['dynamicJsonColumns'] === true };
}

function profile(sent: JsonObject): JsonObject {
  const counts = { minimumCount: numberAt(sent, 'minimumCount'), maximumCount: numberAt(sent, 'maximumCount') };
  // Field names bind without case: the CLI sends `Name`.
  return { workloadProfileType: sent['workloadProfileType'] ?? sent['WorkloadProfileType'], name: sent['name'] ?? sent['Name'], ...withoutNulls(counts) };
}

/** `dynamicJsonColumns` came after 2024-03-01 [wire]. */
function logsView(logs: unknown, api: ApiVersion): JsonObject | null {
  if (!isObject(logs)) return null;
  const analytics = objectAt(logs, 'logAnalyticsConfiguration');
  if (analytics === null || api.identitySettings) return logs;
  const { dynamicJsonColumns: _dynamicJsonColumns, ...known } = analytics;
  return { ...logs, logAnalyticsConfiguration: known };
}

export function environmentView(environment: ManagedEnvironment, { subscription, build }: Pick<World, 'subscription' | 'build'>, api: ApiVersion): JsonObject {
  const { id, name, group, location, state, tags } = environment;
  const { openTelemetryConfiguration, publicNetworkAccess, appLogsConfiguration, ...properties } = environment.properties;
  const waitsForNetwork = properties['vnetConfiguration'] !== null && state === 'Waiting';
  const shown = {
    provisioningState: state,
    ...properties,
    appLogsConfiguration: logsView(appLogsConfiguration, api),
    defaultDomain: environment.domain,
    ...(!waitsForNetwork && { staticIp: environment.staticIp }),
    kedaConfiguration: { version: '2.17.2' },
    daprConfiguration: { version: '1.13.6' },
    eventStreamEndpoint: `https://${location}.azurecontainerapps.dev/subscriptions/${subscription}/resourceGroups/${group}/managedEnvironments/${name}/eventstream`,
    customDomainConfiguration: {
      customDomainVerificationId: domainVerificationId(subscription),
      dnsSuffix: null,
      ...(api.identitySettings && { certificateKeyVaultProperties: null }),
      certificateValue: null,
      certificatePassword: null,
      thumbprint: null,
      subjectName: null,
      expirationDate: null,
    },
    ...(api.identitySettings && { openTelemetryConfiguration, ...(build.publicNetworkAccess && { publicNetworkAccess }), appInsightsConfiguration: null }),
  };
  return {
    id,
    name,
    type: 'Microsoft.App/managedEnvironments',
    location: displayLocation(location),
    ...(tags && { tags }),
    systemData: systemData(environment),
    properties: shown,
  };
}

import { answersApps as apps, answersEnvironments as environments, type Finding } from './azure-spec-finding.ts';

/** A known disagreement between the real service and its own description. */
export interface Allowed {
  /** Which descriptions: an extra field may be unknown to one of them or to both. */
  readonly by: readonly Finding['by'][];
  readonly operations: RegExp;
  readonly codes: readonly string[];
  readonly at: string;
  /** What the message must say besides; anything without it. */
  readonly saying?: RegExp;
  /** Only of these; of any without it. */
  readonly statuses?: readonly number[];
  /** Only in answers of preview versions. */
  readonly previewOnly?: true;
  readonly reason: string;
  /** `recordings`, where real traffic shows it; for what is ours, where it is from instead. */
  readonly source: string;
}

const revisions = /^ContainerAppsRevisions_(?:GetRevision|ListRevisions)$/;
const resources = new RegExp(`${apps.source}|${environments.source}`);
const extra = ['OBJECT_ADDITIONAL_PROPERTIES', 'additionalProperties'];

const later = 'came after the 2024-03-01 that the file describes';
const undescribed = 'answered by the service, described nowhere';

function unknownField(operations: RegExp, at: string, by: Allowed['by'], reason: string, more: { readonly previewOnly?: true } = {}): Allowed {
  return { by, operations, codes: extra, at, reason, source: 'recordings', ...more };
}

function otherCase(at: string, values: string): Allowed {
  return {
    by: ['swagger', 'model'],
    operations: apps,
    codes: ['ENUM_CASE_MISMATCH', 'enum'],
    at,
    saying: new RegExp(`(?:: |found ")(?:${values})"?$`),
    reason: 'described in lower case, answered with a capital',
    source: 'recordings',
  };
}

/** Of answers only: in a request nothing is allowed. */
export const allowed: readonly Allowed[] = [
  unknownField(apps, '$.properties.runningStatus', ['swagger'], later),
  unknownField(apps, '$.properties.configuration.runtime', ['swagger'], later),
  unknownField(apps, '$.properties.configuration.identitySettings', ['swagger'], later),
  unknownField(apps, '$.properties.template.scale.cooldownPeriod', ['swagger'], later),
  unknownField(apps, '$.properties.template.scale.pollingInterval', ['swagger'], later),
  unknownField(apps, '$.properties.template.scale.rules[*].azureQueue.accountName', ['swagger'], later),
  unknownField(apps, '$.properties.delegatedIdentities', ['swagger', 'model'], undescribed),
  unknownField(apps, '$.properties.patchingMode', ['swagger', 'model'], 'of preview versions', { previewOnly: true }),
  unknownField(apps, '$.properties.template.containers[*].imageType', ['swagger', 'model'], 'of preview versions', { previewOnly: true }),
  unknownField(apps, '$.properties.configuration.ingress.targetPortHttpScheme', ['swagger', 'model'], 'of preview versions', { previewOnly: true }),
  otherCase('$.properties.configuration.ingress.transport', 'Auto|Http|Http2|Tcp'),
  otherCase('$.properties.configuration.ingress.clientCertificateMode', 'Ignore'),
  unknownField(environments, '$.properties.appInsightsConfiguration', ['swagger'], later),
  unknownField(environments, '$.properties.openTelemetryConfiguration', ['swagger'], later),
  unknownField(environments, '$.properties.customDomainConfiguration.certificateKeyVaultProperties', ['swagger'], later),
  unknownField(environments, '$.properties.publicNetworkAccess', ['swagger'], later),
  unknownField(environments, '$.properties.appLogsConfiguration.logAnalyticsConfiguration.dynamicJsonColumns', ['swagger', 'model'], undescribed),
  unknownField(/^ManagedEnvironmentsStorages_/, '$.properties.nfsAzureFile', ['swagger'], later),
  unknownField(/^ManagedEnvironments_ListWorkloadProfileStates$/, '$.properties.name', ['swagger'], undescribed),
  unknownField(/^ManagedEnvironments_ListWorkloadProfileStates$/, '$.properties.workloadProfileType', ['swagger'], undescribed),
  unknownField(revisions, '$.properties.runningStateDetails', ['swagger', 'model'], undescribed),
  unknownField(/^(?:ManagedEnvironment)?Usages_List$/, '$.usage', ['swagger'], 'answered in place of `unit`'),
  { by: ['swagger'], operations: /^(?:ManagedEnvironment)?Usages_List$/, codes: ['OBJECT_MISSING_REQUIRED_PROPERTY'], at: '$.unit', reason: '`usage` is answered in its place', source: 'recordings' },
  ...['$.systemData.createdAt', '$.systemData.lastModifiedAt'].map((at) => withoutZone(resources, at)),
  withoutZone(/OperationStatuses$/, '$.startTime'),
  ...ours(),
];

/** What no recording at hand shows. */
function ours(): readonly Allowed[] {
  const sameTemplate = { ...unknownField(revisions, '', ['swagger'], 'a revision holds the template of its app, whose later fields the recordings show'), source: 'recordings of apps in 2025-01-01' };
  return [
    { ...sameTemplate, at: '$.properties.template.scale.cooldownPeriod' },
    { ...sameTemplate, at: '$.properties.template.scale.pollingInterval' },
    {
      by: ['model'],
      operations: revisions,
      codes: ['enum'],
      at: '$.properties.runningState',
      saying: /found "(?:ScaledToZero|Activating)"$/,
      reason: 'the enumeration is open, and a revision without replicas is none of its values',
      source: 'https://learn.microsoft.com/azure/container-apps/revisions#running-status',
    },
    {
      by: ['model'],
      operations: environments,
      codes: ['enum'],
      at: '$.properties.provisioningState',
      saying: /found "Updating"$/,
      reason: 'the enumeration is open, and has no value for an update',
      source: 'facts/azure.md A1.1, seen in recordings that are not at hand',
    },
    {
      by: ['swagger'],
      operations: /^Metrics_List$/,
      codes: extra,
      at: '$.error',
      saying: /: error$/,
      statuses: [403, 404, 429, 503],
      reason: 'Resource Manager refuses before Azure Monitor is asked, in its own words',
      source: 'recordings of other providers',
    },
  ];
}

function withoutZone(operations: RegExp, at: string): Allowed {
  return { by: ['model'], operations, codes: ['format'], at, saying: /found "\d{4}-\d\d-\d\dT[\d:.]+"$/, reason: 'a time without its zone', source: 'recordings' };
}

/** @returns why a finding is excused; null when it is not. */
export function excuse(finding: Finding): Allowed | null {
  return allowed.find((entry) => isExcused(finding, entry)) ?? null;
}

function isExcused({ by, side, operation, code, at, message, version, status }: Finding, entry: Allowed): boolean {
  if (side === 'request' || !entry.by.includes(by) || !entry.operations.test(operation)) return false;
  if (!entry.codes.includes(code) || entry.at !== at || (entry.previewOnly && !version.endsWith('-preview'))) return false;
  if (entry.statuses !== undefined && !entry.statuses.includes(status)) return false;
  return entry.saying === undefined || entry.saying.test(message);
}

/** A difference that is known, and counts as one all the same: it says something about that day's cloud, not about the API. */
export interface KnownDifference {
  readonly id: string;
  readonly flow: RegExp;
  /** Of `METHOD /path`, without subscription and query. */
  readonly request: RegExp;
  readonly path: RegExp;
  /** What is recorded there and what stands here. */
  readonly values: readonly [recorded: RegExp, ours: RegExp];
  readonly reason: string;
  /** Which test watches what is modelled. */
  readonly test: string;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    id: 'machines-of-a-profile',
    flow: /env_workload_profiles/,
    request: /\/workloadProfileStates$/,
    path: /\.properties\.currentCount$/,
    values: [/^2$/, /^1$/],
    reason: 'the number of machines follows load; here there are as many as the profile asks for at least',
    test: 'src/local/azure/apps/environments.test.ts',
  },
];

/** Operations that are answered with 501, of parts of Microsoft.App that Trueup does not use. */
export const notModelled: readonly { readonly request: RegExp; readonly what: string }[] = [
  { request: /\/Microsoft\.App\/(jobs(\/|$)|locations\/[^/]+\/containerappsjobOperation(Statuses|Results)\/)/i, what: 'jobs' },
  { request: /\/Microsoft\.App\/(builders(\/|$)|locations\/[^/]+\/operationStatuses\/)/i, what: 'builders and builds' },
  { request: /\/containerApps\/[^/]+\/authConfigs\//i, what: 'authentication configurations' },
  { request: /\/managedEnvironments\/[^/]+\/managedCertificates\//i, what: 'managed certificates' },
  { request: /\/managedEnvironments\/[^/]+\/daprComponents\//i, what: 'Dapr components' },
  { request: /\/managedEnvironments\/[^/]+\/javaComponents\//i, what: 'Java components' },
  { request: /\/managedEnvironments\/[^/]+\/maintenanceConfigurations\//i, what: 'maintenance windows, at a regional address of Resource Manager' },
  { request: /\/connectedEnvironments\//i, what: 'connected environments' },
  { request: /\/containerApps\/[^/]+\/resiliencyPolicies\//i, what: 'resiliency policies' },
];

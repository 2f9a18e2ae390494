/** What was there before a recording began, as the requests with which a user would have made it. */
export interface Seed {
  /** Below `/subscriptions/<id>`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body: object;
  /** The day, where it was long before the recording: another build answered. */
  readonly written?: string;
}

const apps = '2025-01-01';
const consumption = { workloadProfileType: 'Consumption', name: 'Consumption' };

function group(name: string, location: string): Seed {
  return { path: `/resourcegroups/${name}`, apiVersion: '2025-04-01', body: { location } };
}

function environment(inGroup: string, name: string, location: string, properties: object, written?: string): Seed {
  return { ...(written && { written }), path: `/resourceGroups/${inGroup}/providers/Microsoft.App/managedEnvironments/${name}`, apiVersion: apps, body: { location, properties } };
}

/** One that was written again, long after it had been made. */
function environmentOfOld(inGroup: string, name: string, location: string, [made, written]: readonly [string, string], properties: object): readonly Seed[] {
  return [environment(inGroup, name, location, { ...properties, peerTrafficConfiguration: { encryption: { enabled: true } } }, made), environment(inGroup, name, location, properties, written)];
}

function identity(inGroup: string, name: string, location: string): Seed {
  return { path: `/resourceGroups/${inGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`, apiVersion: '2023-01-31', body: { location } };
}

/** What other people had in that subscription. */
function otherEnvironments(count: number, location: string): readonly Seed[] {
  return Array.from({ length: count }, (_, index) => environment('others', `env-${index + 1}`, location, {}));
}

const ownGroup = group('clitest.rg000001', 'northcentralus');
/** As it was until August 2024, and since. */
const earlyStage = [
  group('client.env_rg_northcentralusstage', 'northcentralus'),
  environment('client.env_rg_northcentralusstage', 'env-northcentralusstage', 'northcentralusstage', { appLogsConfiguration: { destination: null }, workloadProfiles: [consumption] }, '2024-01-15'),
];
const stage = [
  group('client.env_rg_northcentralusstage', 'northcentralus'),
  ...environmentOfOld('client.env_rg_northcentralusstage', 'env-northcentralusstage', 'northcentralusstage', ['2024-01-15', '2024-08-20'], { appLogsConfiguration: { destination: 'azure-monitor' }, workloadProfiles: [consumption] }),
];
const eastus = [
  group('client.env_rg_eastus', 'eastus'),
  ...environmentOfOld('client.env_rg_eastus', 'env-eastus', 'eastus', ['2023-10-23', '2023-11-10'], {
    appLogsConfiguration: { destination: null },
    workloadProfiles: [consumption, { workloadProfileType: 'D8', name: 'wpname', minimumCount: 1, maximumCount: 8 }],
  }),
];

interface AzdApp {
  readonly group: string;
  readonly token: string;
  readonly app: string;
  readonly service: string;
  readonly profiles: readonly object[];
  readonly workloadProfileName: string | null;
  readonly configuration: object;
  readonly container: object;
}

/** What `azd up` deploys: group, identity, environment and an app that pulls with the identity. */
function azd({ group: name, token, app, service, profiles, workloadProfileName, configuration, container }: AzdApp): readonly Seed[] {
  const id = (provider: string) => `/subscriptions/00000000-0000-4000-8000-000000000097/resourceGroups/${name}/providers/${provider}`;
  const own = id(`Microsoft.ManagedIdentity/userAssignedIdentities/mi-${token}`);
  return [
    group(name, 'eastus2'),
    identity(name, `mi-${token}`, 'eastus2'),
    environment(name, `cae-${token}`, 'eastus2', profiles.length > 0 ? { workloadProfiles: profiles } : {}),
    {
      path: `/resourceGroups/${name}/providers/Microsoft.App/containerApps/${app}`,
      apiVersion: apps,
      body: {
        location: 'eastus2',
        tags: { 'azd-env-name': name.replace('rg-', ''), 'azd-service-name': service },
        identity: { type: 'UserAssigned', userAssignedIdentities: { [own]: {} } },
        properties: {
          environmentId: id(`Microsoft.App/managedEnvironments/cae-${token}`),
          workloadProfileName,
          configuration: { activeRevisionsMode: 'single', ...configuration, registries: [{ server: `${service === 'web' ? 'cr' : 'acr'}${token}.azurecr.io`, identity: own }] },
          template: { containers: [{ ...container, resources: { cpu: 0.5, memory: '1.0Gi' } }], scale: { minReplicas: 1 } },
        },
      },
    },
  ];
}

const seeds: readonly { readonly flow: RegExp; readonly seeds: readonly Seed[] }[] = [
  {
    flow: /^azd_Test_CLI_Up_Down_ContainerApp$/,
    seeds: azd({
      group: 'rg-azdtest-d209f3e',
      token: 'pogq2w7bplv2u',
      app: 'web',
      service: 'web',
      profiles: [],
      workloadProfileName: null,
      configuration: {
        maxInactiveRevisions: 0,
        ingress: {
          external: true,
          targetPort: 8080,
          transport: 'auto',
          allowInsecure: true,
          traffic: [{ weight: 100, latestRevision: true, label: 'label-1' }],
          clientCertificateMode: 'Ignore',
          stickySessions: { affinity: 'none' },
        },
      },
      container: { name: 'main', image: 'crpogq2w7bplv2u.azurecr.io/containerapp/web-azdtest-d209f3e:azd-deploy-1775758879' },
    }),
  },
  {
    flow: /RemoteBuild$/,
    seeds: azd({
      group: 'rg-azdtest-d23239f',
      token: 'w7djqs5ah3wpg',
      app: 'app-w7djqs5ah3wpg',
      service: 'app',
      profiles: [{ workloadProfileType: 'Consumption', name: 'consumption' }],
      workloadProfileName: 'consumption',
      configuration: { ingress: { external: true, targetPort: 8080, transport: 'http' } },
      container: { name: 'app', image: 'nginx' },
    }),
  },
  { flow: /^cli_containerapp_registry_identity_user$/, seeds: [ownGroup, ...eastus, identity('clitest.rg000001', 'id000003', 'eastus')] },
  { flow: /^cli_error_bodies#2$/, seeds: [ownGroup, environment('clitest.rg000001', 'env000002', 'northcentralusstage', {})] },
  { flow: /^cli_containerapp_env_usages$/, seeds: [ownGroup, ...earlyStage, group('others', 'northcentralus'), ...otherEnvironments(11, 'northcentralusstage')] },
  { flow: /job_|_ingress_e2e|_max_inactive|_termination_grace|_env_e2e|_create_and_update/, seeds: [ownGroup, ...earlyStage] },
  { flow: /^cli_/, seeds: [ownGroup, ...stage] },
];

/** In the order in which they have to be written. */
export function seedsOf(flow: string): readonly Seed[] {
  return seeds.find((one) => one.flow.test(flow))?.seeds ?? [];
}

/** That subscription had a raised quota. */
export function environmentsPerRegionOf(flow: string): number | undefined {
  return flow === 'cli_containerapp_env_usages' ? 50 : undefined;
}

/** Images whose process ended at once in the recording, for reasons that lie outside the API; each runs here as one whose tag says so. */
const crashing: readonly { readonly flow: RegExp; readonly image: string; readonly reason: string }[] = [
  { flow: /nfsazurefile/, image: 'mcr.microsoft.com/k8se/quickstart:latest', reason: 'the network share that it mounts cannot be reached from the environment' },
];

/** What stands in for what in requests; answers are read the other way round. */
export function standInsOf(flow: string): readonly { readonly recorded: string; readonly local: string }[] {
  return crashing.filter((one) => one.flow.test(flow)).map(({ image }) => ({ recorded: `"image":"${image}"`, local: `"image":"${image}-crash"` }));
}

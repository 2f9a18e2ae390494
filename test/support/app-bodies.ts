import * as fc from 'fast-check';

interface Options {
  readonly container?: object;
  readonly ingress?: object | null;
  readonly scale?: object;
  readonly secrets?: readonly object[];
  readonly identity?: string;
}

const environmentId = '/subscriptions/S/resourceGroups/RG/providers/Microsoft.App/managedEnvironments/e';

/** A declared container app. */
export function body({ container, ingress, scale, secrets, identity }: Options): object {
  return {
    location: 'westeurope',
    tags: { 'trueup-service': 'app' },
    ...(identity && { identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } } }),
    properties: {
      environmentId,
      configuration: {
        activeRevisionsMode: 'Multiple',
        ...(ingress !== null && { ingress: ingress ?? { external: true, targetPort: 8080, transport: 'auto' } }),
        ...(secrets && { secrets }),
      },
      template: {
        revisionSuffix: 't0123456789',
        containers: [{ name: 'app', image: 'r.azurecr.io/app:1', ...container }],
        ...(scale && { scale }),
      },
    },
  };
}

type Loose = Record<string, unknown>;

/** The same app as Azure shows it: defaults filled in, cases changed, lists reversed, ids lowered (facts/azure.md A1.4, A1.6). */
export function liveOf(declared: object): object {
  const copy = structuredClone(declared) as { identity?: Loose; properties: { configuration: Loose; template: Loose } };
  const { configuration, template } = copy.properties;
  const ingress = configuration['ingress'] as Loose | undefined;
  const scale = (template['scale'] ?? {}) as Loose;
  const identities = Object.entries((copy.identity?.['userAssignedIdentities'] ?? {}) as Loose);
  const hasOwn = /systemassigned/i.test(String(copy.identity?.['type']));
  return {
    id: '/subscriptions/S/resourceGroups/RG/providers/Microsoft.App/containerapps/app',
    ...copy,
    location: 'West Europe',
    identity: identities.length === 0 ? { type: hasOwn ? 'SystemAssigned' : 'None' } : { type: `${hasOwn ? 'SystemAssigned, ' : ''}userassigned`, userAssignedIdentities: Object.fromEntries(identities.map(([id]) => [id.replace('resourceGroups', 'resourcegroups'), { clientId: 'c' }])) },
    properties: {
      ...copy.properties,
      environmentId: environmentId.toLowerCase(),
      managedEnvironmentId: environmentId,
      provisioningState: 'Succeeded',
      workloadProfileName: 'consumption',
      outboundIpAddresses: ['203.0.113.1'],
      configuration: {
        ...configuration,
        maxInactiveRevisions: 100,
        identitySettings: [],
        secrets: (configuration['secrets'] as { name: string }[] | undefined)?.map(({ name }) => ({ name })) ?? null,
        ingress: ingress ? { fqdn: 'app.example', exposedPort: 0, allowInsecure: false, external: false, traffic: [{ latestRevision: true, weight: 100 }], ...ingress, transport: 'Auto' } : null,
      },
      template: {
        ...template,
        containers: (template['containers'] as Loose[]).map(liveContainer),
        initContainers: null,
        scale: { minReplicas: null, maxReplicas: 10, cooldownPeriod: 300, pollingInterval: 30, ...scale, rules: ((scale['rules'] as object[] | undefined) ?? []).length > 0 ? scale['rules'] : null },
      },
    },
  };
}

function liveContainer(container: Loose): Loose {
  const resources = (container['resources'] ?? { cpu: 0.5, memory: '1Gi' }) as Loose;
  const env = container['env'] as object[] | undefined;
  return { imageType: 'ContainerImage', probes: [], ...container, ...(env && { env: env.toReversed() }), resources: { ...resources, ephemeralStorage: '2Gi' } };
}

const name = fc.constantFrom('alpha', 'beta', 'gamma');
const byName = <T extends { name: string }>(item: fc.Arbitrary<T>) => fc.uniqueArray(item, { selector: (one) => one.name, maxLength: 3 });
const variable = fc.record({ name, value: fc.constantFrom('1', '2') });

/** Declared container apps that differ in everything that this code base declares. */
export const bodies: fc.Arbitrary<object> = fc
  .record({
    container: fc.record({ image: fc.constantFrom('r/a:1', 'r/a:2'), env: byName(variable), command: fc.constantFrom(['a'], ['a', 'b']) }),
    ingress: fc.option(fc.record({ external: fc.boolean(), targetPort: fc.constantFrom(80, 8080) })),
    scale: fc.record({ minReplicas: fc.integer({ min: 1, max: 3 }), maxReplicas: fc.integer({ min: 3, max: 9 }), rules: byName(fc.record({ name, http: fc.record({ metadata: fc.record({ concurrentRequests: fc.constantFrom('10', '50') }) }) })) }),
    identity: fc.constantFrom('/subscriptions/S/One', '/subscriptions/S/Two'),
  })
  .map(body);

const maybe = <T>(value: T) => fc.option(fc.constant(value), { nil: undefined });

/** Merge patches that add to a live app what no body of `bodies` declares: everything here is a difference. */
export const additions: fc.Arbitrary<object> = fc
  .record({
    identities: maybe({ '/subscriptions/S/resourcegroups/g/Another': { clientId: 'c' } }),
    dapr: maybe({ enabled: true, appId: 'app' }),
    registries: maybe([{ server: 'r.example', username: 'u', passwordSecretRef: 'p' }]),
    restrictions: maybe([{ name: 'all', ipAddressRange: '0.0.0.0/0', action: 'Allow' }]),
    cors: maybe({ allowedOrigins: ['*'], allowCredentials: true }),
    grace: maybe(90),
    init: maybe([{ name: 'i', image: 'x:1' }]),
    volumes: maybe([{ name: 'v', storageType: 'AzureFile', storageName: 's' }]),
    cooldown: maybe(5),
  })
  .map(({ identities, dapr, registries, restrictions, cors, grace, init, volumes, cooldown }) => ({
    ...(identities && { identity: { userAssignedIdentities: identities } }),
    properties: {
      configuration: { ...(dapr && { dapr }), ...(registries && { registries }), ...((restrictions ?? cors) && { ingress: { external: true, targetPort: 80, ...(restrictions && { ipSecurityRestrictions: restrictions }), ...(cors && { corsPolicy: cors }) } }) },
      template: { ...(grace && { terminationGracePeriodSeconds: grace }), ...(init && { initContainers: init }), ...(volumes && { volumes }), ...(cooldown && { scale: { cooldownPeriod: cooldown } }) },
    },
  }));

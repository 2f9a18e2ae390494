import { digestOf } from '../../src/kernel/digest.ts';
import type {
  DesiredGate,
  DesiredRollout,
  DesiredConfiguration,
  DesiredEnvironment,
  DesiredSecretBinding,
  DesiredService,
  DesiredTenantBinding,
} from '../../src/kernel/desired-state.ts';
import type { DesiredStateReader } from '../../src/kernel/ports.ts';
import type { SourceLocation } from '../../src/kernel/problem.ts';
import { revisionSuffixOf } from '../../src/kernel/revision-suffix.ts';

/** Builders of desired state: valid and realistic as they are, with digests that follow from what is overridden. */
export const subscription = '00000000-0000-0000-0000-000000000000';

export function sourceAt(line: number, file = 'trueup/storefront.yaml'): SourceLocation {
  return { file, line, column: 1, endLine: line + 9 };
}

export function desiredEnvironment(overrides: Partial<DesiredEnvironment> = {}): DesiredEnvironment {
  const environment = {
    name: 'staging',
    tenant: 'contoso',
    project: 'storefront',
    stage: 'staging' as const,
    region: 'westeurope',
    azure: { subscription, resourceGroup: 'rg-storefront-staging', managedEnvironment: 'cae-storefront-staging' },
    identities: [],
    drift: { mode: 'propose' as const, paths: [] },
    freezes: [],
    bindings: [],
    services: [],
    configurations: [],
    secrets: [],
    scaling: [],
    invalid: [],
    source: sourceAt(10),
    ...overrides,
  };
  const { stage, region, azure, identities } = environment;
  return { digest: digestOf({ stage, region, azure, identities }), ...environment };
}

export function desiredTenantBinding(overrides: Partial<DesiredTenantBinding> = {}): DesiredTenantBinding {
  const binding = {
    name: 'contoso',
    tenant: 'contoso',
    isolation: 'pool' as const,
    environments: ['staging', 'prod'],
    quota: { services: null, replicas: null, cpu: null, memory: null },
    source: sourceAt(1),
    ...overrides,
  };
  return { digest: digestOf(binding), ...binding };
}

export function desiredService(overrides: Partial<DesiredService> = {}): DesiredService {
  const name = overrides.name ?? 'checkout';
  const tenant = overrides.tenant ?? 'contoso';
  const image = overrides.image ?? `${tenant}.azurecr.io/${name}:1.4.2`;
  const replicas = overrides.replicas ?? { min: 1, max: 4 };
  const template = {
    containers: [{ name, image, resources: { cpu: 0.5, memory: '1Gi' } }],
    scale: { minReplicas: replicas.min, maxReplicas: replicas.max },
  };
  const revisionSuffix = overrides.revisionSuffix ?? revisionSuffixOf(template);
  const ingress = overrides.ingress === undefined ? { port: 8080, external: true } : overrides.ingress;
  const app = overrides.app ?? {
    location: 'westeurope',
    tags: { 'trueup-tenant': tenant, 'trueup-service': name },
    identity: {},
    properties: {
      environmentId: `/subscriptions/${subscription}/resourceGroups/rg-storefront-staging/providers/Microsoft.App/managedEnvironments/cae-storefront-staging`,
      configuration: {
        activeRevisionsMode: 'Multiple',
        ...(ingress && { ingress: { external: ingress.external, targetPort: ingress.port, transport: 'auto' } }),
      },
      template: { ...template, revisionSuffix },
    },
  };
  return {
    name,
    tenant,
    project: 'storefront',
    module: null,
    type: 'microservice',
    image,
    resources: { cpu: 0.5, memory: 1024 ** 3 },
    ingress,
    configuration: null,
    secrets: [],
    scalingPolicy: null,
    replicas,
    health: { readiness: { path: '/health', timeoutMs: 5000 }, liveness: null },
    rollout: desiredRollout(),
    promotion: null,
    app,
    ignores: [],
    reapply: null,
    rawPaths: [],
    revisionSuffix,
    digest: digestOf(app),
    source: sourceAt(30),
    ...overrides,
  };
}

/** All at once, without a watch afterwards: what a manifest without a word about it means. */
export function desiredRollout(overrides: Partial<Omit<DesiredRollout, 'gate'>> & { readonly gate?: Partial<DesiredGate> } = {}): DesiredRollout {
  const gate: DesiredGate = { successRate: null, minSamples: 10, restarts: 2, latencyP95Ms: null, logs: [], http: [], limits: { failures: 1, inconclusiveMs: 600_000, noDataMs: 600_000 }, ...overrides.gate };
  return { strategy: 'all-at-once', steps: [], previewMs: 0, watchMs: 0, keepWarmMs: 0, onFailure: 'rollback', independent: false, ...overrides, gate };
}

/** A service by the tag of its image: what tells its releases apart. */
export function release(name: string, tag: string, overrides: Partial<DesiredService> = {}): DesiredService {
  return desiredService({ name, image: `contoso.azurecr.io/${name}:${tag}`, ...overrides });
}

export function desiredConfiguration(overrides: Partial<DesiredConfiguration> = {}): DesiredConfiguration {
  const configuration = { name: 'storefront', tenant: 'contoso', values: { FEATURE_NEW_CART: 'off' }, source: sourceAt(50), ...overrides };
  return { version: `cfg-${digestOf(configuration.values).slice(0, 12)}`, ...configuration };
}

export function desiredSecretBinding(overrides: Partial<DesiredSecretBinding> = {}): DesiredSecretBinding {
  const binding = {
    name: 'payments-api-key',
    tenant: 'contoso',
    env: 'PAYMENTS_API_KEY',
    vault: 'kv-storefront',
    secret: 'payments-api-key',
    version: '3f0c2a5b6d7e8f901a2b3c4d5e6f7081' as string | null,
    identity: 'id-storefront',
    maxAgeMs: null,
    source: sourceAt(70),
    ...overrides,
  };
  const { vault, secret, version, identity } = binding;
  const keyVaultUrl = `https://${vault}.vault.azure.net/secrets/${secret}${version === null ? '' : `/${version}`}`;
  return {
    identityId: `/subscriptions/${subscription}/resourceGroups/rg-storefront-staging/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${identity}`,
    keyVaultUrl,
    appSecretName: `${binding.name}-${digestOf({ keyVaultUrl, identity }).slice(0, 8)}`,
    digest: digestOf({ env: binding.env, keyVaultUrl, identity }),
    ...binding,
  };
}

export interface MemoryDesired extends DesiredStateReader {
  /** Makes `commit` the synced head and declares the environments at it. */
  declare(commit: string, generation: number, ...environments: DesiredEnvironment[]): void;
}

/** Any tenant may read; an undeclared commit cannot be read, which is not the same as declaring nothing. */
export function memoryDesired(): MemoryDesired {
  const commits = new Map<string, readonly DesiredEnvironment[]>();
  let head: { commit: string; generation: number } | null = null;

  const find = (commit: string, name: string): DesiredEnvironment | null => {
    const environments = commits.get(commit);
    if (environments === undefined) throw new Error(`commit ${commit} cannot be read`);
    return environments.find((environment) => environment.name === name) ?? null;
  };
  return {
    declare(commit, generation, ...environments) {
      commits.set(commit, environments);
      head = { commit, generation };
    },
    at: async (_tenantId, environment, commit) => find(commit, environment),
    current: async (_tenantId, environment) => head && { ...head, environment: find(head.commit, environment) },
  };
}

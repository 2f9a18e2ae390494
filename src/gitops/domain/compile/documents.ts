import type {
  AzurePlace,
  DesiredConfiguration,
  DesiredScalingPolicy,
  DesiredSecretBinding,
  DesiredTenantBinding,
} from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { appSecretAnnotation } from '../kinds/metadata.ts';
import type { ConfigurationSpec } from '../kinds/runtime-configuration.ts';
import type { TenantBindingSpec } from '../kinds/runtime-tenant-binding.ts';
import type { ScalingPolicySpec } from '../kinds/scaling-policy.ts';
import type { SecretBindingSpec } from '../kinds/secret-binding.ts';
import type { Manifest } from '../reading/manifest.ts';
import { scaleOf } from './scale.ts';

/** Documents of one environment, as every context reads them. Digests leave out where a document stands. */
export function bindingOf({ metadata: { name, tenant }, source }: Manifest, spec: TenantBindingSpec): DesiredTenantBinding {
  const { services = null, replicas = null, cpu = null, memory = null } = spec.quota;
  const binding = { name, tenant, isolation: spec.isolation, environments: [...spec.environments].sort(), quota: { services, replicas, cpu, memory } };
  return { ...binding, source, digest: digestOf(binding) };
}

export function configurationOf({ metadata: { name, tenant }, source }: Manifest, { values }: ConfigurationSpec): DesiredConfiguration {
  return { name, tenant, values, version: `cfg-${digestOf(values).slice(0, 12)}`, source };
}

export function secretOf({ metadata: { name, tenant, annotations }, source }: Manifest, spec: SecretBindingSpec, place: AzurePlace): DesiredSecretBinding {
  const { env, vault, secret, identity, version = null } = spec;
  const maxAgeMs = spec.rotation?.maxAge ?? null;
  const { keyVaultUrl, identityId, content } = secretContent({ vault, secret, version, identity }, place);
  const appSecretName = importedName(annotations[appSecretAnnotation], content) ?? `${name}-${content}`;
  const digest = digestOf({ env, keyVaultUrl, identityId, maxAgeMs });
  return { name, tenant, env, vault, secret, version, identity, identityId, appSecretName, keyVaultUrl, maxAgeMs, source, digest };
}

interface SecretSource {
  readonly vault: string;
  readonly secret: string;
  readonly version: string | null;
  readonly identity: string;
}

/** What a container app's secret refers to. `content` is its hash: two versions are two secrets. */
export function secretContent({ vault, secret, version, identity }: SecretSource, place: AzurePlace): { readonly keyVaultUrl: string; readonly identityId: string; readonly content: string } {
  const keyVaultUrl = `https://${vault}.vault.azure.net/secrets/${secret}${version === null ? '' : `/${version}`}`;
  const identityId = identityIdOf(place, identity);
  return { keyVaultUrl, identityId, content: digestOf({ keyVaultUrl, identityId }).slice(0, 8) };
}

function importedName(annotation: string | undefined, content: string): string | null {
  const [, name = null, of] = /^([a-z0-9][a-z0-9.-]{0,252})@([0-9a-f]{8})$/.exec(annotation ?? '') ?? [];
  return of === content ? name : null;
}

export function scalingOf({ metadata: { name, tenant }, source }: Manifest, spec: ScalingPolicySpec): DesiredScalingPolicy {
  const { availability = null, latencyP95: latencyP95Ms = null, window: windowMs = null } = spec.slo ?? {};
  const policy = {
    service: spec.service,
    replicas: spec.replicas,
    scale: scaleOf(spec),
    slo: spec.slo === undefined ? null : { availability, latencyP95Ms, windowMs },
  };
  return { name, tenant, ...policy, source, digest: digestOf(policy) };
}

export function resourceGroupId({ subscription, resourceGroup }: AzurePlace): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
}

export function identityIdOf(place: AzurePlace, identity: string): string {
  return `${resourceGroupId(place)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${identity}`;
}

export function managedEnvironmentId(place: AzurePlace): string {
  return `${resourceGroupId(place)}/providers/Microsoft.App/managedEnvironments/${place.managedEnvironment}`;
}

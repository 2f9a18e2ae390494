import { subscription } from '../../src/cli/demo/storefront.ts';

/** A small repository of one tenant: what a scenario needs and no more. Its resource group is `rg-<name>`. */
interface ShopOptions {
  readonly services?: readonly string[];
  readonly environments?: readonly string[];
}

export const secretVersions = { first: '3f0c2a5b6d7e8f901a2b3c4d5e6f7081', second: '7d0a1c93b85e4f2a96d1e3c05b7f8a24' } as const;

/** A vault of its own for every shop, and one that nobody was granted. */
export function shopVaults(names: readonly string[]) {
  return [...names.map(vaultOf), 'kv-foreign'].map((name) => ({
    name,
    resourceGroup: 'rg-vaults',
    location: 'westeurope',
    secrets: [{ name: 'api-key', versions: Object.values(secretVersions).map((version) => ({ version, value: `value of ${name} ${version}` })) }],
  }));
}

export function vaultOf(name: string): string {
  return `kv-${name}`;
}

export function shopFiles(name: string, { services = ['web'], environments = ['dev'] }: ShopOptions = {}): Readonly<Record<string, string>> {
  const placed = environments.map((environment) => [`trueup/environments/${environment}.yaml`, environmentFile(name, environment)]);
  const served = services.map((service) => [`trueup/services/${service}.yaml`, serviceFile(service, environments)]);
  return { ...Object.fromEntries([...placed, ...served]), 'trueup/settings.yaml': settingsFile(name) };
}

export function groupOf(name: string, environment: string): string {
  return environment === 'dev' ? `rg-${name}` : `rg-${name}-${environment}`;
}

export function environmentFile(name: string, environment: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: ${environment}, tenant: contoso }
spec:
  stage: dev
  region: westeurope
  azure:
    subscription: ${subscription}
    resourceGroup: ${groupOf(name, environment)}
    managedEnvironment: cae-${name}
  drift: { mode: report }
`;
}

export function serviceFile(service: string, environments: readonly string[] = ['dev']): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: ${service}, tenant: contoso }
spec:
  type: gateway
  image: contoso.azurecr.io/${service}:1.0.0
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.5, memory: 1Gi }
  configuration: shop
  secrets: [api-key]
  health:
    readiness: { path: /health, timeout: 2s }
  environments: { ${environments.map((environment) => `${environment}: {}`).join(', ')} }
---
apiVersion: trueup.dev/v1
kind: ScalingPolicy
metadata: { name: ${service}, tenant: contoso }
spec:
  service: ${service}
  replicas: { min: 1, max: 2 }
  rules:
    - name: http
      http: { concurrentRequests: 50 }
`;
}

function settingsFile(name: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeConfiguration
metadata: { name: shop, tenant: contoso }
spec:
  values: { FEATURE_NEW_CART: "off" }
---
${bindingFile({ name: 'api-key', env: 'API_KEY', vault: vaultOf(name) })}`;
}

interface BindingOptions {
  readonly name: string;
  readonly env: string;
  readonly vault: string;
  readonly tenant?: string;
}

export function bindingFile({ name, env, vault, tenant = 'contoso' }: BindingOptions): string {
  return `apiVersion: trueup.dev/v1
kind: SecretBinding
metadata: { name: ${name}, tenant: ${tenant} }
spec:
  env: ${env}
  vault: ${vault}
  secret: api-key
  version: ${secretVersions.first}
  identity: id-${tenant}
`;
}

/** A repository of one environment and as many services, one file each. */
export function manyServices(count: number): Readonly<Record<string, string>> {
  const services = Array.from({ length: count }, (_, index) => [serviceFile(nameOf(index)), serviceManifest(nameOf(index))] as const);
  return { 'trueup/environment.yaml': environment(count), ...Object.fromEntries(services) };
}

export function nameOf(index: number): string {
  return `service-${String(index).padStart(3, '0')}`;
}

export function serviceFile(name: string): string {
  return `trueup/services/${name}.yaml`;
}

function serviceManifest(name: string): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeService
metadata: { name: ${name}, tenant: contoso, project: storefront }
spec:
  type: microservice
  image: ghcr.io/contoso/${name}:1.0.0
  ingress: { port: 8080, external: true }
  resources: { cpu: 0.25, memory: 0.5Gi }
  health:
    readiness: { path: /health }
  environments:
    staging: {}
`;
}

function environment(count: number): string {
  return `apiVersion: trueup.dev/v1
kind: RuntimeTenantBinding
metadata: { name: contoso, tenant: contoso }
spec:
  isolation: pool
  environments: [staging]
  quota: { services: ${count}, replicas: 10000, cpu: 10000, memory: 20000Gi }
---
apiVersion: trueup.dev/v1
kind: RuntimeEnvironment
metadata: { name: staging, tenant: contoso, project: storefront }
spec:
  stage: staging
  region: westeurope
  azure:
    subscription: 00000000-0000-0000-0000-000000000000
    resourceGroup: rg-storefront-staging
    managedEnvironment: cae-storefront-staging
  drift: { mode: report }
`;
}

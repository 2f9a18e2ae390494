import { z } from 'zod';
import { armGet, containerAppPath, environmentPath, identityPath, revisionPath, type ArmAddress } from './arm-client.ts';

const tags = z.record(z.string(), z.string()).default({});

const environment = z.object({ tags, properties: z.object({ provisioningState: z.string() }) });

const app = z.object({
  tags,
  properties: z.object({
    latestRevisionName: z.string(),
    configuration: z.object({
      ingress: z.object({ fqdn: z.string(), traffic: z.array(z.object({ revisionName: z.string().optional(), weight: z.number().default(0) })).nullable() }).nullish(),
      secrets: z.array(z.object({ name: z.string(), keyVaultUrl: z.string().optional(), identity: z.string().optional() })).nullish(),
    }),
    template: z.object({
      containers: z.array(z.object({ image: z.string(), env: z.array(z.object({ name: z.string(), value: z.string().nullish(), secretRef: z.string().nullish() })).nullish() })),
      scale: z.object({ minReplicas: z.number().nullish(), maxReplicas: z.number().nullish() }).nullish(),
    }),
  }),
});

const revision = z.object({ properties: z.object({ healthState: z.string(), runningState: z.string() }) });

export type AppView = z.infer<typeof app>;

/** What a person sees who looks at Azure's JSON, not what Trueup believes. */
export interface AzureView {
  environment(resourceGroup: string, name: string): Promise<z.infer<typeof environment> | null>;
  hasIdentity(resourceGroup: string, name: string): Promise<boolean>;
  app(resourceGroup: string, name: string): Promise<AppView | null>;
  /** Null when there is no such revision. */
  revisionHealth(resourceGroup: string, name: string, revision: string): Promise<string | null>;
  /** Addresses for people; Azure wants a token with them. */
  readonly urlOf: { app(resourceGroup: string, name: string): string; environment(resourceGroup: string, name: string): string };
}

export function azureView(address: ArmAddress, subscription: string): AzureView {
  const read = async <T>(schema: z.ZodType<T>, path: string): Promise<T | null> => {
    const found = await armGet(address, path);
    return found === null ? null : schema.parse(found);
  };
  return {
    environment: (group, name) => read(environment, environmentPath(subscription, group, name)),
    hasIdentity: async (group, name) => (await armGet(address, identityPath(subscription, group, name))) !== null,
    app: (group, name) => read(app, containerAppPath(subscription, group, name)),
    revisionHealth: async (group, name, of) => (await read(revision, revisionPath(subscription, group, name, of)))?.properties.healthState ?? null,
    urlOf: {
      app: (group, name) => `${address.arm}${containerAppPath(subscription, group, name)}`,
      environment: (group, name) => `${address.arm}${environmentPath(subscription, group, name)}`,
    },
  };
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerAppsAPIClient, type ContainerApp } from '@azure/arm-appcontainers';
import { ResourceManagementClient } from '@azure/arm-resources';
import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { MetricsQueryClient } from '@azure/monitor-query';
import { azureAgent } from '../../../src/adapters/azure/route.ts';
import { httpCall, type HttpAnswer } from '../../../src/cli/demo/http-call.ts';
import type { AzureObserver } from '../../../src/local/azure/http/observation.ts';
import { startLocalAzure, type LocalAzure } from '../../../src/local/azure/start.ts';
import { fast } from '../../support/apps-through-sdk.ts';

export const group = 'rg-spec';
export const location = 'westeurope';
export const vault = 'kv-spec';

/** A local Azure whose every exchange is observed, with a person's SDK clients. */
export interface Drive extends AsyncDisposable {
  readonly azure: LocalAzure;
  apps(apiVersion?: string): ContainerAppsAPIClient;
  secrets(credential?: TokenCredential): SecretClient;
  metrics(): MetricsQueryClient;
  /** A person's request by address. */
  raw(method: string, address: string, body?: string, host?: string): Promise<HttpAnswer>;
}

export async function openDrive(observe: AzureObserver): Promise<Drive> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-spec-'));
  const secrets = [{ name: 'db', versions: [{ version: 'a'.repeat(32), value: 'between us', expiresOn: '2099-01-01T00:00:00Z' }, { version: 'b'.repeat(32), value: 'later' }] }];
  const vaults = [{ name: vault, resourceGroup: group, location, secrets: [...secrets, ...numbered()] }];
  const azure = await startLocalAzure({ directory, vaults, observe, workloads: 'in-process', pace: { operationMs: 20, environmentMs: 20, readyMs: 40, metricsDelayMs: 0 } });
  const agent = azureAgent({ port: azure.port, ca: azure.ca });
  const credential: TokenCredential = { getToken: async () => ({ token: azure.token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const options = { agent, retryOptions: { maxRetries: 0 } };
  await new ResourceManagementClient(credential, azure.subscription, options).resourceGroups.createOrUpdate(group, { location });
  return {
    azure,
    apps: (apiVersion) => new ContainerAppsAPIClient(credential, azure.subscription, { ...options, ...(apiVersion && { apiVersion }) }),
    secrets: (other = credential) => new SecretClient(`https://${vault}.vault.azure.net`, other, options),
    metrics: () => new MetricsQueryClient(credential, options),
    raw: (method, address, body, host) => rawCall(azure, agent, { method, address, body, host }),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await azure[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

/** More than a page. */
function numbered() {
  return Array.from({ length: 27 }, (_, index) => ({ name: `more-${index}`, versions: [{ version: String(index).padStart(32, '0'), value: 'x' }] }));
}

function rawCall(azure: LocalAzure, agent: https.Agent, { method, address, body, host = 'management.azure.com' }: { readonly method: string; readonly address: string; readonly body: string | undefined; readonly host: string | undefined }): Promise<HttpAnswer> {
  return httpCall(`https://${host}${address}`, { method, agent, headers: { authorization: `Bearer ${azure.token}`, ...(body && { 'content-type': 'application/json' }) } }, body);
}

/** An app that uses what an app can have. */
export function appOf(environmentId: string, suffix: string, more: Partial<ContainerApp> = {}): ContainerApp {
  const probe = { type: 'Readiness', httpGet: { path: '/', port: 8080 } };
  const env = [{ name: 'PLAIN', value: 'yes' }, { name: 'HIDDEN', secretRef: 'hidden' }];
  return {
    location,
    environmentId,
    tags: { team: 'a' },
    configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080 }, secrets: [{ name: 'hidden', value: randomUUID() }], registries: [] },
    template: { revisionSuffix: suffix, containers: [{ name: 'main', image: 'r.azurecr.io/a:1', env, probes: [probe], resources: { cpu: 0.25, memory: '0.5Gi' } }], scale: { minReplicas: 1, maxReplicas: 3, rules: [{ name: 'http', http: { metadata: { concurrentRequests: '10' } } }] } },
    ...more,
  };
}

export async function environmentOf(client: ContainerAppsAPIClient, name: string): Promise<string> {
  const { id = '' } = await client.managedEnvironments.createOrUpdate(group, name, { location, zoneRedundant: false, workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] }, fast);
  return id;
}

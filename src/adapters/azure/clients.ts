import { ContainerAppsAPIClient } from '@azure/arm-appcontainers';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { MonitorClient } from '@azure/arm-monitor';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceManagementClient } from '@azure/arm-resources';
import type { HttpClient, Pipeline, PipelinePolicy } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { MetricsQueryClient } from '@azure/monitor-query';
import { LogsQueryClient } from '@azure/monitor-query-logs';
import type https from 'node:https';
import { openGate, type WriteGate } from '../audit/write-gate.ts';
import { auditedHttpClient } from './audited-http.ts';
import { logsHost, managementHost, pinnedHttpClient, requestTimeoutMs } from './route.ts';

/** The SDK clients, made once per subscription and per vault, so that tokens and connections are shared. */
export interface Clients {
  readonly of: (subscription: string) => SubscriptionClients;
  /** `vault` must have been found through ARM: vault names are unique in the whole cloud, and so is their host. */
  readonly secrets: (vault: string) => SecretClient;
  readonly metrics: MetricsQueryClient;
  readonly logs: PipelineClient;
  /** For requests that are sent through a client's pipeline. */
  readonly http: HttpClient;
}

/** A client of which only the pipeline is used, with the connection at the end of it. */
interface PipelineClient {
  readonly pipeline: Pipeline;
  readonly http: HttpClient;
}

interface SubscriptionClients {
  readonly apps: ContainerAppsAPIClient;
  readonly resources: ResourceManagementClient;
  readonly identities: ManagedServiceIdentityClient;
  readonly authorization: AuthorizationManagementClient;
  readonly monitor: MonitorClient;
}

/** @param policies see what Resource Manager is asked and answers. */
export function azureClients(credential: TokenCredential, agent: https.Agent, policies: readonly PipelinePolicy[], callMs = requestTimeoutMs, gate: WriteGate = openGate): Clients {
  const http = auditedHttpClient(pinnedHttpClient(agent, [managementHost], callMs), gate);
  // Retries belong to jobs/: the SDK sleeps any Retry-After inside the worker and repeats POSTs.
  const options = { httpClient: http, retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 } };
  const managed = { ...options, additionalPolicies: policies.map((policy) => ({ policy, position: 'perRetry' as const })) };
  const logs = pinnedHttpClient(agent, [logsHost], callMs);
  const subscriptions = new Map<string, SubscriptionClients>();
  const vaults = new Map<string, SecretClient>();
  return {
    http,
    logs: { pipeline: new LogsQueryClient(credential, { ...options, httpClient: logs }).pipeline, http: logs },
    metrics: new MetricsQueryClient(credential, managed),
    of: (subscription) =>
      kept(subscriptions, subscription.toLowerCase(), (id) => ({
        apps: new ContainerAppsAPIClient(credential, id, managed),
        resources: new ResourceManagementClient(credential, id, managed),
        identities: new ManagedServiceIdentityClient(credential, id, managed),
        authorization: new AuthorizationManagementClient(credential, id, managed),
        monitor: new MonitorClient(credential, id, managed),
      })),
    secrets: (vault) =>
      kept(vaults, `${vault.toLowerCase()}.vault.azure.net`, (host) => new SecretClient(`https://${host}`, credential, { ...options, httpClient: pinnedHttpClient(agent, [host], callMs) })),
  };
}

function kept<T>(cache: Map<string, T>, key: string, make: (key: string) => T): T {
  const found = cache.get(key) ?? make(key);
  cache.set(key, found);
  return found;
}

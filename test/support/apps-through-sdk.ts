import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerAppsAPIClient, type ContainerApp } from '@azure/arm-appcontainers';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceManagementClient } from '@azure/arm-resources';
import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { azureAgent } from '../../src/adapters/azure/route.ts';
import { httpCall, type HttpAnswer } from '../../src/cli/demo/http-call.ts';
import { startLocalAzure, type LocalAzure, type LocalAzureOptions } from '../../src/local/azure/start.ts';
import { until } from './apps-under-test.ts';
import { wire, type Wire } from './wire.ts';

export const group = 'rg-contract';
export const location = 'westeurope';
/** For pollers: the service answers within milliseconds. */
export const fast = { updateIntervalInMs: 20 };

export interface AppsThroughSdk extends AsyncDisposable {
  readonly azure: LocalAzure;
  readonly agent: https.Agent;
  readonly credential: TokenCredential;
  readonly client: ContainerAppsAPIClient;
  /** What `client` sent and got. */
  readonly wire: Wire;
  readonly environmentId: string;
  /** The environment's domain. */
  readonly domain: string;
  /** Another client, and what it sends; `options` as the SDK takes them. */
  another(options?: { readonly credential?: TokenCredential; readonly apiVersion?: string }): { readonly client: ContainerAppsAPIClient; readonly wire: Wire };
  /** One replica of it always runs. */
  app(image: string, suffix: string | null, more?: Partial<ContainerApp>): ContainerApp;
  /** Creates or replaces, to the end of the operation. */
  put(name: string, body: ContainerApp): Promise<ContainerApp>;
  /** Without any SDK: the method, the path below the group's Microsoft.App, and the body as they are. */
  raw(method: string, path: string, body?: unknown, token?: string): Promise<{ readonly status: number; readonly headers: HttpAnswer['headers']; readonly text: string; readonly body: unknown }>;
  /** An app as a read shows it once no operation is under way. */
  settled(name: string): Promise<Record<string, unknown>>;
  untilRunning(name: string, revision: string): Promise<void>;
  visit(host: string): Promise<HttpAnswer>;
  /** A user-assigned identity, and a credential of its own. */
  identity(name: string): Promise<{ readonly id: string; readonly principalId: string; readonly credential: TokenCredential }>;
  /** Gives a role on the group, or below it; @returns what takes it away. */
  grant(principalId: string, role: string, below?: string): Promise<() => Promise<unknown>>;
  vault(name: string): SecretClient;
}

/** The local Azure with one environment, through real SDK clients and the real front, as a person. Its workloads run in this process: what they do is not what is looked at. */
export async function appsThroughSdk(options: Pick<LocalAzureOptions, 'pace' | 'vaults' | 'clock' | 'chance'> = {}): Promise<AppsThroughSdk> {
  const directory = await mkdtemp(join(tmpdir(), 'local-azure-'));
  const pace = { operationMs: 20, environmentMs: 20, readyMs: 40, ...options.pace };
  const azure = await startLocalAzure({ directory, ...options, pace, workloads: 'in-process' });
  const agent = azureAgent({ port: azure.port, ca: azure.ca });
  const credential: TokenCredential = { getToken: async () => ({ token: azure.token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const { subscription } = azure;
  await new ResourceManagementClient(credential, subscription, { agent }).resourceGroups.createOrUpdate(group, { location });
  const identities = new ManagedServiceIdentityClient(credential, subscription, { agent }).userAssignedIdentities;
  const { roleAssignments } = new AuthorizationManagementClient(credential, subscription, { agent });
  const another: AppsThroughSdk['another'] = ({ credential: own = credential, apiVersion } = {}) => {
    const tap = wire();
    return { client: new ContainerAppsAPIClient(own, subscription, { agent, additionalPolicies: tap.policies, ...(apiVersion !== undefined && { apiVersion }) }), wire: tap };
  };
  const { client, wire: tap } = another();
  const environment = await client.managedEnvironments.createOrUpdate(group, 'env', { location, workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }] }, fast);
  const { id: environmentId = '', defaultDomain: domain = '' } = environment;
  const groupId = `/subscriptions/${subscription}/resourceGroups/${group}`;
  const raw: AppsThroughSdk['raw'] = async (method, path, body, token = azure.token) => {
    const headers = { authorization: `Bearer ${token}`, host: 'management.azure.com', ...(body !== undefined && { 'content-type': 'application/json' }) };
    const url = `${azure.arm}${groupId}/providers/Microsoft.App/${path}?api-version=2026-07-01`;
    const { status, headers: answered, body: text } = await httpCall(url, { method, headers, ca: azure.ca, agent: false, servername: 'management.azure.com' }, body === undefined ? undefined : JSON.stringify(body));
    return { status, headers: answered, text, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };
  return {
    azure,
    agent,
    credential,
    client,
    wire: tap,
    environmentId,
    domain,
    another,
    app: (image, suffix, more = {}) => ({
      location,
      environmentId,
      configuration: { activeRevisionsMode: 'Multiple', ingress: { external: true, targetPort: 8080 } },
      template: { ...(suffix !== null && { revisionSuffix: suffix }), containers: [{ name: 'main', image }], scale: { minReplicas: 1 } },
      ...more,
    }),
    put: (name, body) => client.containerApps.createOrUpdate(group, name, body, fast),
    raw,
    settled: (name) =>
      until(`no operation on ${name}`, async () => {
        // A container app, as every read of one answers.
        const { properties } = (await raw('GET', `containerApps/${name}`)).body as { properties: Record<string, unknown> };
        return properties['provisioningState'] === 'InProgress' ? null : properties;
      }),
    async untilRunning(name, revision) {
      await until(`${revision} running`, async () => ((await client.containerAppsRevisions.getRevision(group, name, revision)).runningState === 'Running' ? true : null));
    },
    visit: (host) => httpCall(`https://${host}/`, { agent }),
    async identity(name) {
      const { id = '', principalId = '', clientId = '' } = await identities.createOrUpdate(group, name, { location });
      const token = () => azure.issueToken({ audience: 'https://management.azure.com', principalId, clientId, expiresAt: Date.now() + 3_600_000 });
      return { id, principalId, credential: { getToken: async () => ({ token: token(), expiresOnTimestamp: Date.now() + 3_600_000 }) } };
    },
    async grant(principalId, role, below = '') {
      const scope = `${groupId}${below}`;
      const name = randomUUID();
      const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
      await roleAssignments.create(scope, name, { roleDefinitionId, principalId, principalType: 'ServicePrincipal' });
      return () => roleAssignments.delete(scope, name);
    },
    vault: (name) => new SecretClient(`https://${name}.vault.azure.net`, credential, { agent }),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await azure[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import type https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { ResourceManagementClient } from '@azure/arm-resources';
import { isRestError, type RestError } from '@azure/core-rest-pipeline';
import { ManagedIdentityCredential, type TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { MetricsQueryClient } from '@azure/monitor-query';
import { LogsQueryClient } from '@azure/monitor-query-logs';
import { azureAgent } from '../../src/adapters/azure/route.ts';
import { httpCall, type HttpAnswer } from '../../src/cli/demo/http-call.ts';
import type { AppsService } from '../../src/local/azure/apps/apps-service.ts';
import { startLocalAzureWith, type LocalAzure, type LocalAzureOptions, type VaultSeed } from '../../src/local/azure/start.ts';
import type { AzureAnswer, World } from '../../src/local/azure/world.ts';

/** Of the latest version of `api-key` in the seeded vault. */
export const latestVersion = 'a'.repeat(32);

const seed: VaultSeed = {
  name: 'kv-storefront',
  resourceGroup: 'rg-shared',
  location: 'westeurope',
  secrets: [
    {
      name: 'api-key',
      versions: [
        { version: 'f'.repeat(32), value: 'first' },
        { version: 'b'.repeat(32), value: 'second', enabled: false },
        { version: latestVersion, value: 'third', expiresOn: '2030-01-01T00:00:00Z' },
      ],
    },
    { name: 'many', versions: Array.from({ length: 60 }, (_, index) => ({ version: index.toString(16).padStart(32, '0'), value: `${index}` })) },
  ],
};

export interface LocalAzureUnderTest extends AsyncDisposable {
  readonly azure: LocalAzure;
  readonly world: World;
  readonly agent: https.Agent;
  /** The bot's managed identity, and a person's static token. */
  readonly bot: TokenCredential;
  readonly person: TokenCredential;
  readonly vaultId: string;
  /** The SDK clients, routed to the local Azure; the bot's unless another credential is given. */
  resources(credential?: TokenCredential): ResourceManagementClient;
  identities(): ManagedServiceIdentityClient;
  authorization(): AuthorizationManagementClient;
  secrets(credential?: TokenCredential, vault?: string): SecretClient;
  metrics(): MetricsQueryClient;
  logs(credential?: TokenCredential): LogsQueryClient;
  /** As curl would: by address, with any token; `host` is the name that the client asks for. */
  raw(address: string, init?: { readonly method?: string; readonly token?: string | null; readonly host?: string; readonly body?: string; readonly contentType?: string }): Promise<HttpAnswer>;
}

/** The local Azure with one vault and, in place of Microsoft.App, one container app. */
export async function localAzure(change: Pick<LocalAzureOptions, 'tokenLifeMs'> = {}): Promise<LocalAzureUnderTest> {
  const folder = await mkdtemp(path.join(tmpdir(), 'trueup-local-azure-'));
  const worlds: World[] = [];
  const azure = await startLocalAzureWith({ directory: folder, vaults: [seed], pace: { metricsDelayMs: 0 }, ...change }, (shared) => {
    worlds.push(shared);
    return oneApp(shared);
  });
  const [world] = worlds;
  if (world === undefined) throw new Error('the local Azure asked for no Microsoft.App');
  const agent = azureAgent({ port: azure.port, ca: azure.ca });
  process.env['IDENTITY_ENDPOINT'] = azure.identity.endpoint;
  process.env['IDENTITY_HEADER'] = azure.identity.header;
  const bot = new ManagedIdentityCredential({ clientId: azure.identity.clientId });
  const options = { agent, retryOptions: { maxRetries: 0 } };
  return {
    azure,
    world,
    agent,
    bot,
    person: { getToken: async () => ({ token: azure.token, expiresOnTimestamp: Date.now() + 3_600_000 }) },
    vaultId: `/subscriptions/${azure.subscription}/resourceGroups/rg-shared/providers/Microsoft.KeyVault/vaults/kv-storefront`,
    resources: (credential = bot) => new ResourceManagementClient(credential, azure.subscription, options),
    identities: () => new ManagedServiceIdentityClient(bot, azure.subscription, options),
    authorization: () => new AuthorizationManagementClient(bot, azure.subscription, options),
    secrets: (credential = bot, vault = 'kv-storefront') => new SecretClient(`https://${vault}.vault.azure.net`, credential, options),
    metrics: () => new MetricsQueryClient(bot, options),
    logs: (credential = bot) => new LogsQueryClient(credential, options),
    raw: (address, init = {}) => rawRequest(azure, address, init),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await azure[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Microsoft.App as far as the rest of Azure asks it: one container app is there. */
function oneApp({ subscription }: World): AppsService {
  const id = `/subscriptions/${subscription}/resourceGroups/rg-shared/providers/Microsoft.App/containerapps/checkout`;
  const app = { id, name: 'checkout', type: 'Microsoft.App/containerApps', location: 'West Europe', tags: { 'trueup-service': 'checkout' } };
  return {
    handle: ({ segments }): AzureAnswer | null => {
      if (segments.at(-1) === 'containerApps') return { status: 200, body: { value: [app] } };
      return segments.at(-1) === 'checkout' ? { status: 200, body: app } : null;
    },
    ingress: (_request, response) => void response.end('from the ingress'),
    async [Symbol.asyncDispose]() {},
  };
}

function rawRequest({ arm, ca, token: personToken }: LocalAzure, address: string, init: Parameters<LocalAzureUnderTest['raw']>[1] & object): Promise<HttpAnswer> {
  const { method = 'GET', token = personToken, host, body, contentType = 'application/json' } = init;
  const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...(host && { host }), ...(body && { 'content-type': contentType }) };
  return httpCall(`${arm}${address}`, { method, headers, ca, agent: false, ...(host && { servername: host }) }, body);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What a call that must fail was answered. */
export async function failure(call: Promise<unknown>): Promise<RestError> {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!isRestError(error)) throw error;
  return error;
}

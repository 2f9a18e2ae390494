import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { AzureCredentialKind } from '../../src/adapters/azure/credential.ts';
import type { Route } from '../../src/adapters/azure/route.ts';
import { jsonOrNull } from '../../src/kernel/json-or-null.ts';
import { certificateAuthority } from '../../src/local/azure/http/certificates.ts';
import { tlsServer } from '../../src/local/azure/http/server.ts';

/** A request as it arrived: what left Trueup, whatever the code before it believed. */
export interface RecordedRequest {
  readonly method: string;
  readonly host: string;
  /** With the query, percent-encoding undone. */
  readonly path: string;
  readonly token: string | null;
  readonly body: string;
}

/** Every https host of the world, willing: what exists, exists for whoever asks, and every write succeeds. So nothing but Trueup keeps tenants apart. */
export interface RecordingCloud extends AsyncDisposable {
  readonly route: Route;
  readonly credential: AzureCredentialKind;
  /** Since the last `forget`. */
  readonly requests: readonly RecordedRequest[];
  /** Empties the journal and takes back what was written. */
  forget(): void;
}

const jsonObject = z.record(z.string(), z.unknown());
const armHost = 'management.azure.com';

export async function recordingCloud(): Promise<RecordingCloud> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-tenants-'));
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, 'an assertion');
  const authority = await certificateAuthority();
  const requests: RecordedRequest[] = [];
  const resources = new Map<string, object>();
  const server = await tlsServer({
    port: 0,
    authority,
    isServed: () => true,
    handle: (message, response) => void answer(message, response, requests, resources),
  });
  return {
    route: { port: server.port, ca: authority.certificate },
    credential: { kind: 'workload-identity', tenantId: '00000000-0000-0000-0000-00000000000d', clientId: '00000000-0000-0000-0000-00000000000c', tokenFile },
    requests,
    forget() {
      requests.length = 0;
      resources.clear();
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

async function answer(message: IncomingMessage, response: ServerResponse, requests: RecordedRequest[], resources: Map<string, object>): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer); // no encoding was set
  const request: RecordedRequest = {
    method: message.method ?? '',
    host: message.headers.host ?? '',
    path: decodeURIComponent((message.url ?? '').replaceAll('+', ' ')),
    token: message.headers.authorization ?? null,
    body: Buffer.concat(chunks).toString('utf8'),
  };
  requests.push(request);
  const { status, body } = answerOf(request, resources);
  response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body));
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function answerOf(request: RecordedRequest, resources: Map<string, object>): Answer {
  const { host, path } = request;
  if (host === 'login.microsoftonline.com') return ok(path.includes('openid-configuration') ? discovery(path) : { token_type: 'Bearer', expires_in: 86_400, access_token: 'a-token' });
  if (host.endsWith('.vault.azure.net')) return ok({ value: [{ id: `https://${host}${path.split('?')[0]?.replace(/versions$/, '')}3f0c2a5b6d7e8f901a2b3c4d5e6f7081`, attributes: { enabled: true, created: 1_700_000_000 } }] });
  if (host === 'api.loganalytics.io') return ok({ tables: [{ name: 'PrimaryResult', columns: [{ name: 'n', type: 'long' }], rows: [[0]] }] });
  return host === armHost ? managed(request, resources) : ok({ verdict: 'pass' });
}

function discovery(path: string): object {
  const base = `https://login.microsoftonline.com/${path.split('/')[1]}`;
  return { token_endpoint: `${base}/oauth2/v2.0/token`, authorization_endpoint: `${base}/oauth2/v2.0/authorize`, issuer: `${base}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys`, end_session_endpoint: `${base}/oauth2/v2.0/logout` };
}

/** Resource Manager, as far as Trueup asks it. */
function managed({ method, path, body }: RecordedRequest, resources: Map<string, object>): Answer {
  const id = (path.split('?')[0] ?? '').replace(/^\/+/, '/');
  switch (method) {
    case 'PUT':
    case 'PATCH':
      return ok(written(id, body, resources));
    case 'GET':
      return read(id, path, resources);
    default:
      return ok({});
  }
}

function written(id: string, body: string, resources: Map<string, object>): unknown {
  const key = id.toLowerCase();
  const { properties, ...more } = jsonObject.parse(jsonOrNull(body) ?? {});
  const resource = { location: 'westeurope', ...resources.get(key), ...more, id, name: id.split('/').at(-1), type: 'a/b', properties: { ...jsonObject.optional().parse(properties), ...made, scope: id.split('/providers/Microsoft.Authorization/')[0] } };
  resources.set(key, resource);
  const app = appSchema.safeParse(resource).data;
  if (app !== undefined && /\/containerapps\/[^/]+$/.test(key)) addRevision(resources, key, app);
  return resources.get(key);
}

function read(id: string, path: string, resources: ReadonlyMap<string, object>): Answer {
  const key = id.toLowerCase();
  const [, vault] = /vaults' and name eq '([^']+)'/.exec(path) ?? [];
  if (vault !== undefined) return ok({ value: [{ id: `${id.replace(/\/resources$/, '')}/resourceGroups/rg-vaults/providers/Microsoft.KeyVault/vaults/${vault}`, name: vault, type: 'Microsoft.KeyVault/vaults' }] });
  const found = resources.get(key);
  if (found !== undefined) return ok(found);
  if (/\/resourcegroups\/[^/]+$/.test(key)) return ok({ id, name: id.split('/').at(-1), location: 'westeurope', properties: { provisioningState: 'Succeeded' } });
  const belongs = key.endsWith('/roleassignments') ? (one: string) => one.includes('/roleassignments/') : (one: string) => one.startsWith(`${key}/`) && !one.slice(key.length + 1).includes('/');
  const isList = (key.split('/providers/').at(-1)?.split('/').length ?? 0) % 2 === 0;
  if (isList) return ok({ value: [...resources].filter(([one]) => belongs(one)).map(([, one]) => one) });
  return { status: 404, body: { error: { code: 'ResourceNotFound', message: 'It is not there' } } };
}

const appSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  properties: z.looseObject({ configuration: z.looseObject({ ingress: z.looseObject({}).optional() }).optional(), template: z.looseObject({ revisionSuffix: z.string() }) }),
});

/** At once there, ready and with one replica. */
function addRevision(resources: Map<string, object>, key: string, app: z.infer<typeof appSchema>): void {
  const { id, properties } = app;
  const name = `${app.name}--${properties.template.revisionSuffix}`;
  const state = { active: true, replicas: 1, runningState: 'Running', healthState: 'Healthy', provisioningState: 'Provisioned', createdTime: '2026-11-24T00:00:00Z', template: properties.template };
  const { ingress } = properties.configuration ?? {};
  const fqdn = `${app.name}.own.westeurope.azurecontainerapps.io`;
  resources.set(key, { ...app, properties: { ...properties, latestRevisionName: name, latestReadyRevisionName: name, configuration: { ...properties.configuration, ...(ingress && { ingress: { ...ingress, fqdn } }) } } });
  resources.set(`${key}/revisions/${name}`, { id: `${id}/revisions/${name}`, name, properties: { ...state, fqdn: `${name}.own.westeurope.azurecontainerapps.io` } });
  resources.set(`${key}/revisions/${name}/replicas/one`, { id: `${id}/revisions/${name}/replicas/one`, name: 'one', properties: { createdTime: state.createdTime, runningState: 'Running', containers: [{ name: app.name, ready: true, started: true, restartCount: 0, runningState: 'Running' }] } });
}

/** What Azure adds to whatever is made. */
const made = { provisioningState: 'Succeeded', runningStatus: 'Running', defaultDomain: 'own.westeurope.azurecontainerapps.io', principalId: '00000000-0000-0000-0000-00000000000e', clientId: '00000000-0000-0000-0000-00000000000f', tenantId: '00000000-0000-0000-0000-00000000000d' };

function ok(body: unknown): Answer {
  return { status: 200, body };
}

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressOf } from '../http/read-request.ts';
import { writeAnswer } from '../http/write-answer.ts';
import type { AzureAnswer, LocalClock } from '../world.ts';
import type { Principals } from './principals.ts';
import type { TokenAuthority } from './tokens.ts';

interface ManagedIdentityOptions {
  readonly clock: Pick<LocalClock, 'now'>;
  readonly tokens: TokenAuthority;
  readonly principals: Principals;
  /** The secret that keeps other processes' requests out. */
  readonly header: string;
  /** The client ids of the identities that are attached to this workload. */
  readonly attached: readonly string[];
  /** The platform's own choice when it is null. */
  readonly tokenLifeMs: number | null;
}

const usualLifeMs = 86_400_000;

/** `IDENTITY_ENDPOINT` of App Service and Container Apps, protocol 2019-08-01: plain http, on the workload's own loopback. */
export async function managedIdentityEndpoint(options: ManagedIdentityOptions): Promise<{ readonly endpoint: string } & AsyncDisposable> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    writeAnswer(response, answer(request, options), {});
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // An address and a port, because it listens on TCP.
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/msi/token`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: IncomingMessage, { clock, tokens, principals, header, attached, tokenLifeMs }: ManagedIdentityOptions): AzureAnswer {
  const { path, query } = addressOf(request) ?? { path: '', query: new Map<string, string>() };
  if (path !== '/msi/token' || request.method !== 'GET') return refusedHere(404, 'Not found.');
  if (request.headers['x-identity-header'] !== header) return refusedHere(401, 'The X-IDENTITY-HEADER is missing or wrong.');
  if (query.get('api-version') !== '2019-08-01') return refusedHere(400, 'The api-version is not supported.');
  const resource = query.get('resource');
  if (!resource) return refusedHere(400, 'The resource is missing.');
  // The bot's identity is no resource here.
  if (query.has('mi_res_id')) return refusedHere(501, 'NotModelled: mi_res_id');
  // Container Apps gives no token of a user-assigned identity that is not named (azure-container-apps#442).
  const objectId = query.get('object_id') ?? query.get('principal_id');
  const principal = attached.flatMap((clientId) => principals.byClientId(clientId) ?? []).find(({ clientId, principalId }) => clientId === query.get('client_id') || principalId === objectId);
  if (principal === undefined) return refusedHere(400, 'Unable to load the proper Managed Identity.');
  const { principalId, clientId } = principal;
  const expiresAt = clock.now() + (tokenLifeMs ?? usualLifeMs);
  const token = tokens.issue({ audience: resource, principalId, clientId, expiresAt });
  return { status: 200, body: { access_token: token, client_id: clientId, expires_on: String(Math.floor(expiresAt / 1000)), resource, token_type: 'Bearer' } };
}

function refusedHere(statusCode: number, message: string): AzureAnswer {
  return { status: statusCode, body: { statusCode, message, correlationId: randomUUID() } };
}

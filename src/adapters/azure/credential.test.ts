import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scriptedAzure, type ScriptedAnswer, type ScriptedRequest } from '../../../test/support/scripted-azure.ts';
import { azureCredential } from './credential.ts';
import { translateError } from './translate.ts';

const directory = '99999999-0000-4000-8000-000000000000';
const scope = 'https://management.azure.com/.default';

/** What Entra answers on the way to a token. */
function entra({ path }: ScriptedRequest): ScriptedAnswer {
  const authority = `https://login.microsoftonline.com/${directory}`;
  if (path.includes('openid-configuration')) {
    return {
      status: 200,
      body: { issuer: `${authority}/v2.0`, authorization_endpoint: `${authority}/oauth2/v2.0/authorize`, token_endpoint: `${authority}/oauth2/v2.0/token`, jwks_uri: `${authority}/keys` },
    };
  }
  return { status: 200, body: { token_type: 'Bearer', expires_in: 3600, access_token: 'a-token' } };
}

describe('workload identity', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'trueup-credential-'));
    await writeFile(path.join(folder, 'token'), 'the-projected-token');
  });
  afterEach(() => rm(folder, { recursive: true }));

  function credential(agent: Parameters<typeof azureCredential>[1]) {
    return azureCredential({ kind: 'workload-identity', tenantId: directory, clientId: '11111111-0000-4000-8000-000000000000', tokenFile: path.join(folder, 'token') }, agent);
  }

  test('exchanges the projected token at the login host and nowhere else', async () => {
    await using azure = await scriptedAzure(entra);
    expect(await credential(azure.agent).getToken(scope)).toMatchObject({ token: 'a-token' });
    expect(new Set(azure.connected)).toEqual(new Set(['login.microsoftonline.com']));
    expect(azure.requests.at(-1)?.body).toContain('the-projected-token');
  });

  test.each([
    { reason: 'a refused client', status: 401, body: { error: 'invalid_client', error_description: 'AADSTS700016 secret words' }, error: { name: 'NotAllowed', code: 'AuthenticationFailed' } },
    { reason: 'an outage of Entra', status: 503, body: { error: 'temporarily_unavailable' }, error: { name: 'Unavailable' } },
  ])('says which failure it was: $reason', async ({ status, body, error }) => {
    await using azure = await scriptedAzure((request) => (request.method === 'POST' ? { status, body } : entra(request)));
    const failed = await credential(azure.agent)
      .getToken(scope)
      .catch((thrown: unknown) => translateError(thrown, 'x', 0));
    expect(failed).toMatchObject(error);
    expect(String(failed)).not.toContain('secret words');
  });
});

describe('managed identity', () => {
  test('asks the endpoint of the platform, not the proxy of the environment', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers['x-identity-header']}`);
      const refused = request.url?.includes('client_id=unknown');
      response.writeHead(refused ? 400 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(refused ? { statusCode: 400, message: 'secret words' } : { access_token: 'a-token', expires_on: String(Math.floor(Date.now() / 1000) + 3600), resource: 'r', token_type: 'Bearer' }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const environment = { IDENTITY_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token`, IDENTITY_HEADER: 'header', HTTP_PROXY: 'http://127.0.0.1:9' };
    Object.assign(process.env, environment);
    try {
      await using azure = await scriptedAzure(entra);
      expect(await azureCredential({ kind: 'managed-identity', clientId: 'known' }, azure.agent).getToken(scope)).toMatchObject({ token: 'a-token' });
      expect(asked).toEqual(['/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com&client_id=known header']);
      const failed = await azureCredential({ kind: 'managed-identity', clientId: 'unknown' }, azure.agent)
        .getToken(scope)
        .catch((thrown: unknown) => translateError(thrown, 'x', 0));
      expect(failed).toMatchObject({ name: 'NotAllowed', code: 'AuthenticationFailed' });
      expect(String(failed)).not.toContain('secret words');
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
      server.close();
    }
  });
});

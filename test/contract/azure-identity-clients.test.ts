import { generateKeyPairSync, sign } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ResourceManagementClient } from '@azure/arm-resources';
import { ManagedIdentityCredential, WorkloadIdentityCredential, type TokenCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loginHttpClient } from '../../src/adapters/azure/route.ts';
import { httpCall } from '../../src/cli/demo/http-call.ts';
import type { Claims } from '../../src/local/azure/entra/tokens.ts';
import type { LocalAzure } from '../../src/local/azure/start.ts';
import { failure, localAzure, type LocalAzureUnderTest } from '../support/local-azure.ts';
import { wire, type Wire } from '../support/wire.ts';

/** `@azure/identity` 4.14.1 and bearer tokens of the Resource Manager clients against the local Entra, identity endpoint and Resource Manager. */
const management = 'https://management.azure.com/.default';
const otherTenant = '99999999-0000-4000-8000-000000000000';

let local: LocalAzureUnderTest;
let azure: LocalAzure;
let folder: string;
beforeAll(async () => {
  local = await localAzure();
  ({ azure } = local);
  folder = await mkdtemp(path.join(tmpdir(), 'trueup-assertions-'));
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function tokenFor(change: Partial<Claims> = {}): string {
  const { principalId, clientId } = azure.identity;
  return azure.issueToken({ audience: 'https://management.azure.com', principalId, clientId, expiresAt: Date.now() + 60_000, ...change });
}

function resourcesOver(credential: TokenCredential, { azure: { subscription }, agent } = local): { readonly client: ResourceManagementClient; readonly wire: Wire } {
  const tap = wire();
  return { client: new ResourceManagementClient(credential, subscription, { agent, retryOptions: { maxRetries: 0 }, additionalPolicies: tap.policies }), wire: tap };
}

describe('a token at Resource Manager', () => {
  const groups = (token: string | null) => local.raw(`/subscriptions/${azure.subscription}/resourcegroups?api-version=2025-04-01`, { token });

  test.each([
    { reason: 'no token', token: () => null, code: 'AuthenticationFailed', message: /header is missing/ },
    { reason: 'a token of nobody', token: () => 'x.y.z', code: 'InvalidAuthenticationToken', message: /invalid/ },
    { reason: 'a token for Key Vault', token: () => tokenFor({ audience: 'https://vault.azure.net' }), code: 'InvalidAuthenticationTokenAudience', message: /wrong audience or resource 'https:\/\/vault\.azure\.net'/ },
    { reason: 'an old token (vscode-azureappservice#2483)', token: () => tokenFor({ expiresAt: Date.now() - 1000 }), code: 'ExpiredAuthenticationToken', message: /^The access token expiry UTC time '\d+\/\d+\/\d+ \d+:\d\d:\d\d [AP]M' is earlier than current UTC time '\d+\/\d+\/\d+ \d+:\d\d:\d\d [AP]M'\.$/ },
    { reason: 'a token of another tenant (azure-sdk-for-net#49391)', token: () => tokenFor({ tenantId: otherTenant }), code: 'InvalidAuthenticationTokenTenant', message: new RegExp(`wrong issuer 'https://sts\\.windows\\.net/${otherTenant}/'`) },
  ])('$reason is refused: 401 $code', async ({ token, code, message }) => {
    const { status, body, headers } = await groups(token());
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({ status: 401, body: { error: { code, message: expect.stringMatching(message) } } });
    expect(headers['www-authenticate']).toMatch(new RegExp(`^Bearer authorization_uri="https://login\\.windows\\.net/${azure.tenantId}", error="invalid_token", error_description="[^"]+"$`));
  });

  test.each(['https://management.azure.com/', 'https://management.core.windows.net/'])('may be for %s, with a slash at the end', async (audience) => {
    expect((await groups(tokenFor({ audience }))).status).toBe(200);
  });

  test('of a principal without a role is good, and not enough', async () => {
    const { principalId = '', clientId = '' } = await local.identities().userAssignedIdentities.createOrUpdate('rg-shared', 'id-nobody', { location: 'westeurope' });
    const { status, body } = await groups(tokenFor({ principalId, clientId }));
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'AuthorizationFailed', message: expect.stringContaining(`The client '${principalId}' with object id '${principalId}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/resourcegroups/read'`) } });
  });

  test('that the service takes to be at its end: the client throws at once, sends nothing again and asks for no other token', async () => {
    let asked = 0;
    const skewed: TokenCredential = { getToken: async () => ((asked += 1), { token: tokenFor({ expiresAt: Date.now() - 1000 }), expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const { client, wire: seen } = resourcesOver(skewed);
    for (let call = 0; call < 2; call += 1) expect(await failure(client.resourceGroups.get('rg-shared'))).toMatchObject({ statusCode: 401, code: 'ExpiredAuthenticationToken' });
    expect(seen.exchanges.map(({ status }) => status)).toEqual([401, 401]);
    expect(asked).toBe(1);
  });
});

describe('the managed-identity endpoint (2019-08-01, facts A5)', () => {
  const ask = (query: string, headers: Record<string, string> = { 'x-identity-header': azure.identity.header }) => httpCall(`${azure.identity.endpoint}?${query}`, { agent: false, headers });
  const named = () => `client_id=${azure.identity.clientId}`;

  test.each([
    { reason: 'without the header', query: () => `api-version=2019-08-01&resource=r&${named()}`, headers: {}, status: 401 },
    { reason: 'with another header', query: () => `api-version=2019-08-01&resource=r&${named()}`, headers: { 'x-identity-header': 'guess' }, status: 401 },
    { reason: 'without a client id (azure-container-apps#442)', query: () => 'api-version=2019-08-01&resource=r', headers: undefined, status: 400 },
    { reason: 'for an identity that is not attached', query: () => 'api-version=2019-08-01&resource=r&client_id=other', headers: undefined, status: 400 },
    { reason: 'for an identity by its resource id, which is not modelled', query: () => 'api-version=2019-08-01&resource=r&mi_res_id=/subscriptions/1', headers: undefined, status: 501 },
    { reason: 'for no resource', query: () => `api-version=2019-08-01&${named()}`, headers: undefined, status: 400 },
    { reason: 'in another version of the protocol', query: () => `api-version=2017-09-01&resource=r&${named()}`, headers: undefined, status: 400 },
  ])('gives nothing $reason', async ({ query, headers, status }) => {
    const answer = await ask(query(), headers);
    expect({ status: answer.status, body: JSON.parse(answer.body) as unknown }).toEqual({ status, body: { statusCode: status, message: expect.any(String), correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  });

  test.each([
    { reason: 'client id', query: () => named() },
    { reason: 'object id', query: () => `object_id=${azure.identity.principalId}` },
    { reason: 'object id by its other name', query: () => `principal_id=${azure.identity.principalId}` },
  ])('gives a token to who names the identity by its $reason, its end in seconds as a text', async ({ query }) => {
    const answer = await ask(`api-version=2019-08-01&resource=https://management.azure.com&${query()}`);
    expect(JSON.parse(answer.body)).toEqual({ access_token: expect.stringMatching(/^ey/), client_id: azure.identity.clientId, expires_on: expect.stringMatching(/^\d{10}$/), resource: 'https://management.azure.com', token_type: 'Bearer' });
  });

  test('tokens are kept for the whole process: another credential for the same identity and resource gets the same one', async () => {
    const { clientId } = azure.identity;
    const first = await new ManagedIdentityCredential({ clientId }).getToken('https://monitor.azure.com/.default');
    expect(await new ManagedIdentityCredential({ clientId }).getToken('https://monitor.azure.com/.default')).toMatchObject({ token: first.token });
    expect((await new ManagedIdentityCredential({ clientId }).getToken('https://vault.azure.net/.default')).token).not.toBe(first.token);
  });

  test('so is the endpoint: what the environment says later does not count', async () => {
    const endpoint = process.env['IDENTITY_ENDPOINT'];
    process.env['IDENTITY_ENDPOINT'] = 'http://127.0.0.1:9/msi/token';
    try {
      expect(await new ManagedIdentityCredential({ clientId: azure.identity.clientId }).getToken('https://storage.azure.com/.default')).toMatchObject({ token: expect.stringMatching(/^ey/) });
    } finally {
      process.env['IDENTITY_ENDPOINT'] = endpoint;
    }
  });

  test.each([
    { reason: 'an identity that is not attached', options: { clientId: 'dddddddd-0000-4000-8000-000000000000' } },
    { reason: 'no identity, where only user-assigned ones are attached', options: {} },
  ])('a credential for $reason fails with the words of the endpoint', async ({ options }) => {
    await expect(new ManagedIdentityCredential({ ...options, retryOptions: { maxRetries: 0 } }).getToken(management)).rejects.toMatchObject({ name: 'CredentialUnavailableError', message: expect.stringContaining('Unable to load the proper Managed Identity') });
  });
});

describe('workload identity federation', () => {
  function credential(tokenFilePath: string, change: { readonly tenantId?: string; readonly clientId?: string } = {}, { azure: { tenantId, identity }, agent } = local): WorkloadIdentityCredential {
    return new WorkloadIdentityCredential({ tenantId, clientId: identity.clientId, tokenFilePath, httpClient: loginHttpClient(agent), disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 }, ...change });
  }
  async function file(assertion: string): Promise<string> {
    const name = path.join(folder, `${crypto.randomUUID()}.jwt`);
    await writeFile(name, assertion);
    return name;
  }

  test('gives the same principal after one exchange, and the client keeps the token', async () => {
    const { client, wire: seen } = resourcesOver(credential(azure.identity.federatedTokenFile));
    azure.journal.clear();
    for (let call = 0; call < 2; call += 1) expect(await client.resourceGroups.get('rg-shared')).toMatchObject({ name: 'rg-shared' });
    const entries = azure.journal.entries();
    expect(entries.filter(({ host }) => host === 'login.microsoftonline.com').map(({ method, path: asked, status }) => [method, asked, status])).toEqual([
      // Nothing is discovered: the library knows the endpoints of this host.
      ['POST', `/${azure.tenantId}/oauth2/v2.0/token`, 200],
    ]);
    expect(entries.at(-1)).toMatchObject({ principalId: azure.identity.principalId, status: 200 });
    expect(seen.exchanges.map(({ status }) => status)).toEqual([200, 200]);
  });

  test.each([
    { reason: 'that has expired (azure-workload-identity#693)', assertion: () => azure.issueAssertion({ expiresAt: Date.now() - 1000 }), change: {}, code: 700024 },
    { reason: 'of another workload (azure-workload-identity#1200)', assertion: () => azure.issueAssertion({ subject: 'system:serviceaccount:trueup:other' }), change: {}, code: 700213 },
    { reason: 'in other capitals: subjects compare with case (Azure/login#517)', assertion: () => azure.issueAssertion({ subject: 'system:serviceaccount:Trueup:trueup' }), change: {}, code: 700213 },
    { reason: 'meant for somebody else', assertion: () => azure.issueAssertion({ audience: 'sts.amazonaws.com' }), change: {}, code: 700212 },
    { reason: 'of an issuer that nobody trusts', assertion: () => foreignAssertion('https://oidc.example.com'), change: {}, code: 700211 },
    { reason: 'that says it is of the trusted issuer, with other keys', assertion: () => foreignAssertion('https://oidc.trueup.local'), change: {}, code: 50027 },
    { reason: 'that is none', assertion: () => 'not-a-token', change: {}, code: 50027 },
    { reason: 'for an application that is not in the tenant', assertion: () => azure.issueAssertion(), change: { clientId: 'dddddddd-0000-4000-8000-000000000000' }, code: 700016 },
  ])('an assertion $reason: AADSTS$code', async ({ assertion, change, code }) => {
    const error: unknown = await credential(await file(assertion()), change)
      .getToken(management)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AuthenticationRequiredError', message: expect.stringContaining(`AADSTS${code}: `) });
  });

  test('a tenant that is not there: AADSTS90002', async () => {
    await expect(credential(azure.identity.federatedTokenFile, { tenantId: otherTenant }).getToken(management)).rejects.toThrow(`AADSTS90002: Tenant '${otherTenant}' not found.`);
  });

  test('a refusal has the shape of Entra (risingwave#17123)', async () => {
    const fields = { grant_type: 'client_credentials', client_id: azure.identity.clientId, scope: management, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: azure.issueAssertion({ expiresAt: Date.now() - 1000 }) };
    const host = 'login.microsoftonline.com';
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const correlation = '11111111-2222-4333-8444-555555555555';
    const answer = await httpCall(`${azure.arm}/${azure.tenantId}/oauth2/v2.0/token?client-request-id=${correlation}`, { method: 'POST', ca: azure.ca, servername: host, agent: false, headers }, new URLSearchParams(fields).toString());
    expect({ status: answer.status, body: JSON.parse(answer.body) as unknown }).toEqual({
      status: 401,
      body: {
        error: 'invalid_client',
        error_description: expect.stringMatching(/^AADSTS700024: Client assertion is not within its valid time range\. Current time: .+, assertion valid from .+, expiry time of assertion .+ Trace ID: .+ Correlation ID: .+ Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        error_codes: [700024],
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        correlation_id: correlation,
        error_uri: expect.stringMatching(/\/error\?code=700024$/),
      },
    });
  });

  test.each([
    { reason: 'a client secret', method: 'POST', action: 'oauth2/v2.0/token', fields: { grant_type: 'client_credentials', scope: management, client_secret: 'between us' } },
    { reason: 'a token that is fetched with GET', method: 'GET', action: 'oauth2/v2.0/token', fields: {} },
    { reason: 'keys', method: 'GET', action: 'discovery/v2.0/keys', fields: {} },
  ])('$reason: not modelled, and not repeated in the answer', async ({ method, action, fields }) => {
    const host = 'login.microsoftonline.com';
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const body = method === 'GET' ? undefined : new URLSearchParams({ client_id: azure.identity.clientId, ...fields }).toString();
    const answer = await httpCall(`${azure.arm}/${azure.tenantId}/${action}`, { method, ca: azure.ca, servername: host, agent: false, headers }, body);
    expect({ status: answer.status, body: JSON.parse(answer.body) as unknown }).toMatchObject({ status: 501, body: { error: { code: 'NotModelled', message: expect.stringContaining(action) } } });
    expect(answer.body).not.toContain('between us');
  });

  test('short tokens: the client gets another before the first is refused', async () => {
    // Both sides read the time of this process, which stands still until it is moved.
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    await using world = await localAzure({ tokenLifeMs: 5_000 });
    const { client, wire: seen } = resourcesOver(credential(world.azure.identity.federatedTokenFile, {}, world), world);
    await client.resourceGroups.get('rg-shared');
    const first = seen.exchanges[0]?.requestHeaders['authorization'] ?? '';
    const again = () => world.raw(`/subscriptions/${world.azure.subscription}/resourcegroups?api-version=2025-04-01`, { token: first.replace('Bearer ', '') });
    expect((await again()).status).toBe(200);
    vi.setSystemTime(Date.now() + 5_000);
    expect((await again()).body).toContain('ExpiredAuthenticationToken');
    await client.resourceGroups.get('rg-shared');
    expect(seen.exchanges.map(({ status }) => status)).toEqual([200, 200]);
    expect(seen.exchanges[1]?.requestHeaders['authorization']).not.toBe(first);
  });
});

describe('what ships', () => {
  test.each([
    { reason: 'takes no credential from a chain (facts A5)', word: 'new DefaultAzureCredential' },
    { reason: 'reads no value of a secret (facts A2)', word: '.getSecret(' },
    { reason: 'keeps the check of challenges on (facts B5)', word: 'disableChallengeResourceVerification' },
    { reason: 'lists no values of an app’s secrets (facts A2)', word: '.listSecrets(' },
  ])('$reason', ({ word }) => {
    const files = globSync('src/**/*.ts', { exclude: ['src/local/**', 'src/**/*.test.ts'] });
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => readFileSync(file, 'utf8').includes(word))).toEqual([]);
  });
});

/** As another issuer would sign one. */
function foreignAssertion(issuer: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Math.floor(Date.now() / 1000);
  const content = [{ typ: 'JWT', alg: 'ES256' }, { iss: issuer, sub: 'system:serviceaccount:trueup:trueup', aud: 'api://AzureADTokenExchange', iat: now, exp: now + 600 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

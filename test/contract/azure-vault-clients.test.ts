import type { TokenCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Claims } from '../../src/local/azure/entra/tokens.ts';
import type { LocalAzure } from '../../src/local/azure/start.ts';
import { all, failure, latestVersion, localAzure, type LocalAzureUnderTest } from '../support/local-azure.ts';
import { hasVaultExamples, vaultExample } from '../support/vault-examples.ts';
import { wire, type Wire } from '../support/wire.ts';

/** `@azure/keyvault-secrets` 4.12.0 against the local Key Vault: what it relies on, and what the service answers that Trueup relies on. */
const host = 'kv-storefront.vault.azure.net';
const otherTenant = '99999999-0000-4000-8000-000000000000';

let local: LocalAzureUnderTest;
let azure: LocalAzure;
beforeAll(async () => {
  local = await localAzure();
  ({ azure } = local);
});
afterAll(() => local[Symbol.asyncDispose]());

function recorded(credential: TokenCredential = local.person): { readonly client: SecretClient; readonly wire: Wire } {
  const tap = wire();
  const options = { agent: local.agent, retryOptions: { maxRetries: 0 }, serviceVersion: '7.5' as const, additionalPolicies: tap.policies };
  return { client: new SecretClient(`https://${host}`, credential, options), wire: tap };
}

/** A credential that gives what the local Entra issues for the bot, changed, and takes it to be good for an hour. */
function issuing(change: Partial<Claims>): TokenCredential {
  const { principalId, clientId } = azure.identity;
  const claims = { audience: 'https://vault.azure.net', principalId, clientId, expiresAt: Date.now() + 3_600_000, ...change };
  return { getToken: async () => ({ token: azure.issueToken(claims), expiresOnTimestamp: Date.now() + 3_600_000 }) };
}

describe('the challenge', () => {
  test('comes once per client: asked without a token, answered with where to get one, repeated, remembered (facts B5)', async () => {
    const { client, wire: seen } = recorded(local.bot);
    azure.journal.clear();
    await all(client.listPropertiesOfSecretVersions('api-key'));
    await all(client.listPropertiesOfSecretVersions('api-key'));
    expect(azure.journal.entries().filter((entry) => entry.host === host).map(({ status }) => status)).toEqual([401, 200, 200]);
    const [first, second] = seen.exchanges;
    expect(first?.requestHeaders).not.toHaveProperty('authorization');
    expect(first?.headers['www-authenticate']).toBe(`Bearer authorization="https://login.microsoftonline.com/${azure.tenantId}", resource="https://vault.azure.net"`);
    expect(first?.body).toMatchObject({ error: { code: 'Unauthorized', message: 'AKV10000: Request is missing a Bearer or PoP token.' } });
    expect(second).toMatchObject({ status: 200, requestHeaders: { authorization: expect.stringMatching(/^Bearer ey/) } });
  });

  test('names the tenant, and the client asks its credential for that tenant and that resource', async () => {
    const asked: object[] = [];
    const person: TokenCredential = { getToken: (scopes, options) => (asked.push({ scopes, tenantId: options?.tenantId, enableCae: options?.enableCae }), local.person.getToken(scopes, options)) };
    await recorded(person).client.getSecret('api-key');
    expect(asked).toEqual([{ scopes: ['https://vault.azure.net/.default'], tenantId: azure.tenantId, enableCae: true }]);
  });

  test('withholds the value of a secret until it was answered', async () => {
    const { client, wire: seen } = recorded();
    await client.setSecret('withheld', 'not before');
    expect(seen.exchanges.map(({ sent }) => sent)).toEqual([null, { value: 'not before', attributes: {} }]);
  });
});

describe('addresses', () => {
  test('end in a slash for the latest version, with the key of the query encoded (facts B5)', async () => {
    const { client, wire: seen } = recorded();
    expect(await client.getSecret('api-key')).toMatchObject({ value: 'third', properties: { version: latestVersion } });
    expect(seen.exchanges.map(({ url, status }) => [url, status])).toEqual([
      [`https://${host}/secrets/api-key/?api%2Dversion=7.5`, 401],
      [`https://${host}/secrets/api-key/?api%2Dversion=7.5`, 200],
    ]);
    expect((await client.getSecret('api-key', { version: 'f'.repeat(32) })).value).toBe('first');
  });

  test('lead from page to page by the link that the service gives', async () => {
    const { client, wire: seen } = recorded(local.bot);
    expect(await all(client.listPropertiesOfSecretVersions('many'))).toHaveLength(60);
    expect(seen.exchanges.map(({ status }) => status)).toEqual([401, 200, 200, 200]);
    expect(seen.exchanges[1]?.body).toMatchObject({ nextLink: expect.stringMatching(/^https:\/\/kv-storefront\.vault\.azure\.net:\d+\/secrets\/many\/versions\?api-version=7\.5&\$skiptoken=/) });
    expect(seen.exchanges[3]?.body).toMatchObject({ nextLink: null });
  });

  test.each([
    { reason: 'a version with other answers', version: '2016-10-01', status: 501 },
    { reason: 'a version that there never was', version: '7.99', status: 501 },
    { reason: 'the one that the client asks for by itself', version: '2026-04-01', status: 200 },
    { reason: 'none', version: '', status: 400 },
  ])('name a version: $reason', async ({ version, status }) => {
    expect((await local.raw(`/secrets?api-version=${version}`, { host })).status).toBe(status);
  });

  test('of a vault that is not there have no host', async () => {
    expect(await failure(local.secrets(local.bot, 'kv-none').getSecret('x'))).toMatchObject({ name: 'RestError', code: 'ECONNRESET' });
  });
});

describe('a token', () => {
  test.each<{ reason: string; change: () => Partial<Claims>; message: RegExp }>([
    { reason: 'for Resource Manager (crossplane provider-azure#346)', change: () => ({ audience: 'https://management.azure.com' }), message: /^AKV10022: Invalid audience\. Expected https:\/\/vault\.azure\.net, found: https:\/\/management\.azure\.com\.$/ },
    { reason: 'whose audience ends in a slash (go-autorest#525)', change: () => ({ audience: 'https://vault.azure.net/' }), message: /^AKV10022: Invalid audience\./ },
    { reason: 'of another tenant (azure-sdk-for-js#13036)', change: () => ({ tenantId: otherTenant }), message: new RegExp(`^AKV10032: Invalid issuer\\. Expected one of https://sts\\.windows\\.net/.*, found https://sts\\.windows\\.net/${otherTenant}/\\.$`) },
    { reason: 'that has expired (azure-sdk-for-python#12368)', change: () => ({ expiresAt: Date.now() - 60_000 }), message: /^Error validating token: IDX10223$/ },
  ])('$reason: 401 with the challenge again, after one repeat', async ({ change, message }) => {
    const { client, wire: seen } = recorded(issuing(change()));
    const error = await failure(client.getSecret('api-key'));
    expect(error).toMatchObject({ statusCode: 401, code: 'Unauthorized' });
    expect(error.message).toMatch(message);
    expect(seen.exchanges.map(({ status, headers }) => [status, headers['www-authenticate']?.includes(azure.tenantId)])).toEqual([[401, true], [401, true]]);
  });

  test('that nobody issued is of an unknown key (terraform-provider-azurerm#30912)', async () => {
    const forged: TokenCredential = { getToken: async () => ({ token: 'e30.e30.x', expiresOnTimestamp: Date.now() + 3_600_000 }) };
    expect(await failure(recorded(forged).client.getSecret('api-key'))).toMatchObject({ statusCode: 401, message: expect.stringMatching(/^AKV10046/) });
  });

  test('that the client knows to be at its end is replaced before it is sent', async () => {
    let issued = 0;
    const { principalId, clientId } = azure.identity;
    const short: TokenCredential = {
      getToken: async () => {
        issued += 1;
        // The client fetches the next token a second before this one ends, whatever the service would still take.
        const expiresAt = Date.now() + (issued === 1 ? 900 : 3_600_000);
        return { token: azure.issueToken({ audience: 'https://vault.azure.net', principalId, clientId, expiresAt: Date.now() + 3_600_000 }), expiresOnTimestamp: expiresAt };
      },
    };
    const { client, wire: seen } = recorded(short);
    for (let call = 0; call < 3; call += 1) await all(client.listPropertiesOfSecretVersions('api-key'));
    expect(seen.exchanges.map(({ status }) => status)).toEqual([401, 200, 200, 200]);
    expect(issued).toBe(2);
  });

  test('that the client takes to be good and the service does not: it asks its credential once, and every call fails', async () => {
    let asked = 0;
    const expired = issuing({ expiresAt: Date.now() - 60_000 });
    const { client, wire: seen } = recorded({ getToken: (...wanted) => ((asked += 1), expired.getToken(...wanted)) });
    for (let call = 0; call < 2; call += 1) expect(await failure(all(client.listPropertiesOfSecretVersions('api-key')))).toMatchObject({ statusCode: 401, message: 'Pagination failed with unexpected statusCode 401' });
    expect(seen.exchanges.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(asked).toBe(1);
  });
});

describe('rights', () => {
  test('the bot reads metadata and never a value: 403 that says what is missing (Key Vault Reader, facts A2)', async () => {
    const { client, wire: seen } = recorded(local.bot);
    const versions = await all(client.listPropertiesOfSecretVersions('api-key'));
    expect(versions.map((one) => [one.version?.[0], one.enabled, one.expiresOn?.toISOString() ?? null])).toEqual([
      ['a', true, '2030-01-01T00:00:00.000Z'],
      ['b', false, null],
      ['f', true, null],
    ]);
    expect(JSON.stringify(seen.exchanges)).not.toMatch(/first|second|third/);
    expect(await failure(client.setSecret('api-key', 'x'))).toMatchObject({ statusCode: 403 });
    expect(await failure(client.getSecret('api-key'))).toMatchObject({ statusCode: 403, code: 'Forbidden' });
    const { principalId, clientId } = azure.identity;
    const lines = [
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      `Caller: appid=${clientId};oid=${principalId};iss=https://sts.windows.net/${azure.tenantId}/`,
      "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
      `Resource: '${local.vaultId.toLowerCase()}/secrets/api-key'`,
    ];
    expect(seen.exchanges.at(-1)?.body).toEqual({ error: { code: 'Forbidden', message: expect.stringContaining(lines.join('\r\n')), innererror: { code: 'ForbiddenByRbac' } } });
  });

  test('a disabled version is listed, and its value is nobody’s (azure-sdk-for-js#24756)', async () => {
    const { client, wire: seen } = recorded();
    const { properties } = await client.setSecret('fresh', 'value', { contentType: 'text/plain', tags: { a: '1' } });
    expect(await client.getSecret('fresh')).toMatchObject({ value: 'value', properties: { contentType: 'text/plain', tags: { a: '1' }, version: properties.version } });
    await client.updateSecretProperties('fresh', properties.version ?? '', { enabled: false });
    expect(await failure(client.getSecret('fresh'))).toMatchObject({ statusCode: 403, code: 'Forbidden' });
    expect(seen.exchanges.at(-1)?.body).toEqual({ error: { code: 'Forbidden', message: 'Operation get is not allowed on a disabled secret.', innererror: { code: 'SecretDisabled' } } });
    expect((await all(client.listPropertiesOfSecrets())).find(({ name }) => name === 'fresh')).toMatchObject({ enabled: false });
  });

  test('an absent secret is 404 by its name, and has no versions', async () => {
    const { client } = recorded();
    expect(await failure(client.getSecret('none'))).toMatchObject({ statusCode: 404, code: 'SecretNotFound', message: expect.stringContaining('A secret with (name/id) none was not found in this key vault.') });
    expect(await failure(client.getSecret('api-key', { version: 'c'.repeat(32) }))).toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
    expect(await all(client.listPropertiesOfSecretVersions('none'))).toEqual([]);
  });
});

describe.skipIf(!hasVaultExamples)("the specification's examples (7.5)", () => {
  test.each([
    { reason: 'a secret that is set', file: 'SetSecret', method: 'PUT', path: '/secrets/crpsecret' },
    { reason: 'properties that are changed', file: 'UpdateSecret', method: 'PATCH', path: '/secrets/crpsecret/VERSION' },
    { reason: 'a value', file: 'GetSecret', method: 'GET', path: '/secrets/crpsecret/VERSION' },
    { reason: 'the first of several versions', file: 'GetSecretVersions', method: 'GET', path: '/secrets/crpsecret/versions' },
    { reason: 'the first of several secrets', file: 'GetSecrets', method: 'GET', path: '/secrets' },
  ])('$reason: every field of the example is there, of the same kind', async ({ file, method, path }) => {
    const { client } = recorded();
    await client.updateSecretProperties('api-key', latestVersion, { contentType: 'plainText' });
    for (const value of ['before', 'mysecretvalue']) await client.setSecret('crpsecret', value, { contentType: 'plainText' });
    const { version = '' } = (await client.getSecret('crpsecret')).properties;
    const { parameters, body } = vaultExample(file);
    const query = `api-version=7.5${parameters.maxresults === undefined ? '' : `&maxresults=${parameters.maxresults}`}`;
    const sent = parameters.parameters === undefined ? {} : { body: JSON.stringify(parameters.parameters) };
    const answer = await local.raw(`${path.replace('VERSION', version)}?${query}`, { method, host, ...sent });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject(body);
  });
});

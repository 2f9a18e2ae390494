import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { azureAdapters, type AzureAdapters } from '../../src/adapters/azure/azure-adapters.ts';
import { tenantId } from '../../src/kernel/ids.ts';
import type { LocalAzure } from '../../src/local/azure/start.ts';
import { failure, localAzure, type LocalAzureUnderTest } from '../support/local-azure.ts';
import { Secret } from '../../src/kernel/secret.ts';

const workspace = '0a1b2c3d-0000-4000-8000-00000000000a';
const contoso = tenantId(100, 7, 'contoso');
const { signal } = new AbortController();
const lastHour = { duration: 'PT1H' };

let local: LocalAzureUnderTest;
let azure: LocalAzure;
let adapters: AzureAdapters;
beforeAll(async () => {
  local = await localAzure();
  ({ azure } = local);
  adapters = azureAdapters({
    credential: { kind: 'managed-identity', clientId: azure.identity.clientId },
    route: { port: azure.port, ca: azure.ca },
    pollMs: 20,
    sealKey: new Secret(new Uint8Array(32).fill(3)),
    clock: { now: () => Date.now() },
    grants: { of: () => ({ subscriptions: [], resourceGroups: [], vaults: [], workspaces: [workspace], gateHosts: [] }) },
  });
});
afterAll(() => local[Symbol.asyncDispose]());
beforeEach(() => {
  azure.logs.clear();
  azure.logs.answer({ workspace, contains: 'checkout', result: { number: 12 } });
});

function tokenFor(audience: string, principalId = azure.identity.principalId): string {
  return azure.issueToken({ audience, principalId, clientId: azure.identity.clientId, expiresAt: Date.now() + 3_600_000 });
}

describe('Log Analytics', () => {
  test('answers what was given beforehand to whatever the query contains', async () => {
    const result = await local.logs().queryWorkspace(workspace, 'Logs | where App == "checkout" | count', lastHour);
    expect(result).toMatchObject({ status: 'Success', tables: [{ name: 'PrimaryResult', columnDescriptors: [{ name: 'Value', type: 'real' }], rows: [[12]] }] });
  });

  test('the last answer that was given comes first', async () => {
    azure.logs.answer({ workspace: workspace.toUpperCase(), contains: '', result: { columns: [{ name: 'a', type: 'long' }, { name: 'b', type: 'string' }], rows: [[1, 'x'], [2, 'y']] } });
    await expect(local.logs().queryWorkspace(workspace, 'checkout', lastHour)).resolves.toMatchObject({ tables: [{ rows: [[1, 'x'], [2, 'y']] }] });
  });

  test('guesses nothing', async () => {
    expect(await failure(local.logs().queryWorkspace(workspace, 'cart', lastHour))).toMatchObject({ statusCode: 501, code: 'NotModelled' });
  });

  test('says of a wrong query what the service says', async () => {
    azure.logs.answer({ workspace, contains: 'checkout |', result: { wrong: true } });
    const error = await failure(local.logs().queryWorkspace(workspace, 'checkout | |', lastHour));
    expect(error).toMatchObject({ statusCode: 400, code: 'BadArgumentError' });
    expect(error.message).toContain('The request had some invalid properties');
  });

  test('a workspace that is not there and one that may not be read look alike', async () => {
    const missing = await failure(local.logs().queryWorkspace('0a1b2c3d-0000-4000-8000-00000000dead', 'q', lastHour));
    const nobody = { getToken: async () => ({ token: tokenFor('https://api.loganalytics.io', '00000000-0000-4000-8000-00000000dead'), expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const forbidden = await failure(local.logs(nobody).queryWorkspace(workspace, 'checkout', lastHour));
    for (const error of [missing, forbidden]) expect(error).toMatchObject({ statusCode: 403, code: 'InsufficientAccessError' });
  });

  test.each([
    { reason: 'no token', token: () => null, status: 401, code: 'AuthorizationRequiredError' },
    { reason: 'a token for Resource Manager', token: () => tokenFor('https://management.azure.com'), status: 403, code: 'InvalidTokenError' },
    { reason: 'no token of this tenant', token: () => 'x.y.z', status: 403, code: 'InvalidTokenError' },
  ])('refuses $reason', async ({ token, status, code }) => {
    const answer = await local.raw(`/v1/workspaces/${workspace}/query`, { method: 'POST', host: 'api.loganalytics.io', token: token(), body: '{"query":"checkout"}' });
    expect({ status: answer.status, code: JSON.parse(answer.body).error.code }).toEqual({ status, code });
  });

  test.each([
    { reason: 'no query', path: 'query', body: '{}', status: 400 },
    { reason: 'no timespan', path: 'query', body: '{"query":"checkout","timespan":"soon"}', status: 400 },
    { reason: 'another operation', path: 'metadata', body: '{}', status: 501 },
  ])('refuses $reason', async ({ path, body, status }) => {
    const token = tokenFor('https://api.loganalytics.io');
    expect((await local.raw(`/v1/workspaces/${workspace}/${path}`, { method: 'POST', host: 'api.loganalytics.io', token, body })).status).toBe(status);
  });

  test('is told what to answer by whoever plays with it, too', async () => {
    const say = (body: object) => local.raw('/local/logs', { method: 'POST', token: null, body: JSON.stringify(body) });
    expect((await say({ workspace, contains: 'cart', result: { number: null } })).status).toBe(204);
    expect((await say({ workspace: 'law-shop', result: { number: 1 } })).status).toBe(422);
    expect(JSON.parse((await local.raw('/local/logs', { token: null })).body)).toMatchObject({ answers: [{ contains: 'cart' }, { contains: 'checkout' }] });
    await expect(adapters.logs.ask(contoso, { workspace, query: 'cart', minutes: 5 }, signal)).resolves.toBeNull();
    expect((await local.raw('/local/logs', { method: 'DELETE', token: null })).status).toBe(204);
    expect(azure.logs.answers()).toEqual([]);
  });
});

describe('the adapter', () => {
  test('gets the one number with its own identity', async () => {
    await expect(adapters.logs.ask(contoso, { workspace, query: 'of checkout', minutes: 5 }, signal)).resolves.toBe(12);
    expect(azure.journal.entries().at(-1)).toMatchObject({ host: 'api.loganalytics.io', principalId: azure.identity.principalId, status: 200 });
  });

  test.each([
    { reason: 'a wrong query', result: { wrong: true } as const, error: { name: 'Rejected', code: 'BadArgumentError' } },
    { reason: 'a table', result: { columns: [{ name: 'a', type: 'long' }], rows: [[1], [2]] }, error: { name: 'Rejected', code: 'NotOneNumber' } },
  ])('refuses $reason', async ({ result, error }) => {
    azure.logs.answer({ workspace, contains: 'checkout', result });
    await expect(adapters.logs.ask(contoso, { workspace, query: 'of checkout', minutes: 5 }, signal)).rejects.toMatchObject(error);
  });
});

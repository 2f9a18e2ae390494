import { describe, expect, test } from 'vitest';
import { scriptedAzure } from '../../../test/support/scripted-azure.ts';
import { tenantId } from '../../kernel/ids.ts';
import { endpointProbe } from './endpoint-probe.ts';
import { tenantCheck } from './tenant-check.ts';

const contoso = tenantId(100, 7, 'contoso');
const check = tenantCheck({ of: (tenant) => (tenant === contoso ? { subscriptions: [], resourceGroups: [], vaults: [], workspaces: [], gateHosts: [] } : null) });
const fqdn = 'web.happyhill-1234.westeurope.azurecontainerapps.io';
const { signal } = new AbortController();
const soon = { fqdn, path: '/health', timeoutMs: 200 };

describe('a probe', () => {
  test('asks the path of the workload, without a credential', async () => {
    await using azure = await scriptedAzure(() => ({ status: 200, body: 'ok' }));
    const answer = await endpointProbe(check, azure.agent).probe(contoso, { ...soon, path: '/health?deep=1' }, signal);
    expect(answer).toEqual({ status: 200, ms: expect.any(Number) });
    expect(azure.requests).toMatchObject([{ method: 'GET', host: fqdn, path: '/health?deep=1', authorization: null }]);
  });

  test.each([
    { reason: 'an error is an answer', answer: { status: 503 }, status: 503 },
    { reason: 'a redirect is an answer, and is not followed', answer: { status: 302, headers: { location: 'https://169.254.169.254/' } }, status: 302 },
    { reason: 'a broken connection is none', answer: null, status: null },
    { reason: 'the rest of a long answer is not read', answer: { status: 200, body: 'x'.repeat(10_000_000) }, status: 200 },
    { reason: 'an answer that never ends is none', answer: { status: 200, headers: { 'content-length': '100' }, body: 'x' }, status: null },
  ])('$reason', async ({ answer, status }) => {
    await using azure = await scriptedAzure(() => answer);
    expect(await endpointProbe(check, azure.agent).probe(contoso, soon, signal)).toMatchObject({ status });
    expect(azure.connected).toEqual([fqdn]);
  });

  test('that we cut off ourselves says nothing about the workload', async () => {
    await using azure = await scriptedAzure(() => ({ status: 200 }));
    await expect(endpointProbe(check, azure.agent).probe(contoso, soon, AbortSignal.abort())).rejects.toMatchObject({ name: 'Unavailable', code: 'Aborted' });
  });

  test.each([
    { reason: 'an address', target: { fqdn: '169.254.169.254' } },
    { reason: 'an address in hexadecimal', target: { fqdn: '0xa9fea9fe' } },
    { reason: 'an IPv6 address', target: { fqdn: '[::1]' } },
    { reason: 'a name without a domain', target: { fqdn: 'localhost' } },
    { reason: 'another port', target: { fqdn: `${fqdn}:8443` } },
    { reason: 'user information', target: { fqdn: `user@${fqdn}` } },
    { reason: 'a host in the path', target: { path: '@evil.example/' } },
    { reason: 'a host that ends in the path', target: { path: '.evil.example/' } },
    { reason: 'an empty path', target: { path: '' } },
    { reason: 'no host', target: { fqdn: '' } },
  ])('does not go to $reason', async ({ target }) => {
    await using azure = await scriptedAzure(() => ({ status: 200 }));
    await expect(endpointProbe(check, azure.agent).probe(contoso, { ...soon, ...target }, signal)).rejects.toMatchObject({ name: 'Rejected', code: 'InvalidProbeTarget' });
    expect(azure.connected).toEqual([]);
  });

  test('is not made for a tenant without a grant', async () => {
    await using azure = await scriptedAzure(() => ({ status: 200 }));
    await expect(endpointProbe(check, azure.agent).probe(tenantId(100, 7, 'fabrikam'), soon, signal)).rejects.toMatchObject({ code: 'OutsideGrant' });
    expect(azure.connected).toEqual([]);
  });
});

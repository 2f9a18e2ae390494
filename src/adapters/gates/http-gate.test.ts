import { describe, expect, test } from 'vitest';
import { scriptedAzure, type ScriptedAnswer } from '../../../test/support/scripted-azure.ts';
import { tenantId } from '../../kernel/ids.ts';
import { tenantCheck } from '../azure/tenant-check.ts';
import { httpGates } from './http-gate.ts';

const contoso = tenantId(100, 7, 'contoso');
const check = tenantCheck({ of: (tenant) => (tenant === contoso ? { subscriptions: [], resourceGroups: [], vaults: [], workspaces: [], gateHosts: ['desk.example.com'] } : null) });
const { signal } = new AbortController();
const gate = { url: 'https://desk.example.com/verdict?for=shop', timeoutMs: 20_000 };
const question = { environment: 'prod', service: 'checkout', revision: 'checkout--t1', image: 'contoso.azurecr.io/checkout:1', commit: 'c'.repeat(40), weight: 10, deploymentId: 'prod-3' };

const rows: readonly { reason: string; answer: ScriptedAnswer | null; timeoutMs?: number; is: object }[] = [
  { reason: 'a pass', answer: { status: 200, body: { verdict: 'pass' } }, is: { verdict: 'pass', detail: null } },
  { reason: 'a failure in its own words', answer: { status: 200, body: { verdict: 'fail', detail: 'orders drop', more: 1 } }, is: { verdict: 'fail', detail: 'orders drop' } },
  { reason: 'words of any length', answer: { status: 200, body: { verdict: 'no-data', detail: 'x'.repeat(5000) } }, is: { verdict: 'no-data', detail: 'x'.repeat(200) } },
  { reason: 'words as one line that can be seen', answer: { status: 200, body: { verdict: 'fail', detail: 'a\u0000b\r\n\u202ec\u200bd' } }, is: { verdict: 'fail', detail: 'a b c d' } },
  { reason: 'no half of a character at their end', answer: { status: 200, body: { verdict: 'fail', detail: `${'x'.repeat(199)}\u{1f600}` } }, is: { verdict: 'fail', detail: 'x'.repeat(199) } },
  { reason: 'another verdict', answer: { status: 200, body: { verdict: 'PASS' } }, is: { verdict: 'inconclusive', detail: 'Its answer holds no verdict' } },
  { reason: 'no JSON', answer: { status: 200, body: 'pass' }, is: { verdict: 'inconclusive', detail: 'Its answer holds no verdict' } },
  { reason: 'an error', answer: { status: 503, body: { verdict: 'pass' } }, is: { verdict: 'inconclusive', detail: 'It answers with status 503' } },
  { reason: 'a redirect, which is not followed', answer: { status: 302, headers: { location: 'https://169.254.169.254/' } }, is: { verdict: 'inconclusive', detail: 'It answers with status 302' } },
  { reason: 'a broken connection', answer: null, is: { verdict: 'no-data', detail: 'It gives no answer' } },
  { reason: 'an answer that never ends', answer: { status: 200, headers: { 'content-length': '100' }, body: '{' }, timeoutMs: 300, is: { verdict: 'no-data', detail: 'It gives no answer' } },
  { reason: 'an answer that is too long', answer: { status: 200, body: `{"verdict":"pass","detail":"${'x'.repeat(100_000)}"}` }, is: { verdict: 'inconclusive', detail: 'Its answer holds no verdict' } },
  { reason: 'a verdict with too much behind it', answer: { status: 200, body: `{"verdict":"pass"}${' '.repeat(100_000)}` }, is: { verdict: 'inconclusive', detail: 'Its answer holds no verdict' } },
];

describe("a user's own system", () => {
  test.each(rows)('$reason', async ({ answer, timeoutMs = gate.timeoutMs, is }) => {
    await using azure = await scriptedAzure(() => answer);
    expect(await httpGates(check, azure.agent).ask(contoso, { ...gate, timeoutMs }, question, signal)).toEqual(is);
    expect(azure.connected).toEqual(['desk.example.com']);
  });

  test('is told what it is about, without a credential', async () => {
    await using azure = await scriptedAzure(() => ({ status: 200, body: { verdict: 'pass' } }));
    await httpGates(check, azure.agent).ask(contoso, gate, question, signal);
    expect(azure.requests).toMatchObject([{ method: 'POST', host: 'desk.example.com', path: '/verdict?for=shop', authorization: null, body: JSON.stringify(question) }]);
  });

  test('that we cut off ourselves has said nothing', async () => {
    await using azure = await scriptedAzure(() => ({ status: 200, body: { verdict: 'pass' } }));
    await expect(httpGates(check, azure.agent).ask(contoso, gate, question, AbortSignal.abort())).rejects.toMatchObject({ name: 'Unavailable', code: 'Aborted' });
  });

  test.each([
    { reason: 'a host that is not granted', url: 'https://desk.example.org/', tenant: contoso, error: { name: 'NotAllowed', code: 'OutsideGrant' } },
    { reason: 'a tenant without a grant', url: gate.url, tenant: tenantId(100, 7, 'fabrikam'), error: { name: 'NotAllowed', code: 'OutsideGrant' } },
    { reason: 'an address of numbers', url: 'https://169.254.169.254/', tenant: contoso, error: { name: 'NotAllowed', code: 'OutsideGrant' } },
    { reason: 'an address of numbers in another form', url: 'https://0x7f.1/', tenant: contoso, error: { name: 'NotAllowed', code: 'OutsideGrant' } },
    { reason: 'the granted host with a dot at its end', url: 'https://desk.example.com./', tenant: contoso, error: { name: 'NotAllowed', code: 'OutsideGrant' } },
    { reason: 'an address without encryption', url: 'http://desk.example.com/', tenant: contoso, error: { name: 'Rejected', code: 'InvalidGateUrl' } },
    { reason: 'another port', url: 'https://desk.example.com:8443/', tenant: contoso, error: { name: 'Rejected', code: 'InvalidGateUrl' } },
    { reason: 'an address with a user', url: 'https://me@desk.example.com/', tenant: contoso, error: { name: 'Rejected', code: 'InvalidGateUrl' } },
    { reason: 'no address', url: 'desk', tenant: contoso, error: { name: 'Rejected', code: 'InvalidGateUrl' } },
  ])('is not asked: $reason', async ({ url, tenant, error }) => {
    await using azure = await scriptedAzure(() => ({ status: 200, body: { verdict: 'pass' } }));
    await expect(httpGates(check, azure.agent).ask(tenant, { ...gate, url }, question, signal)).rejects.toMatchObject(error);
    expect(azure.connected).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { testClock } from '../../../test/support/delivery.ts';
import { Conflict, HeldBack, NotAllowed, NotSent, Rejected, Throttled, Unavailable } from '../../kernel/errors.ts';
import { tenantId } from '../../kernel/ids.ts';
import type { Breakers, Verdict } from '../outage/breakers.ts';
import { azureCalls, placeOf, type CallOptions } from './calls.ts';

const tenant = tenantId(1, 2, 'contoso');
const away: Verdict = { is: 'away', ms: null };
const answered: Verdict = { is: 'answered' };

async function verdictOf(run: (options: CallOptions) => Promise<unknown>, aborted = false): Promise<Verdict | null> {
  let verdict: Verdict | null = null;
  const breakers: Breakers = {
    since: async () => null,
    call: async (_place, once, judge) =>
      once().then((value) => ((verdict = judge(null)), value), (error: unknown) => {
        verdict = judge(error);
        throw error;
      }),
  };
  const calls = azureCalls(() => undefined, testClock(), () => undefined, { breakers });
  await calls({ operation: 'test', tenant, touches: {}, signal: { aborted } }, run).catch(() => undefined);
  return verdict;
}

describe('what an end says of Azure', () => {
  test.each<{ reason: string; error: unknown; is: Verdict; aborted?: boolean }>([
    { reason: 'a 5xx, a reset, a time-out', error: new Unavailable('away', { code: 'ECONNRESET' }), is: away },
    { reason: 'no token for it', error: new Unavailable('no token', { code: 'CredentialUnavailable' }), is: away },
    { reason: 'cut off by its own time-out', error: Object.assign(new Error('aborted'), { name: 'AbortError' }), is: away },
    { reason: 'cut off because the worker drains', error: Object.assign(new Error('aborted'), { name: 'AbortError' }), aborted: true, is: { is: 'nothing' } },
    { reason: 'it asks to stay away', error: new Throttled('slow down', { retryAfterMs: 90_000 }), is: { is: 'away', ms: 90_000 } },
    { reason: 'a budget of ours', error: new HeldBack('Azure', { retryAfterMs: 1, since: null }), is: { is: 'nothing' } },
    { reason: 'stopped at the fence', error: new NotSent('lost', { code: 'LeaseLost' }), is: { is: 'nothing' } },
    { reason: 'an answer that cannot be read', error: new Unavailable('odd', { code: 'UnexpectedAnswer' }), is: answered },
    { reason: 'a new identity is not known everywhere yet', error: new Unavailable('odd', { code: 'PrincipalNotFound' }), is: answered },
    { reason: 'another write runs', error: new Conflict('busy', {}), is: answered },
    { reason: 'a missing right', error: new NotAllowed('no', {}), is: answered },
    { reason: 'a wrong request', error: new Rejected('no', {}), is: answered },
    { reason: 'a bug of ours', error: new TypeError('x'), is: answered },
  ])('$reason', async ({ error, aborted, is }) => {
    expect(await verdictOf(() => Promise.reject(error), aborted)).toEqual(is);
  });

  test.each([
    { status: 200, is: answered },
    { status: 404, is: answered },
    { status: 429, is: away },
    { status: 503, is: away },
  ])('an operation that is followed takes $status for an answer', async ({ status, is }) => {
    expect(await verdictOf(async ({ onResponse }) => onResponse({ status }))).toEqual(is);
  });
});

describe('what fails together', () => {
  test.each([
    { reason: 'Resource Manager, by subscription', call: { touches: { subscription: 'a', resourceGroup: 'rg' } }, scope: 'a' },
    { reason: 'a vault is found through it', call: { touches: { subscription: 'a', vault: 'kv' } }, scope: 'a' },
    { reason: 'a vault by itself', call: { touches: { subscription: 'a', vault: 'kv' }, service: 'vault' as const }, scope: 'vault/kv' },
    { reason: 'metrics by themselves', call: { touches: { subscription: 'a' }, service: 'monitor' as const }, scope: 'a/monitor' },
    { reason: 'a workspace by itself', call: { touches: { workspace: 'w' }, service: 'logs' as const }, scope: 'logs/w' },
  ])('$scope: $reason', ({ call, scope }) => {
    expect(placeOf(call)).toEqual({ system: 'Azure', scope });
  });
});

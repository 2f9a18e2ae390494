import { describe, expect, test } from 'vitest';
import { testClock } from '../../../test/support/delivery.ts';
import { HeldBack, NotSent } from '../../kernel/errors.ts';
import type { Breakers, Place, Verdict } from '../outage/breakers.ts';
import { githubGuard, isContent } from './guard.ts';

/** Calls everything and notes what was judged. */
function noting() {
  const judged: { readonly place: Place; readonly verdict: Verdict }[] = [];
  const breakers: Breakers = {
    since: async () => null,
    async call(place, run, judge) {
      try {
        const value = await run();
        judged.push({ place, verdict: judge(null) });
        return value;
      } catch (error) {
        judged.push({ place, verdict: judge(error) });
        throw error;
      }
    },
  };
  return { judged, breakers };
}

function httpError(status: number, headers: Readonly<Record<string, string>> = {}, message = ''): Error {
  return Object.assign(new Error('a request'), { name: 'HttpError', status, response: { headers, data: { message } } });
}

const reading = { method: 'GET', url: '/repos/{owner}/{repo}', isCutOff: () => false };

describe('what an end says of GitHub', () => {
  test.each<{ reason: string; error: Error; is: Verdict; isCutOff?: boolean }>([
    { reason: 'it could not answer', error: httpError(502), is: { is: 'away', ms: null } },
    { reason: 'Octokit gives 500 to a request without an answer', error: httpError(500), is: { is: 'away', ms: null } },
    { reason: 'it asks to slow down', error: httpError(429, { 'retry-after': '120' }), is: { is: 'away', ms: 120_000 } },
    { reason: 'its secondary limit', error: httpError(403, {}, 'You have exceeded a secondary rate limit'), is: { is: 'away', ms: 60_000 } },
    { reason: 'a missing right is an answer', error: httpError(403), is: { is: 'answered' } },
    { reason: 'nothing there is an answer', error: httpError(404), is: { is: 'answered' } },
    { reason: 'a mistake of ours is an answer', error: httpError(422), is: { is: 'answered' } },
    { reason: 'stopped at the fence, which Octokit takes for a broken network', error: Object.assign(httpError(500), { cause: new NotSent('lost', { code: 'LeaseLost' }) }), is: { is: 'nothing' } },
    { reason: 'the job was cut off', error: httpError(500), isCutOff: true, is: { is: 'nothing' } },
    { reason: 'a wait of days is cut to an hour', error: httpError(429, { 'retry-after': '900000' }), is: { is: 'away', ms: 65 * 60_000 } },
  ])('$reason', async ({ error, isCutOff = false, is }) => {
    const { judged, breakers } = noting();
    const guard = githubGuard({ breakers, writes: { spend: async () => 0 }, clock: testClock(), random: () => 0 });
    await expect(guard(12, { ...reading, isCutOff: () => isCutOff }, () => Promise.reject(error))).rejects.toBe(error);
    expect(judged).toEqual([{ place: { system: 'GitHub', scope: '12' }, verdict: is }]);
  });
});

describe('the budget of content', () => {
  test('a write that has none left is not sent, and says when to come back', async () => {
    const { judged, breakers } = noting();
    const guard = githubGuard({ breakers, writes: { spend: async (owner) => (owner === '12' ? 5000 : 0) }, clock: testClock(), random: () => 0.5 });
    let sent = 0;
    const send = async () => (sent += 1);
    const writing = { method: 'POST', url: '/repos/{owner}/{repo}/check-runs', isCutOff: () => false };
    const error: unknown = await guard(12, writing, send).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HeldBack);
    expect(error).toMatchObject({ code: 'BudgetSpent', since: null, retryAfterMs: 10_000 });
    expect(judged.at(-1)?.verdict, 'it says nothing of GitHub').toEqual({ is: 'nothing' });
    expect(sent).toBe(0);
    await guard(12, reading, send);
    await guard(13, writing, send);
    expect(sent).toBe(2);
  });

  test.each([
    { method: 'POST', url: '/repos/{owner}/{repo}/check-runs', is: true },
    { method: 'PUT', url: 'https://github.example.com/api/v3/repos/a/b/contents/c', is: true },
    { method: 'PATCH', url: '/repos/{owner}/{repo}/check-runs/{check_run_id}', is: false },
    { method: 'GET', url: '/repos/{owner}/{repo}', is: false },
    { method: 'POST', url: '/app/installations/{installation_id}/access_tokens', is: false },
  ])('$method $url: $is', ({ method, url, is }) => {
    expect(isContent(method, url)).toBe(is);
  });
});

import { describe, expect, test } from 'vitest';
import { azureLedger } from '../support/fleet-azure.ts';
import type { SeenCheck } from '../support/fleet-github.ts';
import { doubledSteps, halfApplied, lostDeployments, noOpRepeats, staleOverwrites, withoutTerminalCheck, type Evidence } from './fleet-figures.ts';

const root = '/subscriptions/s/resourceGroups/rg-one/providers/Microsoft.App/containerApps/web';

interface Told {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
}

const template = (generation: number, status = 202): Told => ({
  method: generation === 1 ? 'PUT' : 'PATCH',
  path: root,
  body: { tags: { 'trueup-generation': String(generation), 'trueup-commit': `c${generation}` }, properties: { template: { revisionSuffix: `t${generation}`, containers: [] } } },
  status,
});
const traffic = (generation: number): Told => ({ method: 'PATCH', path: root, body: { properties: { configuration: { ingress: { traffic: [{ revisionName: `web--t${generation}`, weight: 100 }] } } } }, status: 202 });
const end = (generation: number): Told => ({ method: 'POST', path: `${root}/revisions/web--t${generation}/deactivate`, body: null, status: 200 });
const whole = (generation: number): readonly Told[] => [template(generation), traffic(generation), end(generation - 1)];

const green: SeenCheck = { status: 'completed', conclusion: 'success', title: 'Deployed' };

function evidence(told: readonly Told[], change: Partial<Evidence> = {}): Evidence {
  let at = 0;
  const ledger = azureLedger(() => (at += 1));
  for (const { method, path, body, status } of told) {
    ledger.observe({ method, url: `https://management.azure.com${path}?api-version=1`, requestHeaders: {}, requestBody: body, status, responseHeaders: {}, responseBody: null });
  }
  return { writes: ledger.writes, asked: new Map([['one', ['c1', 'c2']]]), check: () => green, differences: [], ...change };
}

/** Those that are not 0. */
function figuresOf(of: Evidence): object {
  const judged = { lost: lostDeployments(of, true), doubled: doubledSteps(of), half: halfApplied(of), same: noOpRepeats(of), stale: staleOverwrites(of), open: withoutTerminalCheck(of) };
  return Object.fromEntries(Object.entries(judged).map(([name, found]) => [name, typeof found === 'number' ? found : found.length]).filter(([, count]) => count !== 0));
}

const calm = [template(1), ...whole(2)];
const pending: SeenCheck = { status: 'in_progress', conclusion: null, title: 'Rolling out' };
const superseded: SeenCheck = { status: 'completed', conclusion: 'cancelled', title: 'Superseded' };

describe('what the fleet is judged by', () => {
  test.each([
    { reason: 'two deployments as they should be', of: evidence(calm), figures: {} },
    { reason: 'an identical write changes nothing', of: evidence([...calm.slice(0, 2), template(2), ...calm.slice(2)]), figures: { same: 1 } },
    { reason: 'a revision that is ended twice', of: evidence([...calm, end(1)]), figures: { same: 1 } },
    { reason: 'a refused write is none', of: evidence([template(1), template(2, 409), ...whole(2)]), figures: {} },
    { reason: 'an older template after a newer one, and what heals it', of: evidence([...calm, template(1), template(2)]), figures: { doubled: 2, stale: 1 } },
    { reason: 'traffic that goes back to an older revision', of: evidence([...calm, traffic(1)]), figures: { stale: 1 } },
    { reason: 'green without its traffic', of: evidence([template(1), template(2), end(1)]), figures: { half: 1 } },
    { reason: 'green with the old revision still there', of: evidence([template(1), template(2), traffic(2)]), figures: { half: 1 } },
    { reason: 'green without anything', of: evidence([template(1)]), figures: { half: 1 } },
    { reason: 'Azure in between two releases', of: evidence(calm, { differences: ['one: image is a, not b', 'one: weights is 50 50, not 100'] }), figures: { half: 1 } },
    { reason: 'a check that never ends', of: evidence([template(1)], { check: (commit) => (commit === 'c1' ? green : pending) }), figures: { lost: 1, open: 1 } },
    { reason: 'no check at all', of: evidence([template(1)], { check: (commit) => (commit === 'c1' ? green : null) }), figures: { lost: 1, open: 1 } },
  ])('$reason', ({ of, figures }) => {
    expect(figuresOf(of)).toEqual(figures);
  });

  test('a generation that was superseded is lost only where each has to be deployed', () => {
    const of = evidence(whole(2), { check: (commit) => (commit === 'c1' ? superseded : green) });
    expect([lostDeployments(of, true).length, lostDeployments(of, false).length]).toEqual([1, 0]);
  });
});

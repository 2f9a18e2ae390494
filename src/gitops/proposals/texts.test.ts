import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { failedAt10, knownGood, quarantined } from '../../../test/support/proposals-world.ts';
import { deploymentProgress, serviceProgress } from '../../../test/support/progress.ts';
import { sampleDeploy } from '../../../test/support/report-samples.ts';
import type { EnvironmentStanding } from '../../kernel/standing.ts';
import { linksFor } from '../report/links.ts';
import { placeOfCheck } from './drift-check.ts';
import { takenBack } from './taken-back.ts';
import type { Move } from './promotion-moves.ts';
import { promotionBody, promotionTitle } from './promotion-text.ts';
import { remediationBody, remediationTitle } from './remediation-text.ts';
import { revertBody, revertTitle } from './revert-text.ts';
import { versionOf } from './version-of.ts';

const repositoryUrl = 'https://github.com/contoso/platform';
const links = linksFor(repositoryUrl);
const hostile = '@contoso/admins <img src=x> ![x](https://evil.example/x) fixes #1 `|` <!-- \u202e';
const commit = 'c0ffee'.padEnd(40, '0');

/** All that comes from outside is `text`, `times` of everything. */
function reverted(text: string, times: number): { readonly title: string; readonly body: string } {
  const gates = Array.from({ length: times }, () => ({ gate: text, answer: 'fail' as const, detail: text, samples: 1, threshold: text }));
  const services = Array.from({ length: times }, (_, index) => serviceProgress(failedAt10({ service: `checkout-${index}`, image: text, revision: text, previousRevision: text, url: text, failure: { weight: 10, reason: text, gates } })));
  const progress = deploymentProgress({ state: 'RolledBack', services, reason: text });
  const back = takenBack(progress);
  if (back === null) throw new Error('it was taken back');
  const { environment: _environment, commit: _commit, generation: _generation, ...said } = progress;
  const standing: EnvironmentStanding = {
    deployment: null, next: null, paused: null,
    services: services.map(({ service }) => ({ service, tenant: 'contoso', knownGood: [knownGood({ commit, image: text })], quarantined: [quarantined({ commit, image: text })] })),
  };
  const plan = { files: [], byHand: Array.from({ length: times }, () => ({ path: text, why: text })), alsoIn: [text] };
  const about = { report: { ...sampleDeploy(), progress: said, checkUrl: text, pullRequest: 12 }, back, plan, standing, unknown: [text], environment: desiredEnvironment(), repositoryUrl, links };
  return { title: revertTitle('prod', back), body: revertBody(about) };
}

function promoted(text: string, times: number): { readonly title: string; readonly body: string } {
  const moves = Array.from({ length: times }, (_, index): Move => ({
    service: `checkout-${index}`, good: knownGood({ commit, image: text, verdict: text, revision: text }), image: text, edits: [], takenBack: quarantined({ commit, image: text, reason: text }),
    values: [{ configuration: 'storefront', key: `KEY_${index}`, before: text, value: `${text}!` }],
  }));
  const notMoved = Array.from({ length: times }, () => ({ service: text, why: text }));
  return { title: promotionTitle('staging', 'prod', moves), body: promotionBody({ from: 'staging', to: desiredEnvironment({ name: 'prod' }), source: desiredEnvironment(), moves, notMoved, links }) };
}

function remedied(text: string, times: number): { readonly title: string; readonly body: string } {
  const changed = { who: text.slice(0, 200), at: '2026-11-23T22:14:00.000Z', source: 'system-data' as const, operation: text };
  const acknowledged = { by: text.slice(0, 200), at: '2026-11-24T00:00:00.000Z', until: null, reason: text };
  const answered = Array.from({ length: times }, () => driftFinding({ path: text, desired: text, live: text, changed }));
  const others = answered.map((one) => ({ ...one, class: 'health-degraded' as const, summary: text, acknowledged, oscillations: 3 }));
  const left = answered.map(() => ({ path: text, why: text }));
  const about = { environment: desiredEnvironment(), service: desiredService(), choice: 'keep-live' as const, asked: { by: text, at: changed.at }, answered, others, notAdopted: left, notes: left.map(({ why }) => why), links };
  return { title: remediationTitle(about), body: remediationBody(about) };
}

test.each([
  { answer: 'fail', title: 'Revert prod: checkout 1.5.0 failed its gate at 10 %', reason: 'a gate failed' },
  { answer: 'no-data', title: 'Revert prod: checkout 1.5.0 was taken back at 10 %', reason: 'a person may have taken it back before its gate had data' },
] as const)('a revert is called "$title": $reason', ({ answer, title }) => {
  const gates = [{ gate: 'success rate', answer, detail: 'x', samples: 0, threshold: null }];
  const back = takenBack(deploymentProgress({ state: 'RolledBack', services: [serviceProgress(failedAt10({ failure: { weight: 10, reason: 'octocat took it back: /trueup abort', gates } }))] }));
  expect(back && revertTitle('prod', back)).toBe(title);
});

describe.each([{ what: 'a revert', of: reverted }, { what: 'a promotion', of: promoted }, { what: 'a remediation', of: remedied }])('$what', ({ of }) => {
  test('holds nothing that notifies, links, hides or formats', () => {
    const { title, body } = of(hostile, 1);
    // What stands in a code span is text for GitHub.
    const outside = body.replace(/(`+)(?:(?!\1).)*\1/g, '');
    expect(outside).not.toMatch(/@contoso|(?<!\\)<img|(?<!\\)!\[|fixes #1|(?<!\\)<!--|(?<!\\)\]\(https:\/\/evil/);
    expect(`${title}${body}`).not.toContain('\u202e');
    expect(title).not.toContain('\n');
  });

  test.each([{ text: 'x'.repeat(1900), times: 400 }, { text: hostile, times: 2000 }])('fits, with a count of what is left and how to go on ($times)', ({ text, times }) => {
    const { title, body } = of(text, times);
    expect(body.length).toBeLessThan(60_000);
    expect(title.length).toBeLessThanOrEqual(200);
    expect(body).toContain('**How to go on**');
    expect(body).toMatch(/… and \d+ more/);
  });
});

test.each([
  { image: 'contoso.azurecr.io/checkout:1.5.0', version: '1.5.0' },
  { image: 'localhost:5000/checkout:1.5.0', version: '1.5.0' },
  { image: `contoso.azurecr.io/checkout@sha256:${'a'.repeat(64)}`, version: 'aaaaaaaaaaaa' },
  { image: `contoso.azurecr.io/checkout:1.5.0@sha256:${'a'.repeat(64)}`, version: '1.5.0' },
])('people call $image $version', ({ image, version }) => {
  expect(versionOf(image)).toBe(version);
});

test.each([
  { name: 'trueup/drift (prod, checkout)', place: { environment: 'prod', service: 'checkout' }, reason: 'ours' },
  { name: 'trueup/drift (prod)', place: null, reason: 'one word' },
  { name: 'trueup/drift (prod, checkout) x', place: null, reason: 'something behind it' },
  { name: 'trueup/health (prod, checkout)', place: null, reason: 'another check' },
])('$name says which service drifted where: $reason', ({ name, place }) => {
  expect(placeOfCheck(name)).toEqual(place);
});

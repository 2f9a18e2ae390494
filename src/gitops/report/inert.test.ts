import { describe, expect, test } from 'vitest';
import { textCases } from '../../../test/hostile/text-cases.ts';
import { expectInert, outsideCode } from '../../../test/support/inert-markdown.ts';
import { serviceProgress } from '../../../test/support/progress.ts';
import { fc, test as property } from '../../../test/support/property.ts';
import { commit, sampleChange, sampleDeploy, sampleHealth, samplePlan, sampleProblem } from '../../../test/support/report-samples.ts';
import { emptyPullRequestReport } from '../records/pull-request-report.ts';
import { noAnswers } from '../records/pull-request-answers.ts';
import { helpText } from './commands.ts';
import { commentBody } from './comment.ts';
import { deployCheck } from './deploy-text.ts';
import { statusText } from './status-text.ts';
import { healthCheck } from './health-text.ts';
import { code, fence, html, prose, shortened } from './inert.ts';
import { linksFor, safeUrl } from './links.ts';
import { planCheck } from './plan-text.ts';

const repositoryUrl = 'https://github.com/contoso/platform';
const links = linksFor(repositoryUrl);

const hostileText = fc.array(fc.oneof(fc.constantFrom(...textCases.map(({ text }) => text)), fc.string({ unit: 'binary', maxLength: 5 }), fc.string({ maxLength: 5 })), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

describe('text from outside', () => {
  test.each(textCases)('$reason is inert wherever it is put', ({ text }) => {
    for (const written of [prose(text), code(text), `<details><summary>${html(text)}</summary>\n\n</details>`, fence(text, 'text'), links.to(text, repositoryUrl + '/x'), links.file(commit, text, 1)]) expectInert(written);
  });

  property('is inert in every report, whatever it holds', () =>
    fc.assert(
      fc.property(hostileText, (text) => {
        const change = sampleChange({ name: text, kind: text, summary: text, differences: [{ path: text, lastApplied: text, desired: { [text]: text }, live: [text] }] });
        const problem = sampleProblem({ message: text, expected: text, hint: text, path: text, location: { file: text, line: 1, column: 1, endLine: 1 }, document: { kind: text, name: text } });
        const plan = samplePlan({ problems: [problem], notes: [text], trace: text, baseRef: text, environments: [{ name: text, changes: [change], problems: [problem], unread: [text] }] });
        const gate = { gate: text, answer: 'fail' as const, detail: text, samples: 3, threshold: text };
        const stages = [{ purpose: 'ready' as const, weight: 0, bakeMs: 60_000, standing: 'judging' as const }];
        const service = serviceProgress({ service: text, tenant: text, image: text, revision: text, previousRevision: text, step: text, detail: text, url: text, stages, gates: [gate], until: text, failure: { weight: 10, reason: text, gates: [gate] } });
        const link = { number: 3, url: text };
        const progress = { deploymentId: text, sequence: 1, state: 'Failed' as const, hold: null, reason: text, needs: text, services: [service] };
        const held = { ...progress, state: 'Held' as const, hold: { why: 'frozen' as const, detail: text, until: text } };
        const release = { digest: text, commit: text, image: text, revision: text, configuration: null, secrets: [], verdict: text, reason: text, at: text };
        const standing = { deployment: { ...held, environment: text, commit: text, generation: 1 }, next: text, paused: { by: text, at: text }, services: [{ service: text, tenant: text, knownGood: [release], quarantined: [release] }] };
        const answer = { commentId: 1, asked: text, by: text, at: text, text: statusText([{ name: text, standing, frozen: { until: text, reason: text } }]) };
        const answers = { answered: [1], answers: [answer, { ...answer, text: helpText(text) }] };
        const deploy = sampleDeploy({ environment: text, trace: text, progress, refusals: { x: { what: text, reason: text, needs: text, blocks: true } }, prepared: { [text]: text }, checkUrl: text, revert: link, promotion: link });
        const paused = sampleDeploy({ environment: text, progress: { ...held, state: 'HealthGating', hold: { why: 'paused', detail: text, until: null } } });
        const stopped = sampleDeploy({ environment: text, progress: held });
        const checks = [{ kind: 'readiness' as const, verdict: 'degraded' as const, detail: text }];
        const drift = sampleHealth().drift.map((one) => ({ ...one, service: text, path: text, live: text, desired: text, summary: text, firstSeenAt: text }));
        const health = sampleHealth({ environment: text, drift, health: { verdict: 'degraded', since: text, services: [{ service: text, tenant: text, verdict: 'degraded', checks }] } });
        const { title, summary, text: details } = planCheck(plan, links);
        const pull = { ...emptyPullRequestReport, plan: { title, summary, details: details ?? '', content: 'c', base: commit, trace: 't' } };
        const written = [deployCheck(deploy, links), deployCheck(paused, links), deployCheck(stopped, links), healthCheck(health, commit, text)].flatMap(({ summary, text: more }) => [summary, more ?? '']);
        for (const body of [commentBody({ report: pull, answers, deployments: [deploy, stopped] }, links), commentBody({ report: pull, answers: noAnswers, deployments: [] }, links), ...written]) expectInert(body);
      }),
      { numRuns: 150 },
    ));

  property('a fence is longer than any run inside', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', '~', 'a', '\n', ' '), maxLength: 60 }), (text) => {
        expect(outsideCode(fence(text, 'text'))).toBe('');
      }),
      { numRuns: 2000 },
    ));

  property('shortening never splits a character', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, length) => {
        const short = shortened(text, length);
        expect(short.length).toBeLessThanOrEqual(Math.max(length, 1));
        expect(short.isWellFormed()).toBe(true);
      }),
    ));
});

describe('addresses', () => {
  test.each([
    { url: 'javascript:alert(1)', reason: 'no script' },
    { url: 'https://evil.example/', reason: 'an unknown host' },
    { url: 'http://checkout.azurecontainerapps.io/', reason: 'not https' },
    { url: 'https://azurecontainerapps.io.evil.example/', reason: 'a host that only starts well' },
    { url: 'https://evilazurecontainerapps.io/', reason: 'a host that only ends well' },
    { url: 'https://github.com@evil.example/', reason: 'a user that looks like a host' },
    { url: 'https://user:secret@portal.azure.com/', reason: 'credentials' },
    { url: 'data:text/html,x', reason: 'no data' },
    { url: 'not an address', reason: 'no address at all' },
  ])('$url is not linked: $reason', ({ url }) => {
    expect(safeUrl(url, repositoryUrl)).toBeNull();
  });

  test('cannot end their link early', () => {
    expect(links.to('x', `${repositoryUrl}/a)b](c`)).toBe(`[x](${repositoryUrl}/a%29b%5D%28c)`);
  });
});

import { describe, expect, test } from 'vitest';
import { emptyPullRequestReport } from '../../src/gitops/records/pull-request-report.ts';
import { noAnswers } from '../../src/gitops/records/pull-request-answers.ts';
import { askedCommand, helpText } from '../../src/gitops/report/commands.ts';
import { commentBody } from '../../src/gitops/report/comment.ts';
import { deployCheck, deploymentStatus } from '../../src/gitops/report/deploy-text.ts';
import { healthCheck } from '../../src/gitops/report/health-text.ts';
import { linksFor } from '../../src/gitops/report/links.ts';
import { planCheck } from '../../src/gitops/report/plan-text.ts';
import { pushCheck } from '../../src/gitops/report/push-text.ts';
import type { CheckReport } from '../../src/gitops/ports.ts';
import { expectInert } from '../support/inert-markdown.ts';
import { serviceProgress } from '../support/progress.ts';
import { commit, sampleChange, sampleDeploy, sampleHealth, samplePlan, sampleProblem } from '../support/report-samples.ts';
import { textCases } from './text-cases.ts';

const links = linksFor('https://github.com/contoso/platform');
/** GitHub takes 65,536 characters of a comment, 65,535 of a check's text and 255 of its title. */
const mostOfBody = 65_000;

/**
 * Every report over samples whose every text from outside is this one. Traces, times and ids of deployments are Trueup's own, and Git
 * has no longer names of branches, GitHub none of users; of a command no more is kept. */
function reports(text: string): { readonly checks: readonly CheckReport[]; readonly comment: string } {
  const branch = text.slice(0, 255);
  const change = sampleChange({ name: text, kind: text, summary: text, differences: [{ path: text, lastApplied: text, desired: { [text]: text }, live: [text] }] });
  const problem = sampleProblem({ message: text, expected: text, hint: text, path: text, location: { file: text, line: 1, column: 1, endLine: 1 }, document: { kind: text, name: text } });
  const plan = samplePlan({ problems: [problem], notes: [text], baseRef: branch, environments: [{ name: text, changes: [change], problems: [problem], unread: [text] }] });
  const gate = { gate: text, answer: 'fail' as const, detail: text, samples: 3, threshold: text };
  const service = serviceProgress({ service: text, tenant: text, image: text, revision: text, step: text, detail: text, url: text, gates: [gate], until: text, failure: { weight: 10, reason: text, gates: [gate] } });
  const deploy = sampleDeploy({ environment: text, progress: { deploymentId: 'prod-7', sequence: 1, state: 'Failed', hold: null, reason: text, needs: text, services: [service] }, refusals: { x: { what: text, reason: text, needs: text, blocks: true } }, prepared: { [text]: text }, checkUrl: text });
  const checks = [{ kind: 'readiness' as const, verdict: 'degraded' as const, detail: text }];
  const drift = sampleHealth().drift.map((one) => ({ ...one, service: text, path: text, live: text, desired: text, summary: text }));
  const health = sampleHealth({ environment: text, drift, health: { verdict: 'degraded', since: '2026-11-24T05:00:00.000Z', services: [{ service: text, tenant: text, verdict: 'degraded', checks }] } });
  const planned = planCheck(plan, links);
  const pull = { ...emptyPullRequestReport, plan: { title: planned.title, summary: planned.summary, details: planned.text ?? '', content: 'c', base: commit, trace: 't' } };
  const answers = { ...noAnswers, answers: [{ commentId: 1, asked: text.slice(0, 400), by: text.slice(0, 100), at: '2026-11-24T05:00:00.000Z', text: helpText(text.slice(0, 40)) }] };
  expect(deploymentStatus(deploy, 'https://github.com/contoso/platform/runs/1', 'https://github.com/contoso/platform')?.environmentUrl).toBeNull();
  return {
    checks: [planned, pushCheck({ commit, documents: 1, problems: [problem], policy: { problems: [] } }, 'trace-1', links), deployCheck(deploy, links), healthCheck(health, commit, 'trace-1')],
    comment: commentBody({ report: pull, answers, deployments: [deploy] }, links),
  };
}

describe('hostile texts', () => {
  test.each(textCases)('$reason is inert in every report, which fits and asks for nothing', ({ text }) => {
    const { checks, comment } = reports(text);
    for (const body of [comment, ...checks.flatMap((check) => [check.summary, check.text ?? ''])]) {
      expectInert(body);
      expect(body.length).toBeLessThan(mostOfBody);
      // Whoever reads our own comment as a command finds none.
      expect(askedCommand(body)).toBeNull();
      // What is written last is the marker, and only ours stands there.
      expect(body).not.toMatch(/-->\s*$/);
    }
    for (const { title } of checks) expect(title.length).toBeLessThanOrEqual(255);
  });
});

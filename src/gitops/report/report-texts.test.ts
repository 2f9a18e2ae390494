import { describe, expect, test } from 'vitest';
import { commit, heldWork, sampleChange, sampleDeploy, sampleHealth, samplePlan, sampleProblem } from '../../../test/support/report-samples.ts';
import { failedCanary, movingStanding, passing, pausedStanding, rolloutReport, rollouts, standing } from '../../../test/support/rollout-samples.ts';
import { takenOverAsItRuns } from '../../kernel/plan.ts';
import type { CheckReport } from '../ports.ts';
import type { DeployReport } from '../records/deploy-report.ts';
import { noAnswers, type PullRequestAnswers } from '../records/pull-request-answers.ts';
import { emptyPullRequestReport, type PullRequestReport } from '../records/pull-request-report.ts';
import { helpText } from './commands.ts';
import { commentBody } from './comment.ts';
import { statusText } from './status-text.ts';
import { deployCheck, deploymentStatus } from './deploy-text.ts';
import { healthCheck } from './health-text.ts';
import { linksFor } from './links.ts';
import type { PlanReport } from './plan-report.ts';
import { stepWords } from './stages.ts';
import { environmentCheck, planCheck } from './plan-text.ts';
import { pushCheck } from './push-text.ts';
import { quarantineCheck } from './quarantine-text.ts';

const links = linksFor('https://github.com/contoso/platform');

function withPlan(report: PlanReport): PullRequestReport {
  const { title, summary, text } = planCheck(report, links);
  return { ...emptyPullRequestReport, plan: { title, summary, details: text ?? '', content: 'c', base: report.base, trace: report.trace } };
}

function comment(report: PullRequestReport, deployments: readonly DeployReport[] = [], answers: PullRequestAnswers = noAnswers): string {
  return commentBody({ report, answers, deployments }, links);
}

function shown({ name, conclusion, title, summary, text, annotations }: CheckReport): string {
  const notes = annotations.map((note) => `${note.level} ${note.path}:${note.startLine} ${note.title}: ${note.message}`);
  return [`${name} · ${conclusion ?? 'in progress'} · ${title}`, summary, ...(text === null ? [] : [text]), ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n---\n\n');
}

const refusal = { what: 'secret payments-api-key', reason: 'The version is disabled in the vault', needs: 'Enable it, or pin another version', blocks: true };
const takenOver = sampleChange({ name: 'cart', action: 'none', effect: 'nothing in Azure', risk: 'none', summary: takenOverAsItRuns, differences: [] });
const many = Array.from({ length: 3000 }, (_, index) => index);
const wide = sampleChange().differences.flatMap((one) => many.slice(0, 80).map((index) => ({ ...one, path: `env[${index}]`, live: 'x'.repeat(900) })));
const answered = (text: string, asked = '/trueup status'): PullRequestAnswers => ({ answered: [5], answers: [{ commentId: 5, asked, by: 'octocat', at: '2026-11-24T12:00:00Z', text }] });
const manyAnswers: PullRequestAnswers = { answered: [], answers: many.slice(0, 5).map((commentId) => ({ commentId, asked: '/trueup status', by: 'o'.repeat(39), at: '2026-11-24T12:00:00Z', text: 'x'.repeat(10_000) })) };
const huge = samplePlan({
  problems: many.map((line) => sampleProblem({ location: { file: `trueup/${'deep/'.repeat(20)}a.yaml`, line, column: 1, endLine: line }, message: 'm'.repeat(1500) })),
  environments: many.slice(0, 300).map((index) => ({ name: `environment-${index}`, changes: [sampleChange({ differences: wide, summary: 's'.repeat(900) })], problems: [], unread: ['u'.repeat(900)] })),
  notes: many.map(() => 'n'.repeat(200)),
});

describe('what people read', () => {
  test.each([
    { file: 'comment-plan', text: comment(withPlan(samplePlan())) },
    { file: 'comment-deployment', text: comment(withPlan(samplePlan()), [sampleDeploy(), sampleDeploy({ environment: 'staging', refusals: { s: refusal }, progress: null })]) },
    { file: 'comment-help', text: comment(emptyPullRequestReport, [], answered(helpText('dance'), '/trueup dance')) },
    { file: 'check-plan-wrong', text: shown(planCheck(samplePlan({ problems: [sampleProblem()], inherited: 2, notes: ['The policy changes.'] }), links)) },
    { file: 'check-plan-fork', text: shown(planCheck(samplePlan({ environments: [], validatedOnly: 'fork' }), links)) },
    { file: 'check-plan-environment', text: shown(environmentCheck(samplePlan(), { name: 'prod', changes: [sampleChange()], problems: [], unread: ['What runs could not be read: Azure did not answer.'] }, links)) },
    { file: 'check-plan-taken-over', text: shown(planCheck(samplePlan({ environments: [{ name: 'prod', changes: [sampleChange({ name: 'cae-prod', kind: 'ManagedEnvironment', action: 'adopt', effect: 'tags only', risk: 'low', summary: 'Adopts the managed environment that is there', differences: [] }), takenOver], problems: [], unread: [] }] }), links)) },
    { file: 'check-push', text: shown(pushCheck({ commit, documents: 12, problems: [sampleProblem()], policy: { problems: [] } }, 'trace-1', links)) },
    { file: 'check-deploy', text: shown(deployCheck(sampleDeploy(), links)) },
    { file: 'check-deploy-stopped', text: shown(deployCheck(sampleDeploy({ refusals: { s: refusal }, progress: null }), links)) },
    { file: 'check-quarantine', text: shown(quarantineCheck([heldWork(), heldWork({ key: 'k2', context: 'gitops', reaction: 'when-plan-pull-request', message: 'PlanPullRequest', environment: null, number: 12, crashes: 4 })], commit, 'trace-1')) },
    { file: 'check-quarantine-lifted', text: shown(quarantineCheck([], commit, 'trace-1')) },
    { file: 'check-health', text: shown(healthCheck(sampleHealth(), commit, 'trace-1')) },
  ])('$file', async ({ file, text }) => {
    await expect(text).toMatchFileSnapshot(`golden/${file}.md`);
  });

  test.each(Object.entries(rollouts))('deployment: %s', async (file, report) => {
    const status = deploymentStatus(report, 'https://github.com/contoso/platform/runs/1', 'https://github.com/contoso/platform');
    const text = [shown(deployCheck(report, links)), `GitHub Deployment: ${status?.state}, ${status?.description}`, comment(emptyPullRequestReport, [report])].join('\n\n---\n\n');
    await expect(text).toMatchFileSnapshot(`golden/rollout-${file}.md`);
  });

  test('what failed is told once, with its gates', () => {
    const failed = failedCanary({ step: 'restored', weight: 0, gates: [...passing] });
    const report = rolloutReport({ state: 'RolledBack', reason: `checkout did not pass its gate: ${failed.failure?.reason}`, services: [failed] });
    const { title, summary } = deployCheck(report, links);
    expect(title).toBe('Rolled back: checkout at 10 %: success rate: 190 of 208 requests without a server error: 91.3 %');
    expect(summary).not.toContain('did not pass its gate');
    expect(summary.match(/\| `checkout` \| success rate \|/g)).toHaveLength(1);
    const other = deployCheck({ ...report, progress: report.progress && { ...report.progress, reason: 'octocat took it back: /trueup abort' } }, links);
    expect(other.summary).toContain('octocat took it back');
  });

  test('no step is shown by the name that it has inside', () => {
    const steps = ['creating', 'taking-over', 'pinning', 'applying', 'gating', 'promoting', 'promoted', 'retiring', 'reviving', 'restoring', 'dismissing', 'restored', 'kept', 'untouched'];
    const shownSteps = steps.map((step) => stepWords({ step, failure: null }));
    expect(shownSteps.filter((words, index) => words === steps[index])).toEqual([]);
    expect(stepWords({ step: 'gating', failure: failedCanary().failure })).toBe('held');
  });

  test('status', async () => {
    const text = statusText([{ name: 'staging', standing: null, frozen: null }, { name: 'prod', standing: movingStanding, frozen: null }, { name: 'eu', standing: pausedStanding, frozen: { until: '2026-11-25T06:00:00Z', reason: 'month end' } }]);
    await expect(comment(emptyPullRequestReport, [], answered(text))).toMatchFileSnapshot('golden/comment-status.md');
  });
});

describe('sizes', () => {
  const deploy = sampleDeploy({
    refusals: Object.fromEntries(many.map((index) => [String(index), { ...refusal, reason: 'r'.repeat(1900) }])),
    prepared: Object.fromEntries(many.map((index) => [`secret ${index}`, 'p'.repeat(500)])),
  });
  const wideDeploy = sampleDeploy({ progress: { deploymentId: 'd', sequence: 1, state: 'Failed', hold: null, reason: 'r'.repeat(2000), needs: 'n'.repeat(2000), services: many.flatMap(() => sampleDeploy({}, 'x'.repeat(900)).progress?.services ?? []) } });
  const health = sampleHealth();
  const sick = sampleHealth({ health: health.health && { ...health.health, services: many.flatMap(() => health.health?.services ?? []) }, drift: many.flatMap(() => health.drift.map((one) => ({ ...one, live: 'l'.repeat(5000) }))) });

  test.each([
    { check: planCheck(huge, links), what: 'a plan of 300 environments and 3,000 problems' },
    { check: environmentCheck(huge, { name: 'prod', changes: many.map((index) => sampleChange({ name: `s${index}`, differences: wide })), problems: huge.problems, unread: [] }, links), what: 'an environment of 3,000 changes' },
    { check: pushCheck({ commit, documents: 1, problems: huge.problems, policy: { problems: [] } }, 't', links), what: 'a push with 3,000 problems' },
    { check: deployCheck(deploy, links), what: '3,000 refusals' },
    { check: deployCheck(wideDeploy, links), what: '6,000 services' },
    { check: quarantineCheck(many.map((index) => heldWork({ key: String(index), environment: 'e'.repeat(63) })), commit, 't'), what: '3,000 held back' },
    { check: healthCheck(sick, commit, 't'), what: '3,000 services that drifted' },
  ])('$what fit', ({ check }) => {
    expect(check.summary.length).toBeLessThan(58_000);
    expect((check.text ?? '').length).toBeLessThan(58_000);
    expect(check.annotations.length).toBeLessThanOrEqual(500);
    expect(check.title.length).toBeLessThan(256);
  });

  test('a comment fits, with the riskiest first and a count of what is left', () => {
    const body = comment(withPlan(huge), many.slice(0, 200).map((index) => ({ ...wideDeploy, environment: `e${index}` })), manyAnswers);
    expect(body.length).toBeLessThan(58_000);
    expect(body).toMatch(/… and \d+ more environments\.\n/);
    expect(comment(withPlan(huge))).toMatch(/… and \d+ more, all of the same or a lower risk/);
  });

  test.each([{ environments: 1 }, { environments: 4 }, { environments: 12 }])('of 200 services in $environments environments the status names each environment, some services and how many more', ({ environments }) => {
    const services = many.slice(0, 200).flatMap((index) => standing().services.map((one) => ({ ...one, service: `service-${index}` })));
    const named = many.slice(0, environments).map((index) => ({ name: `e${index}`, standing: standing({ services }), frozen: null }));
    const body = comment(withPlan(huge), [], answered(statusText(named)));
    for (const { name } of named) expect(body).toContain(`**${name}**: Deployment of`);
    expect(body.match(/`service-\d+`[^\n]*\n[^|]*… and \d+ more services\./g)).toHaveLength(environments);
    expect(body.length).toBeLessThan(58_000);
  });

  test('what was asked before is folded', () => {
    const body = comment(emptyPullRequestReport, [], { answered: [], answers: ['first', 'second', 'third'].map((text, commentId) => ({ commentId, asked: '/trueup status', by: 'octocat', at: '2026-11-24T12:00:00Z', text })) });
    const [open, folded] = body.split('<details><summary>Earlier answers</summary>');
    expect([open?.includes('third'), open?.includes('second'), folded?.includes('second'), folded?.includes('first')]).toEqual([true, false, true, true]);
  });

  test('what is cut leaves no block open', () => {
    const body = comment(withPlan(huge));
    expect(body.match(/<details>/g)?.length).toBe(body.match(/<\/details>/g)?.length);
    expect((body.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
  });
});

import { describe, expect, test } from 'vitest';
import { commit, sampleChange, sampleDeploy, sampleHealth, samplePlan, sampleProblem } from '../../../test/support/report-samples.ts';
import type { CheckReport } from '../ports.ts';
import { emptyPullRequestReport, type PullRequestReport } from '../records/pull-request-report.ts';
import { commentBody } from './comment.ts';
import { deployCheck } from './deploy-text.ts';
import { healthCheck } from './health-text.ts';
import { linksFor } from './links.ts';
import type { PlanReport } from './plan-report.ts';
import { environmentCheck, planCheck } from './plan-text.ts';
import { pushCheck } from './push-text.ts';

const links = linksFor('https://github.com/contoso/platform');

function withPlan(report: PlanReport): PullRequestReport {
  const { title, summary, text } = planCheck(report, links);
  return { ...emptyPullRequestReport, plan: { title, summary, details: text ?? '', content: 'c', base: report.base, trace: report.trace } };
}

function shown({ name, conclusion, title, summary, text, annotations }: CheckReport): string {
  const notes = annotations.map((note) => `${note.level} ${note.path}:${note.startLine} ${note.title}: ${note.message}`);
  return [`${name} · ${conclusion ?? 'in progress'} · ${title}`, summary, ...(text === null ? [] : [text]), ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n---\n\n');
}

const refusal = { what: 'secret payments-api-key', reason: 'The version is disabled in the vault', needs: 'Enable it, or pin another version', blocks: true };
const many = Array.from({ length: 3000 }, (_, index) => index);
const wide = sampleChange().differences.flatMap((one) => many.slice(0, 80).map((index) => ({ ...one, path: `env[${index}]`, live: 'x'.repeat(900) })));
const huge = samplePlan({
  problems: many.map((line) => sampleProblem({ location: { file: `trueup/${'deep/'.repeat(20)}a.yaml`, line, column: 1, endLine: line }, message: 'm'.repeat(1500) })),
  environments: many.slice(0, 300).map((index) => ({ name: `environment-${index}`, changes: [sampleChange({ differences: wide, summary: 's'.repeat(900) })], problems: [], unread: ['u'.repeat(900)] })),
  notes: many.map(() => 'n'.repeat(200)),
});

describe('what people read', () => {
  test.each([
    { file: 'comment-plan', text: commentBody(withPlan(samplePlan()), [], links) },
    { file: 'comment-deployment', text: commentBody(withPlan(samplePlan()), [sampleDeploy(), sampleDeploy({ environment: 'staging', refusals: { s: refusal }, progress: null })], links) },
    { file: 'comment-help', text: commentBody({ ...emptyPullRequestReport, help: { unknown: 'rollback' } }, [], links) },
    { file: 'check-plan-wrong', text: shown(planCheck(samplePlan({ problems: [sampleProblem()], inherited: 2, notes: ['The policy changes.'] }), links)) },
    { file: 'check-plan-fork', text: shown(planCheck(samplePlan({ environments: [], validatedOnly: 'fork' }), links)) },
    { file: 'check-plan-environment', text: shown(environmentCheck(samplePlan(), { name: 'prod', changes: [sampleChange()], problems: [], unread: ['What runs could not be read: Azure did not answer.'] }, links)) },
    { file: 'check-push', text: shown(pushCheck({ commit, documents: 12, problems: [sampleProblem()], policy: { problems: [] } }, 'trace-1', links)) },
    { file: 'check-deploy', text: shown(deployCheck(sampleDeploy(), links)) },
    { file: 'check-deploy-stopped', text: shown(deployCheck(sampleDeploy({ refusals: { s: refusal }, progress: null }), links)) },
    { file: 'check-health', text: shown(healthCheck(sampleHealth(), commit, 'trace-1')) },
  ])('$file', async ({ file, text }) => {
    await expect(text).toMatchFileSnapshot(`golden/${file}.md`);
  });
});

describe('sizes', () => {
  const deploy = sampleDeploy({
    refusals: Object.fromEntries(many.map((index) => [String(index), { ...refusal, reason: 'r'.repeat(1900) }])),
    prepared: Object.fromEntries(many.map((index) => [`secret ${index}`, 'p'.repeat(500)])),
  });
  const wideDeploy = sampleDeploy({ progress: { deploymentId: 'd', sequence: 1, state: 'Failed', reason: 'r'.repeat(2000), needs: 'n'.repeat(2000), services: many.flatMap(() => sampleDeploy({}, 'x'.repeat(900)).progress?.services ?? []) } });
  const health = sampleHealth();
  const sick = sampleHealth({ health: health.health && { ...health.health, services: many.flatMap(() => health.health?.services ?? []) }, drift: many.flatMap(() => health.drift.map((one) => ({ ...one, live: 'l'.repeat(5000) }))) });

  test.each([
    { check: planCheck(huge, links), what: 'a plan of 300 environments and 3,000 problems' },
    { check: environmentCheck(huge, { name: 'prod', changes: many.map((index) => sampleChange({ name: `s${index}`, differences: wide })), problems: huge.problems, unread: [] }, links), what: 'an environment of 3,000 changes' },
    { check: pushCheck({ commit, documents: 1, problems: huge.problems, policy: { problems: [] } }, 't', links), what: 'a push with 3,000 problems' },
    { check: deployCheck(deploy, links), what: '3,000 refusals' },
    { check: deployCheck(wideDeploy, links), what: '6,000 services' },
    { check: healthCheck(sick, commit, 't'), what: '3,000 services that drifted' },
  ])('$what fit', ({ check }) => {
    expect(check.summary.length).toBeLessThan(58_000);
    expect((check.text ?? '').length).toBeLessThan(58_000);
    expect(check.annotations.length).toBeLessThanOrEqual(500);
    expect(check.title.length).toBeLessThan(256);
  });

  test('a comment fits, with the riskiest first and a count of what is left', () => {
    const body = commentBody(withPlan(huge), many.slice(0, 200).map((index) => ({ ...wideDeploy, environment: `e${index}` })), links);
    expect(body.length).toBeLessThan(58_000);
    expect(body).toMatch(/… and \d+ more environments\.\n/);
    expect(commentBody(withPlan(huge), [], links)).toMatch(/… and \d+ more, all of the same or a lower risk/);
  });

  test('what is cut leaves no block open', () => {
    const body = commentBody(withPlan(huge), [], links);
    expect(body.match(/<details>/g)?.length).toBe(body.match(/<\/details>/g)?.length);
    expect((body.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
  });
});

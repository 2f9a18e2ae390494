import { liveness, dependencies, readiness, worst, type ServiceHealth } from '../../src/contexts/health-scaling/domain/checks.ts';
import { evaluated, neverChecked } from '../../src/contexts/health-scaling/domain/health-check-result.ts';
import type { DeployReport } from '../../src/gitops/records/deploy-report.ts';
import type { HealthReport } from '../../src/gitops/records/health-report.ts';
import { deployCheck, deploymentStatus } from '../../src/gitops/report/deploy-text.ts';
import { standingOf, unscannedSince } from '../../src/gitops/report/health-standing.ts';
import { healthCheck, leftHealthCheck } from '../../src/gitops/report/health-text.ts';
import { linksFor } from '../../src/gitops/report/links.ts';
import type { EnvironmentPlan, PlanReport } from '../../src/gitops/report/plan-report.ts';
import { environmentCheck, planCheck } from '../../src/gitops/report/plan-text.ts';
import { pushCheck, unreadableCheck } from '../../src/gitops/report/push-text.ts';
import { deploymentStates } from '../../src/kernel/messages/deployment.ts';
import { verdicts } from '../../src/kernel/messages/health-scaling.ts';
import { driftFinding, driftStanding } from '../support/drift-findings.ts';
import { observedContainer, observedRevision } from '../support/observed.ts';
import { serviceProgress } from '../support/progress.ts';
import { commit, sampleChange, sampleDeploy, sampleHealth, samplePlan, sampleProblem } from '../support/report-samples.ts';
import type { Dice } from './p15-dice.ts';

/** What one random world looked like and what was said of it. */
export interface Told {
  readonly isGreen: boolean;
  /** Why nothing may be green here, by kind; empty where the work was done and everything is known. */
  readonly unknown: readonly string[];
}

const links = linksFor('https://github.com/contoso/platform');
const now = Date.UTC(2026, 10, 24, 12);

/** Kinds of what holds, in the order of the table. */
function which(kinds: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.entries(kinds).flatMap(([kind, holds]) => (holds ? [kind] : []));
}

export function plan(dice: Dice): readonly Told[] {
  const warning = sampleProblem({ severity: 'warning' });
  const problems = (): EnvironmentPlan['problems'] => dice.weighted([[6, []], [1, [sampleProblem()]], [1, [warning]]]);
  const change = () => dice.one([sampleChange(), sampleChange({ differences: [] }), sampleChange({ action: 'none', effect: 'nothing in Azure', risk: 'none', differences: [] })]);
  const environments = dice.times(3).map((index): EnvironmentPlan => ({ name: `e${index}`, changes: dice.times(3).map(change), problems: problems(), unread: dice.weighted([[6, []], [1, ['What runs could not be read: Azure did not answer.']]]) }));
  const report: PlanReport = samplePlan({ environments, problems: problems(), files: dice.weighted([[5, 2], [1, 0]]), documents: dice.weighted([[5, 3], [1, 0]]), validatedOnly: dice.weighted([[6, null], [1, 'fork'], [1, 'other-branch']]) });
  const does = ({ changes }: EnvironmentPlan): boolean => changes.some(({ action, differences }) => action !== 'none' || differences.length > 0);
  const isBad = (found: EnvironmentPlan['problems']): boolean => found.some(({ severity }) => severity === 'error');
  const whole = which({
    'plan: parse failure': isBad(report.problems) || environments.some((one) => isBad(one.problems)),
    'plan: unread environment': environments.some(({ unread }) => unread.length > 0),
    'plan: no managed file': report.files === 0,
    'plan: only validated': report.validatedOnly !== null,
    'plan: no environment matched': environments.length === 0,
    'plan: nothing changes': !environments.some(does),
  });
  const each = environments.map((environment): Told => ({
    isGreen: environmentCheck(report, environment, links).conclusion === 'success',
    unknown: which({ 'environment: parse failure': isBad(environment.problems), 'environment: unread': environment.unread.length > 0, 'environment: only validated': report.validatedOnly !== null, 'environment: nothing changes': !does(environment) }),
  }));
  return [{ isGreen: planCheck(report, links).conclusion === 'success', unknown: whole }, ...each];
}

/** Both are written only where something is wrong. */
export function push(dice: Dice): readonly Told[] {
  const severity = dice.one(['error', 'warning'] as const);
  const problems = dice.times(3).map(() => sampleProblem({ severity }));
  const pushed = pushCheck({ commit, documents: dice.one([0, 4]), problems, policy: { problems: dice.one([[], problems]) } }, 't', links);
  const unreadable = unreadableCheck(commit, dice.one([null, 'TreeTruncated']));
  return [{ isGreen: pushed.conclusion === 'success', unknown: ['push: parse failure'] }, { isGreen: unreadable.conclusion === 'success', unknown: ['push: commit unreadable'] }];
}

const stepsOfDeployed = ['done', 'unchanged'];

export function deploy(dice: Dice): readonly Told[] {
  const state = dice.one([...deploymentStates, 'Completed', 'Completed', 'Completed'] as const);
  const step = (): string => (state === 'Completed' ? dice.one(stepsOfDeployed) : dice.one(['waiting', 'gating', 'restored', 'kept', 'done']));
  const services = dice.times(3).map((index) => serviceProgress({ service: `s${index}`, step: step() }));
  const progress = dice.weighted<DeployReport['progress']>([[6, { deploymentId: 'd', sequence: 1, state, hold: null, reason: null, needs: null, services }], [1, null]]);
  const refused = { what: 'secret a', reason: 'r', needs: 'n', blocks: dice.one([true, false]) };
  const report = sampleDeploy({ progress, refusals: dice.weighted<DeployReport['refusals']>([[5, {}], [1, { a: refused }]]), supersededBy: dice.weighted([[5, null], [1, commit]]) });
  const unknown = which({
    'deploy: not begun': progress === null,
    'deploy: not completed': progress !== null && progress.state !== 'Completed',
    'deploy: no service looked at': progress !== null && progress.services.length === 0,
  });
  const refusedToo = which({ 'deploy: something was refused': Object.keys(report.refusals).length > 0 });
  const status = deploymentStatus(report, 'https://github.com/contoso/platform/runs/1', 'https://github.com/contoso/platform');
  return [{ isGreen: deployCheck(report, links).conclusion === 'success', unknown: [...unknown, ...refusedToo] }, { isGreen: status?.state === 'success', unknown }];
}

const minute = 60_000;
const at = (ms: number): string => new Date(ms).toISOString();

export function health(dice: Dice): readonly Told[] {
  const verdict = dice.one([...verdicts, 'healthy', 'healthy'] as const);
  const services = dice.times(3).map((index) => ({ service: `s${index}`, tenant: 'contoso', verdict: dice.weighted([[6, 'healthy' as const], [1, 'no-data' as const]]), checks: [] }));
  const generation = dice.one([6, 7]);
  const age = dice.weighted([[6, minute], [1, 31 * minute], [1, 1440 * minute], [1, -1440 * minute]]);
  const healthAt = dice.weighted([[8, at(now - age)], [1, 'yesterday'], [1, null]]);
  const report: HealthReport = sampleHealth({ drift: dice.one([[], [driftFinding()]]), health: dice.weighted<HealthReport['health']>([[8, { verdict, since: at(now - 2 * age), services, generation }], [1, null]]), healthAt });
  const last = dice.one([null, sampleDeploy({ writtenAt: now - dice.one([minute, 20 * minute]) })]);
  const scannedAt = dice.weighted([[6, at(now - minute)], [1, at(now - 16 * minute)], [1, at(now + 1440 * minute)], [1, null]]);
  const drift = dice.weighted([[4, driftStanding([], { scannedAt, watchedSince: at(now - 600 * minute) })], [1, null]]);
  const said = healthCheck(report, commit, 't', standingOf(report, last, now), unscannedSince(drift, now)).conclusion;
  const unknown = which({
    'health: never evaluated': report.health === null,
    'health: evaluated when nobody knows': report.health !== null && (healthAt === null || healthAt === 'yesterday'),
    'health: evaluated too long ago, or in the future': report.health !== null && age !== minute,
    'health: no service measured': services.length === 0,
    'health: not healthy': verdict !== 'healthy' || services.some((one) => one.verdict !== 'healthy'),
    'health: of what ran before': last !== null && (report.health?.generation ?? 0) < last.generation,
    'health: scan missed': drift !== null && scannedAt !== at(now - minute),
  });
  return [{ isGreen: said === 'success', unknown }, { isGreen: leftHealthCheck('prod', commit, 't').conclusion === 'success', unknown: ['health: head moved on'] }];
}

/** What an evaluation makes of what Azure shows. */
export function evaluation(dice: Dice): readonly Told[] {
  const ready = (): boolean => dice.weighted([[8, true], [1, false]]);
  const containers = dice.times(2).map(() => observedContainer({ ready: ready() }));
  const runningState = dice.weighted([[6, 'Running'], [1, 'Unknown'], [1, 'Processing'], [1, 'ScaledToZero'], [1, 'Deprovisioned'], [1, 'Failed']]);
  const revision = dice.weighted([[8, observedRevision({ containers, runningState, active: dice.weighted([[8, true], [1, false]]), healthState: dice.weighted([[6, 'Healthy'], [1, 'None']]), provisioningState: dice.weighted([[6, 'Provisioned'], [1, 'Failed']]) })], [1, null]]);
  const min = dice.one([0, 1]);
  const isCounted = dice.weighted([[3, true], [1, false]]);
  const state = dice.weighted([[6, 'Succeeded'], [1, 'Unknown'], [1, 'Waiting'], [1, 'Failed'], [1, 'Hibernating'], [1, null]]);
  const status = dice.weighted([[5, 200], [1, 503], [1, null]]);
  const checks = [liveness({ revision, service: { replicas: { min, max: 4 } }, isCounted, restartsBefore: null }), readiness([status], true, 0).check, dependencies(state, null)];
  const looked: ServiceHealth = { service: 's', tenant: 'contoso', verdict: worst(checks.map(({ verdict }) => verdict)), checks };
  const services = dice.weighted<readonly ServiceHealth[]>([[5, [looked]], [1, []], [1, [{ ...looked, checks: [], verdict: worst([]) }, looked]]]);
  const { result } = evaluated(neverChecked, { services, memory: {}, generation: null }, now);
  const rests = min === 0 && runningState === 'ScaledToZero';
  const isSaidToRun = !isCounted && runningState === 'Running' && revision?.healthState === 'Healthy';
  const unknown = which({
    'evaluation: no service': services.length === 0,
    'evaluation: a service without a check': services.length === 2,
    'evaluation: no revision': revision === null,
    'evaluation: no replica seen': containers.length === 0 && !rests && !isSaidToRun,
    'evaluation: revision stopped or failed': revision !== null && (!revision.active || revision.provisioningState === 'Failed' || runningState === 'Failed'),
    'evaluation: a container not ready': containers.some((one) => !one.ready) && !isSaidToRun,
    'evaluation: no good answer': status !== 200,
    'evaluation: environment unknown or bad': state !== 'Succeeded',
  });
  return [{ isGreen: result.latest?.verdict === 'healthy', unknown }];
}

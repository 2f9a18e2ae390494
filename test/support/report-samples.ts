import type { Change } from '../../src/kernel/plan.ts';
import type { Problem } from '../../src/kernel/problem.ts';
import { driftFinding } from './drift-findings.ts';
import { serviceProgress } from './progress.ts';
import { startedReport, type DeployReport } from '../../src/gitops/records/deploy-report.ts';
import type { HealthReport } from '../../src/gitops/records/health-report.ts';
import type { HeldWork } from '../../src/gitops/records/quarantine-report.ts';
import type { PlanReport } from '../../src/gitops/report/plan-report.ts';

/** What reports are made of, with every text that comes from outside in the hands of the caller. */
export const commit = 'c0ffee0000000000000000000000000000000001';
const trace = 'trace-00000000-0000-4000-8000-000000000001';

export function sampleChange(over: Partial<Change> = {}): Change {
  return {
    context: 'deployment', kind: 'RuntimeService', name: 'checkout', tenant: 'contoso', action: 'update', effect: 'creates a revision', risk: 'medium',
    summary: 'Image 1.4.2 becomes 1.5.0',
    differences: [{ path: 'properties.template.containers[checkout].image', lastApplied: 'contoso.azurecr.io/checkout:1.4.2', desired: 'contoso.azurecr.io/checkout:1.5.0', live: 'contoso.azurecr.io/checkout:1.4.2' }],
    ...over,
  };
}

export function sampleProblem(over: Partial<Problem> = {}): Problem {
  return {
    severity: 'error', code: 'unknown-field', message: '`replica` is no field of a ScalingPolicy', expected: 'one of replicas, rules, slo', hint: 'Did you mean `replicas`?',
    location: { file: 'trueup/storefront.yaml', line: 42, column: 3, endLine: 42 }, path: 'spec.replica', document: { kind: 'ScalingPolicy', name: 'checkout' }, ...over,
  };
}

export function samplePlan(over: Partial<PlanReport> = {}): PlanReport {
  const environments = [
    { name: 'prod', changes: [sampleChange({ risk: 'high', effect: 'moves traffic now' }), sampleChange({ name: 'catalog', summary: 'Comes to the environment', action: 'create', effect: 'creates a resource', risk: 'low', differences: [] })], problems: [], unread: [] },
    { name: 'staging', changes: [sampleChange()], problems: [sampleProblem({ severity: 'warning', code: 'unpinned-secret', message: 'The secret follows its latest version', expected: null, hint: null })], unread: [] },
  ];
  return { commit, base: 'ba5e000000000000000000000000000000000002', baseRef: 'main', files: 1, documents: 12, problems: [], inherited: 0, environments, validatedOnly: null, notes: [], trace, ...over };
}

export function sampleDeploy(over: Partial<DeployReport> = {}, text = 'Ready'): DeployReport {
  const service = serviceProgress({ previousRevision: 'checkout--tfedcba9876', step: text, detail: '3 of 3 replicas answer', url: 'https://checkout.happy-sea.westeurope.azurecontainerapps.io/' });
  return {
    ...startedReport(null, { environment: 'prod', commit, generation: 7 }, trace),
    checkUrl: 'https://github.com/contoso/platform/runs/1',
    progress: { deploymentId: 'prod.7.c0ffee000000', sequence: 9, state: 'HealthGating', reason: null, needs: null, hold: null, services: [service, { ...service, service: 'catalog', revision: null, previousRevision: null, url: null, detail: null, step: 'Waits' }] },
    prepared: { 'configuration storefront': 'published as cfg-0123456789ab', 'environment prod': 'there as declared' },
    ...over,
  };
}

export function sampleHealth(over: Partial<HealthReport> = {}): HealthReport {
  const check = { kind: 'readiness' as const, verdict: 'degraded' as const, detail: '2 of 10 probes failed' };
  return {
    environment: 'prod',
    health: { verdict: 'degraded', since: '2026-11-24T05:00:00.000Z', services: [{ service: 'checkout', tenant: 'contoso', verdict: 'degraded', checks: [check, { ...check, kind: 'liveness', verdict: 'healthy', detail: 'answers in 12 ms' }] }] },
    healthAt: '2026-11-24T05:00:30.000Z',
    drift: [driftFinding()],
    driftAt: '2026-11-24T05:00:10.000Z',
    written: null,
    ...over,
  };
}

export function heldWork(over: Partial<HeldWork> = {}): HeldWork {
  return {
    key: 'k1', context: 'deployment', reaction: 'when-advance-deployment', message: 'AdvanceDeployment', environment: 'prod', number: null,
    job: 'evt-00000000-0000-4000-8000-000000000001.when-advance-deployment', crashes: 3, since: '2026-11-24T05:00:00.000Z', commit, ...over,
  };
}

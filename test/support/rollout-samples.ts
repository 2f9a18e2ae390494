import type { DeployReport } from '../../src/gitops/records/deploy-report.ts';
import type { DeploymentProgress, GateReading, ServiceProgress } from '../../src/kernel/messages/deployment.ts';
import type { EnvironmentStanding, KnownGood } from '../../src/kernel/standing.ts';
import { deploymentProgress, serviceProgress } from './progress.ts';
import { sampleDeploy } from './report-samples.ts';

type Stage = ServiceProgress['stages'][number];
type Standing = Stage['standing'];

/** Readiness without traffic, 10 % and 50 % for ten minutes each, and a watch of five minutes: each as far as is said. */
export function canaryStages(...standings: readonly [Standing, Standing, Standing, Standing]): Stage[] {
  const [ready, ten, fifty, watch] = standings;
  const tenMinutes = 600_000;
  return [
    { purpose: 'ready', weight: 0, bakeMs: 0, standing: ready },
    { purpose: 'step', weight: 10, bakeMs: tenMinutes, standing: ten },
    { purpose: 'step', weight: 50, bakeMs: tenMinutes, standing: fifty },
    { purpose: 'watch', weight: 100, bakeMs: tenMinutes / 2, standing: watch },
  ];
}

export const passing: readonly GateReading[] = [
  { gate: 'revision', answer: 'pass', detail: '3 of 3 containers are ready', samples: null, threshold: null },
  { gate: 'success rate', answer: 'pass', detail: '311 of 312 requests without a server error: 99.7 %', samples: 312, threshold: '>= 99 %' },
  { gate: 'restarts', answer: 'pass', detail: '0 restarts', samples: null, threshold: '<= 2' },
];

const failing: readonly GateReading[] = [{ gate: 'success rate', answer: 'fail', detail: '190 of 208 requests without a server error: 91.3 %', samples: 208, threshold: '>= 99 %' }];

/** checkout, as a canary at 10 %. */
export function canary(over: Partial<ServiceProgress> = {}): ServiceProgress {
  return serviceProgress({
    strategy: 'canary', step: 'gating', previousRevision: 'checkout--tfedcba9876', weight: 10, gates: [...passing], until: '2026-11-24T12:05:00Z',
    url: 'https://checkout.happy-sea.westeurope.azurecontainerapps.io/', stages: canaryStages('passed', 'judging', 'open', 'open'), ...over,
  });
}

/** checkout, which failed at 10 %. */
export function failedCanary(over: Partial<ServiceProgress> = {}): ServiceProgress {
  return canary({
    gates: [], until: null, stages: canaryStages('passed', 'failed', 'open', 'open'), detail: 'Its own release failed',
    failure: { weight: 10, reason: 'success rate: 190 of 208 requests without a server error: 91.3 %', gates: [...failing] }, ...over,
  });
}

export function rolloutReport(over: Partial<DeploymentProgress>, report: Partial<DeployReport> = {}): DeployReport {
  const { environment: _environment, commit: _commit, generation: _generation, ...progress } = deploymentProgress({ services: [canary()], ...over });
  return sampleDeploy({ prepared: {}, ...report, progress });
}

const revert = { number: 31, url: 'https://github.com/contoso/platform/pull/31' };
const cart = serviceProgress({ service: 'cart', image: 'contoso.azurecr.io/cart:2.0.0', revision: 'cart--t0000000002', previousRevision: 'cart--t0000000001' });

const bluePreview: ServiceProgress = canary({
  strategy: 'blue-green', weight: 0, gates: passing.slice(0, 1),
  stages: [{ purpose: 'ready', weight: 0, bakeMs: 600_000, standing: 'judging' }, { purpose: 'watch', weight: 100, bakeMs: 300_000, standing: 'open' }],
});

const done = { step: 'done', weight: 100, gates: [], until: null };

/** Deployments as people meet them, by name. */
export const rollouts: Readonly<Record<string, DeployReport>> = {
  'canary': rolloutReport({ services: [canary(), { ...cart, step: 'waiting' }] }),
  'blue-green': rolloutReport({ services: [bluePreview] }),
  'failed-at-10': rolloutReport({ state: 'RolledBack', reason: 'checkout failed at 10 %, so everything of this commit went back', services: [failedCanary({ step: 'restored', weight: 0 }), { ...cart, step: 'untouched', detail: 'It goes back with the others' }] }, { revert }),
  'held': rolloutReport({ state: 'Held', reason: 'checkout failed at 10 %', needs: 'Decide where to', services: [failedCanary()] }),
  'paused': rolloutReport({ hold: { why: 'paused', detail: 'Paused by octocat', until: null } }),
  'frozen': rolloutReport({ hold: { why: 'frozen', detail: 'Inside a freeze window of the environment: month end', until: '2026-11-25T06:00:00Z' } }),
  'completed': rolloutReport({ state: 'Completed', services: [canary({ ...done, stages: canaryStages('passed', 'passed', 'passed', 'passed') })] }, { promotion: { number: 32, url: 'https://github.com/contoso/platform/pull/32' } }),
  'independent-failed': rolloutReport({ state: 'Failed', reason: 'The others are deployed. Not deployed: checkout', needs: 'Correct it and merge again', services: [failedCanary({ step: 'restored', weight: 0, independent: true }), { ...cart, ...done, stages: canaryStages('passed', 'passed', 'passed', 'passed') }] }),
};

export function knownGood(tag: string, over: Partial<KnownGood> = {}): KnownGood {
  return {
    image: `contoso.azurecr.io/checkout:${tag}`, digest: `digest-${tag}`, commit: tag.replaceAll('.', '').padEnd(40, 'a'), revision: `checkout--t${tag.replaceAll('.', '').padStart(10, '0')}`,
    configuration: null, secrets: [], verdict: 'Passed with 0, 10, 50 and 100 % of the traffic: revision, readiness, restarts and success rate (1204 requests), watched for 5 minutes', at: '2026-11-20T09:30:00Z', ...over,
  };
}

export function standing(over: Partial<EnvironmentStanding> = {}): EnvironmentStanding {
  const services = [{ service: 'checkout', tenant: 'contoso', knownGood: [knownGood('1.3.0', { at: '2026-11-13T09:30:00Z' }), knownGood('1.4.2')], quarantined: [] }];
  return { deployment: deploymentProgress({ services: [canary()] }), next: null, paused: null, services, ...over };
}

/** A canary in the middle, after a release that was taken back. */
export const movingStanding: EnvironmentStanding = standing({
  next: 'feed'.padEnd(40, '0'),
  services: [
    ...standing().services.map((one) => ({ ...one, quarantined: [{ digest: 'digest-bad', commit: 'bad0'.padEnd(40, '0'), image: 'contoso.azurecr.io/checkout:1.4.9', reason: '190 of 208 requests without a server error: 91.3 %', at: '2026-11-22T10:00:00Z' }] })),
    { service: 'cart', tenant: 'contoso', knownGood: [], quarantined: [] },
  ],
});

export const pausedStanding: EnvironmentStanding = standing({
  deployment: deploymentProgress({ state: 'Completed', services: [canary({ ...done, stages: canaryStages('passed', 'passed', 'passed', 'passed') })] }),
  paused: { by: 'octocat', at: '2026-11-24T08:00:00Z' },
});

import { describe, expect, it } from 'vitest';
import { testClock, testDelivery } from '../../../../test/support/delivery.ts';
import { commitAt, tenant } from '../../../../test/support/deployment-world.ts';
import { desiredEnvironment, desiredRollout, desiredService } from '../../../../test/support/desired.ts';
import { memoryStore } from '../../../../test/support/memory-store.ts';
import { memoryApps } from '../../../../test/support/memory-apps.ts';
import { memoryDesired } from '../../../../test/support/desired.ts';
import { observedRevision } from '../../../../test/support/observed.ts';
import { Conflict, NotAllowed, Rejected, Throttled, Unavailable } from '../../../kernel/errors.ts';
import { newRollout, type ServiceRollout } from '../domain/service-rollout.ts';
import { defaultTiming } from '../domain/timing.ts';
import type { DeploymentPorts, GateQuestion, LogQuestion } from '../ports.ts';
import { gatherEvidence } from './gather-evidence.ts';
import type { Run } from './run.ts';

const minute = 60_000;
const clock = testClock();
const began = clock.now() - 4.5 * minute;
const gate = {
  successRate: 99,
  logs: [{ name: 'errors', workspace: 'w', query: 'of {app} {revision} {minutes}', passes: { comparison: '<=' as const, value: 5 } }],
  http: [{ name: 'desk', url: 'https://desk.example.com/', timeoutMs: 5000 }],
};
const service = desiredService({ rollout: desiredRollout({ gate }) });
const inStep: ServiceRollout = {
  ...newRollout('checkout'),
  image: service.image,
  revision: 'checkout--t1',
  stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }, { weight: 10, bakeMs: 5 * minute, purpose: 'step' }],
  stage: 1,
  stageSince: began,
  weight: 10,
};

interface Asked {
  readonly calls: string[];
  readonly questions: (LogQuestion | GateQuestion)[];
}

type Throwing = Partial<Record<'apps' | 'requests' | 'logs' | 'gates', Error>>;

function runWith(throwing: Throwing = {}, { status = 200, aborted = false } = {}): { readonly run: Run; readonly asked: Asked } {
  const asked: Asked = { calls: [], questions: [] };
  const said = async <T>(port: keyof Throwing | 'endpoints', value: T, question?: LogQuestion | GateQuestion): Promise<T> => {
    asked.calls.push(port);
    if (question !== undefined) asked.questions.push(question);
    const error = port === 'endpoints' ? undefined : throwing[port];
    if (error !== undefined) throw error;
    return value;
  };
  const ports: DeploymentPorts = {
    store: memoryStore(),
    clock,
    desired: memoryDesired(),
    apps: { ...memoryApps(clock), revision: async () => said('apps', observedRevision({ fqdn: 'checkout--t1.example.com' })) },
    endpoints: { probe: async () => said('endpoints', { status, ms: 5 }) },
    requests: { since: async () => said('requests', { total: 40, serverErrors: 1 }) },
    logs: { ask: async (_tenant, question) => said('logs', 3, question) },
    gates: { ask: async (_tenant, _gate, question) => said('gates', { verdict: 'pass', detail: null }, question) },
    outages: { since: async () => null },
  };
  const about = { deploymentId: 'staging-1', environment: 'staging', project: null, commit: commitAt(1), generation: 1, trace: 't', sequence: 1 };
  const deployment: Run['deployment'] = { ...about, state: 'HealthGating', stateSince: began, services: [inStep], reason: null, needs: null, awaitsAzureSince: null, askedAgain: 0, toldAt: 0, isUntold: false, hold: null };
  const delivery = { ...testDelivery(clock.now()), signal: { aborted } };
  return { asked, run: { ports, timing: defaultTiming, tenantId: tenant, delivery, deployment, desired: desiredEnvironment({ services: [service] }), isPreempted: false, warm: [] } };
}

describe('a look', () => {
  it('asks every source at its turn, with what it is about', async () => {
    const { run, asked } = runWith();
    await expect(gatherEvidence(run, inStep)).resolves.toMatchObject({
      revision: { name: 'checkout--t1' },
      probe: { status: 200 },
      requests: { value: { total: 40 } },
      logs: [{ name: 'errors', answer: { value: 3 } }],
      http: [{ name: 'desk', answer: { value: { verdict: 'pass' } } }],
    });
    expect(asked.questions).toEqual([
      { workspace: 'w', query: 'of checkout checkout--t1 5', minutes: 5 },
      { environment: 'staging', service: 'checkout', revision: 'checkout--t1', image: service.image, commit: commitAt(1), weight: 10, deploymentId: 'staging-1' },
    ]);
  });

  it('asks others only for what stands', async () => {
    const first = { ...inStep, stage: 0, gate: { successes: 2, restarts: null } };
    const { run, asked } = runWith({}, { status: 503 });
    await gatherEvidence(run, first);
    expect(asked.calls).toEqual(['apps', 'endpoints']);
    const well = runWith();
    await gatherEvidence(well.run, { ...first, gate: { successes: 1, restarts: null } });
    expect(well.asked.calls).toEqual(['apps', 'endpoints']);
    await gatherEvidence(well.run, first);
    expect(well.asked.calls.slice(2)).toEqual(['apps', 'endpoints', 'gates']);
  });

  it('sends the revision no request that would be forgotten: what Azure Resource Manager refuses comes first', async () => {
    const { run, asked } = runWith({ requests: new Throttled('x', { retryAfterMs: 1 }) });
    await expect(gatherEvidence(run, inStep)).rejects.toThrow();
    expect(asked.calls).toEqual(['apps', 'requests']);
  });

  it('asks for no requests before the first full minute of the stage', async () => {
    const { run, asked } = runWith();
    const now = Math.floor(clock.now() / minute) * minute + 1;
    const justBegun = { ...run, ports: { ...run.ports, clock: { ...clock, now: () => now } } };
    await expect(gatherEvidence(justBegun, { ...inStep, stageSince: now })).resolves.toMatchObject({ requests: { value: null } });
    expect(asked.calls).not.toContain('requests');
  });

  it.each([
    { reason: 'access to metrics is denied', throwing: { requests: new NotAllowed('x', { code: 'AuthorizationFailed' }) }, seen: { requests: { unreadable: 'Azure denies access to its metrics', isWrong: false } } },
    { reason: 'metrics are refused', throwing: { requests: new Rejected('x', { code: 'BadRequest' }) }, seen: { requests: { unreadable: 'Azure refuses to show its metrics (BadRequest)', isWrong: false } } },
    { reason: 'the query is wrong', throwing: { logs: new Rejected('x', { code: 'BadArgumentError' }) }, seen: { logs: [{ name: 'errors', answer: { unreadable: 'The query is wrong (BadArgumentError)', isWrong: true } }] } },
    { reason: 'the workspace is not granted', throwing: { logs: new NotAllowed('x', { code: 'OutsideGrant' }) }, seen: { logs: [{ name: 'errors', answer: { unreadable: 'It is not granted to the tenant', isWrong: false } }] } },
    { reason: 'the workspace may not be read', throwing: { logs: new NotAllowed('x', { code: 'InsufficientAccessError' }) }, seen: { logs: [{ name: 'errors', answer: { unreadable: 'Log Analytics denies access', isWrong: false } }] } },
    { reason: 'Log Analytics is busy', throwing: { logs: new Throttled('x', { retryAfterMs: 1 }) }, seen: { logs: [{ name: 'errors', answer: { unreadable: 'Log Analytics could not answer', isWrong: false } }] } },
    { reason: "the user's system is no address", throwing: { gates: new Rejected('x', { code: 'InvalidGateUrl' }) }, seen: { http: [{ name: 'desk', answer: { unreadable: 'Its address is wrong (InvalidGateUrl)', isWrong: true } }] } },
  ])('what one source does is evidence: $reason', async ({ throwing, seen }) => {
    const { run } = runWith(throwing);
    await expect(gatherEvidence(run, inStep)).resolves.toMatchObject(seen);
  });

  it.each([
    { reason: 'Azure Resource Manager asks to slow down', throwing: { requests: new Throttled('x', { retryAfterMs: 1 }) }, aborted: false },
    { reason: 'Azure Resource Manager is away', throwing: { apps: new Unavailable('x', {}) }, aborted: false },
    { reason: 'the revision is written to', throwing: { apps: new Conflict('x', {}) }, aborted: false },
    { reason: 'a bug', throwing: { gates: new TypeError('x') }, aborted: false },
    { reason: 'this process ends', throwing: { logs: new Unavailable('x', { code: 'Aborted' }) }, aborted: true },
  ])('is made again as a whole: $reason', async ({ throwing, aborted }) => {
    const { run } = runWith(throwing, { aborted });
    await expect(gatherEvidence(run, inStep)).rejects.toBe(Object.values(throwing)[0]);
  });
});

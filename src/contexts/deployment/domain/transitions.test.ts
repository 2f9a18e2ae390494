import { describe, expect, it } from 'vitest';
import { deploymentStates, type DeploymentState } from '../../../kernel/messages/deployment.ts';
import { inState, type RuntimeDeployment } from './runtime-deployment.ts';
import { isEnd, mayMove, transitions } from './transitions.ts';

const deployment = (state: DeploymentState): RuntimeDeployment => ({
  deploymentId: 'prod-1',
  environment: 'prod',
  project: null,
  commit: '1'.padStart(40, '0'),
  generation: 1,
  trace: 'trace-1',
  sequence: 1,
  state,
  stateSince: 0,
  services: [],
  reason: null,
  needs: null,
  hold: null,
  awaitsAzureSince: null,
  askedAgain: 0,
  toldAt: 0,
  isUntold: false,
});

const allowed = new Set(
  'Requested>Provisioning Requested>Failed Requested>Superseded Provisioning>Configuring Provisioning>Failed Provisioning>Superseded Configuring>RollingOut Configuring>Failed Configuring>Superseded RollingOut>HealthGating RollingOut>RollingBack RollingOut>Failed RollingOut>Superseded HealthGating>Promoting HealthGating>RollingBack HealthGating>Failed HealthGating>Superseded HealthGating>Held HealthGating>Completed Promoting>HealthGating Promoting>Held Promoting>Superseded Held>HealthGating Held>RollingBack Held>Failed Held>Superseded Promoting>Completed Promoting>RollingBack Promoting>Failed RollingBack>RolledBack RollingBack>Failed'.split(
    ' ',
  ),
);

const pairs = deploymentStates.flatMap((from) => deploymentStates.map((to) => ({ from, to })));

describe('the states of a deployment', () => {
  it.each(pairs)('$from to $to', ({ from, to }) => {
    expect(mayMove(from, to)).toBe(allowed.has(`${from}>${to}`));
    if (mayMove(from, to)) expect(inState(deployment(from), to, 5)).toMatchObject({ state: to, stateSince: 5 });
    else expect(() => inState(deployment(from), to, 5)).toThrow(`${from} to ${to}`);
  });

  it('every state but an end leads to an end', () => {
    const reach = (state: DeploymentState, seen: ReadonlySet<DeploymentState>): boolean =>
      isEnd(state) || transitions[state].some((next) => !seen.has(next) && reach(next, new Set([...seen, next])));
    for (const state of deploymentStates) expect(reach(state, new Set([state]))).toBe(true);
  });
});

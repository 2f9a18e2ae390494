import type { DeploymentProgress, ServiceProgress } from '../../src/kernel/messages/deployment.ts';

/** What a deployment says of one service, complete as it is. */
export function serviceProgress(overrides: Partial<ServiceProgress> = {}): ServiceProgress {
  return {
    service: 'checkout',
    tenant: 'contoso',
    image: 'contoso.azurecr.io/checkout:1.5.0',
    configuration: null,
    secrets: [],
    revision: 'checkout--t0123456789',
    previousRevision: null,
    step: 'waiting',
    detail: null,
    url: null,
    strategy: 'all-at-once',
    stages: [],
    weight: 0,
    gates: [],
    until: null,
    failure: null,
    independent: false,
    ...overrides,
  };
}

export function deploymentProgress(overrides: Partial<DeploymentProgress> = {}): DeploymentProgress {
  return {
    deploymentId: 'prod-7',
    environment: 'prod',
    commit: 'c0ffee'.padEnd(40, '0'),
    generation: 7,
    sequence: 1,
    state: 'HealthGating',
    services: [serviceProgress()],
    reason: null,
    needs: null,
    hold: null,
    ...overrides,
  };
}

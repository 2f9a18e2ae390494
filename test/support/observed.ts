import type { ObservedContainer, ObservedRevision } from '../../src/kernel/container-app.ts';

/** What Azure shows of a revision that serves and is well. */
export function observedRevision(overrides: Partial<ObservedRevision> = {}): ObservedRevision {
  return {
    name: 'checkout--t1',
    active: true,
    createdAt: null,
    trafficWeight: 100,
    replicas: 1,
    fqdn: null,
    provisioningState: 'Provisioned',
    healthState: 'Healthy',
    runningState: 'Running',
    runningStateDetails: null,
    containers: [observedContainer()],
    ...overrides,
  };
}

export function observedContainer(overrides: Partial<ObservedContainer> = {}): ObservedContainer {
  return { replica: 'r', name: 'c', ready: true, started: true, restartCount: 0, ...overrides };
}

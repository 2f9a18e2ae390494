import type { ObservedApp, ObservedContainer, ObservedRevision } from '../../src/kernel/container-app.ts';

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

/** An app as Azure shows it, that nobody has written to lately. */
export function observedApp(overrides: Partial<ObservedApp> = {}): ObservedApp {
  return {
    id: { subscription: '00000000-0000-0000-0000-000000000000', resourceGroup: 'rg-storefront-staging', name: 'checkout' },
    resourceId: '/subscriptions/s/resourceGroups/rg-storefront-staging/providers/Microsoft.App/containerapps/checkout',
    tags: {},
    provisioningState: 'Succeeded',
    revisionsMode: 'Multiple',
    fqdn: 'checkout.local.azurecontainerapps.io',
    latestRevision: null,
    latestReadyRevision: null,
    traffic: [],
    raw: {},
    ...overrides,
  };
}

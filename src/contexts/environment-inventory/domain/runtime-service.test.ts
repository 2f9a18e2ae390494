import { describe, expect, test } from 'vitest';
import type { ObservedApp, ObservedRevision } from '../../../kernel/container-app.ts';
import { recordOf, runtimeService, servingRevision, versionOf, type RuntimeService } from './runtime-service.ts';

const app: ObservedApp = {
  id: { subscription: 's', resourceGroup: 'g', name: 'checkout' },
  resourceId: '/apps/checkout',
  tags: { 'Trueup-Service': 'checkout', 'trueup-tenant': 'contoso' },
  provisioningState: 'Succeeded',
  revisionsMode: 'Multiple',
  fqdn: null,
  latestRevision: 'new',
  latestReadyRevision: 'new',
  traffic: [],
  raw: { properties: { template: { containers: [{ image: 'r/checkout:2' }, { image: 'r/sidecar:1' }] } } },
};
const instance = (replica: string, ready: boolean) => ({ replica, name: 'app', ready, started: true, restartCount: 0 });
const revision: ObservedRevision = {
  name: 'new',
  active: true,
  createdAt: null,
  trafficWeight: 100,
  replicas: 2,
  fqdn: null,
  provisioningState: 'Provisioned',
  healthState: 'Healthy',
  runningState: 'Running',
  runningStateDetails: null,
  containers: [instance('one', true), instance('two', true)],
};
const record = (seen: { app?: ObservedApp; revision?: ObservedRevision | null; known?: RuntimeService | null }) =>
  recordOf({ app, revision, environment: 'staging', declared: null, known: null, now: '2026-11-24T00:00:00.000Z', ...seen });

const statuses: { reason: string; revision: ObservedRevision | null; status: RuntimeService['status'] }[] = [
  { reason: 'a replica whose containers are all ready', revision, status: 'Running' },
  { reason: 'no such revision', revision: null, status: 'Unknown' },
  { reason: 'no replica', revision: { ...revision, replicas: 0, containers: [] }, status: 'Stopped' },
  { reason: 'an inactive revision', revision: { ...revision, active: false }, status: 'Stopped' },
  { reason: 'replicas without any that is ready', revision: { ...revision, containers: [instance('one', false)] }, status: 'Degraded' },
  { reason: 'a replica with one container that is not ready', revision: { ...revision, containers: [instance('one', true), { ...instance('one', false), name: 'sidecar' }] }, status: 'Degraded' },
  { reason: 'what Azure calls unhealthy', revision: { ...revision, healthState: 'Unhealthy' }, status: 'Degraded' },
  { reason: 'replicas that Azure counts but does not show', revision: { ...revision, containers: [] }, status: 'Degraded' },
];

describe('RuntimeService', () => {
  test.each(statuses)('$reason: $status', ({ revision: seen, status }) => {
    const seenAs = record({ revision: seen });
    expect(seenAs.status).toBe(status);
    expect(() => runtimeService.parse(seenAs)).not.toThrow();
  });

  test.each([
    { reason: 'Running without a healthy instance', change: { healthyReplicas: 0 } },
    { reason: 'a version that is not the image’s', change: { version: '9' } },
  ])('$reason cannot be stored', ({ change }) => {
    expect(runtimeService.safeParse({ ...record({}), ...change }).success).toBe(false);
  });

  test.each([
    { reason: 'the most traffic', traffic: [{ revision: 'old', weight: 90, label: null }, { revision: 'new', weight: 10, label: null }], serving: 'old' },
    { reason: 'traffic that follows the latest goes to the latest that is ready', traffic: [{ revision: null, weight: 100, label: null }], serving: 'ready' },
    { reason: 'no ingress', traffic: [], serving: 'ready' },
  ])('serving: $reason', ({ traffic, serving }) => {
    expect(servingRevision({ ...app, latestReadyRevision: 'ready', traffic })).toBe(serving);
  });

  test('the image of an older revision that serves is what was recorded of it, never that of the template', () => {
    const rolledBack = { ...app, traffic: [{ revision: 'old', weight: 100, label: null }] };
    expect(record({ app: rolledBack }).image).toBe('unknown');
    const known = { ...record({}), revision: 'old', image: 'r/checkout:1', version: '1' };
    expect(record({ app: rolledBack, known })).toMatchObject({ image: 'r/checkout:1', version: '1', revision: 'old' });
  });

  test('an unchanged sighting is the known record itself', () => {
    const known = { ...record({}), observedSince: '2026-01-01T00:00:00.000Z' };
    expect(record({ known })).toBe(known);
    expect(record({ known: { ...known, replicas: 1 } }).observedSince).toBe('2026-11-24T00:00:00.000Z');
  });

  test.each([
    ['r.azurecr.io/checkout:1.4.2', '1.4.2'],
    ['localhost:5000/checkout', 'unknown'],
    ['localhost:5000/checkout:2', '2'],
    ['r/checkout:1@sha256:ab', 'sha256:ab'],
  ])('version of %s is %s', (image, version) => {
    expect(versionOf(image)).toBe(version);
  });
});

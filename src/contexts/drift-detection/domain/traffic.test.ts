import { describe, expect, it } from 'vitest';
import { desiredService } from '../../../../test/support/desired.ts';
import { appId, type ObservedApp, type TrafficWeight } from '../../../kernel/container-app.ts';
import { traffic } from './traffic.ts';

const service = desiredService({ name: 'app', revisionSuffix: 't1' });
const place = 'properties.configuration.ingress.traffic';
const to = (revision: string | null, weight: number, label: string | null = null): TrafficWeight => ({ revision, weight, label });

function appWith(entries: readonly TrafficWeight[], more: Partial<ObservedApp> = {}): ObservedApp {
  return {
    id: appId({ subscription: 's', resourceGroup: 'g', managedEnvironment: 'e' }, 'app'),
    resourceId: '/app',
    tags: {},
    provisioningState: 'Succeeded',
    revisionsMode: 'Multiple',
    fqdn: null,
    latestRevision: 'app--t1',
    latestReadyRevision: 'app--t1',
    traffic: entries,
    raw: { properties: { configuration: { ingress: {} } } },
    ...more,
  };
}

describe('traffic', () => {
  it.each([
    { reason: 'all to the applied revision', app: appWith([to('app--t1', 100)]), path: null },
    { reason: 'names compare without case', app: appWith([to('App--T1', 100)]), path: null },
    { reason: 'a label of somebody’s own without weight', app: appWith([to('app--t1', 100), to('app--old', 0, 'blue')]), path: null },
    { reason: 'the applied revision twice', app: appWith([to('app--t1', 60), to('app--t1', 40, 'green')]), path: null },
    { reason: 'all to another', app: appWith([to('app--old', 100)]), path: place },
    { reason: 'a part to another', app: appWith([to('app--t1', 99), to('app--old', 1)]), path: place },
    { reason: 'to nothing', app: appWith([to('app--t1', 0)]), path: place },
    { reason: 'the latest is the applied one, today', app: appWith([to(null, 100)]), path: `${place}.latestRevision` },
    { reason: 'a latest entry without weight waits for its moment', app: appWith([to('app--t1', 100), to(null, 0)]), path: `${place}.latestRevision` },
    { reason: 'the latest is another', app: appWith([to(null, 100)], { latestReadyRevision: 'app--hand' }), path: place },
    { reason: 'without entries Azure follows the latest', app: appWith([]), path: `${place}.latestRevision` },
    { reason: 'an ingress that is gone is a change of its own', app: appWith([], { raw: { properties: { configuration: { ingress: null } } } }), path: null },
  ])('$reason', ({ app, path }) => {
    expect(traffic(service, app, null).map((one) => one.path)).toEqual(path === null ? [] : [path]);
  });

  it('of a service without ingress is nobody’s', () => {
    expect(traffic(desiredService({ name: 'app', ingress: null }), appWith([to('x', 100)]), null)).toEqual([]);
  });

  describe('where Git leaves a part of the template to others', () => {
    const left = desiredService({ name: 'app', revisionSuffix: 't1', ignores: [{ path: 'properties.template.scale', reason: 'the operations team scales it' }] });
    const others = { raw: { properties: { configuration: { ingress: {} }, template: { revisionSuffix: 'theirs' } } } };
    it.each([
      { reason: 'the revision that the deployment made', app: appWith([to('app--t0', 100)], others), found: 0 },
      { reason: 'the revision of what they made of it', app: appWith([to('app--theirs', 100)], others), found: 0 },
      { reason: 'any other', app: appWith([to('app--old', 100)], others), found: 1 },
    ])('$reason', ({ app, found }) => {
      expect(traffic(left, app, 'app--t0')).toHaveLength(found);
    });
  });

  it('is the same drift in whatever order Azure lists it', () => {
    const entries = [to('app--a', 50), to('app--b', 50)];
    expect(traffic(service, appWith(entries), null)).toEqual(traffic(service, appWith(entries.toReversed()), null));
  });
});

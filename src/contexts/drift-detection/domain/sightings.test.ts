import { describe, expect, it } from 'vitest';
import { body, bodies, liveOf } from '../../../../test/support/app-bodies.ts';
import { desiredService } from '../../../../test/support/desired.ts';
import { fc, test } from '../../../../test/support/property.ts';
import { applyMergePatch } from '../../../kernel/comparison/merge-patch.ts';
import type { ContainerAppBody, DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { absent, changed, late, neverOurs, replicas } from './sightings.ts';

// Both are ARM's wire shape.
const serviceOf = (app: object): DesiredService => desiredService({ name: 'app', app: app as unknown as ContainerAppBody });
const rawOf = (app: object): { readonly raw: JsonObject } => ({ raw: app as unknown as JsonObject });
const declared = body({ container: { env: [{ name: 'MODE', value: 'on' }], command: ['serve', '--fast'] } });
const patched = (patch: object): object => applyMergePatch(liveOf(declared), { properties: patch }) as object;
const container = (fields: object): object => patched({ template: { containers: [{ name: 'app', image: 'r.azurecr.io/app:1', env: [{ name: 'MODE', value: 'on' }], command: ['serve', '--fast'], ...fields }] } });
const hidden = (text: string): string => `(not shown, ${digestOf(text).slice(0, 8)})`;
const found = (live: object): readonly string[] => changed(serviceOf(declared), rawOf(live)).map(({ path, desired, live: shown }) => `${path}: ${desired} -> ${shown}`);

describe('what is no drift', () => {
  it.each([
    { reason: 'what the server filled in, in other cases and another order', live: liveOf(declared) },
    { reason: 'the traffic, which has a class of its own', live: patched({ configuration: { ingress: { traffic: [{ revisionName: 'x', weight: 100 }] } } }) },
    { reason: 'a custom domain', live: patched({ configuration: { ingress: { customDomains: [{ name: 'shop.example' }] } } }) },
    { reason: 'states and addresses', live: patched({ runningStatus: 'Running', provisioningState: 'Failed', outboundIpAddresses: ['192.0.2.1'], latestRevisionName: 'app--x' }) },
    { reason: 'older versions of secrets', live: patched({ configuration: { secrets: [{ name: 'old' }] } }) },
    { reason: 'null and empty', live: patched({ configuration: { registries: [], dapr: null } }) },
  ])('$reason', ({ live }) => {
    expect(found(live)).toEqual([]);
  });

  test('what Azure makes of any declared app', () => {
    fc.assert(fc.property(bodies, (app) => void expect(changed(serviceOf(app), rawOf(liveOf(app)))).toEqual([])));
  });
});

describe('what was changed', () => {
  it.each([
    { reason: 'an image is shown', live: container({ image: 'evil/app:2' }), shows: ['properties.template.containers[app].image: r.azurecr.io/app:1 -> evil/app:2'] },
    { reason: 'numbers are shown', live: container({ resources: { cpu: 2, memory: '4Gi' } }), shows: ['properties.template.containers[app].resources: (absent) -> {"cpu":2,"memory":"4Gi"}'] },
    { reason: 'something that is gone', live: container({ env: [] }), shows: ['properties.template.containers[app].env[MODE]: {"name":"MODE","value":"on"} -> (absent)'] },
    { reason: 'a variable that may be a secret', live: container({ env: [{ name: 'MODE', value: 'hunter2' }] }), shows: [`properties.template.containers[app].env[MODE].value: on -> ${hidden('hunter2')}`] },
    { reason: 'an argument: what Git knows is shown beside what it does not', live: container({ command: ['serve', '--token=hunter2'] }), shows: [`properties.template.containers[app].command: ["serve","--fast"] -> ["serve","${hidden('--token=hunter2')}"]`] },
    { reason: 'a reference to a secret is none', live: container({ env: [{ name: 'MODE', secretRef: 'mode' }] }), shows: ['properties.template.containers[app].env[MODE].secretRef: (absent) -> mode', 'properties.template.containers[app].env[MODE].value: on -> (absent)'] },
    { reason: 'the ingress taken away', live: patched({ configuration: { ingress: null } }), shows: ['properties.configuration.ingress: {"external":true,"targetPort":8080,"transport":"auto"} -> (absent)'] },
    { reason: 'another revision’s name follows from another template', live: applyMergePatch(container({ image: 'x:2' }), { properties: { template: { revisionSuffix: 'hand' } } }) as object, shows: ['properties.template.containers[app].image: r.azurecr.io/app:1 -> x:2'] },
    { reason: 'another revision’s name alone', live: patched({ template: { revisionSuffix: 'hand' } }), shows: ['properties.template.revisionSuffix: t0123456789 -> hand'] },
    { reason: 'a field that nobody ever declared', live: patched({ configuration: { dapr: { enabled: true } } }), shows: ['properties.configuration.dapr: (absent) -> {"enabled":true}'] },
  ])('$reason', ({ live, shows }) => {
    expect(found(live).toSorted()).toEqual(shows);
  });

  it('a name of a revision alone is nothing where Git leaves a part of the template to others', () => {
    const service = { ...serviceOf(declared), ignores: [{ path: 'properties.template.scale', reason: 'the operations team scales it' }] };
    const live = (fields: object): object => applyMergePatch(liveOf(declared), { properties: { template: { revisionSuffix: 'theirs', ...fields } } }) as object;
    expect(changed(service, rawOf(live({})))).toEqual([]);
    expect(changed(service, rawOf(live({ terminationGracePeriodSeconds: 5 }))).map(({ path }) => path)).toEqual(['properties.template.terminationGracePeriodSeconds']);
  });

  it('is one line of bounded length without steering characters, and told apart beyond what is shown', () => {
    const long = (end: string): object => container({ image: `r/${'x'.repeat(2000)}\u001B[2J\u202E\n${end}` });
    const [one, other] = [long('1'), long('2')].map((live) => changed(serviceOf(declared), rawOf(live))[0]);
    expect(one?.live.length).toBeLessThanOrEqual(500);
    expect(one?.live).toBe(other?.live);
    expect(one?.liveDigest).not.toBe(other?.liveDigest);
    const [short] = changed(serviceOf(declared), rawOf(container({ image: 'r/x\u001B[2J\u202E\ny' })));
    expect(short?.live).toBe('r/x [2J  y');
  });

  it('of more fields than a page holds is told in one', () => {
    const env = Array.from({ length: 300 }, (_, index) => ({ name: `V${index}`, value: 'x' }));
    const sightings = changed(serviceOf(declared), rawOf(container({ env })));
    expect(sightings).toHaveLength(25);
    expect(sightings.at(-1)).toMatchObject({ path: 'properties', summary: '277 more fields differ from what was deployed' });
  });
});

describe('the other classes', () => {
  const service = desiredService({ replicas: { min: 1, max: 4 } });

  it.each([
    { running: null, paths: [], reason: 'there is no such revision' },
    { running: 1, paths: [], reason: 'the lower bound' },
    { running: 4, paths: [], reason: 'the upper bound' },
    { running: 0, paths: ['properties.template.scale.minReplicas'], reason: 'below' },
    { running: 5, paths: ['properties.template.scale.maxReplicas'], reason: 'above' },
  ])('$running replicas: $reason', ({ running, paths }) => {
    expect(replicas(service, running).map(({ path }) => path)).toEqual(paths);
  });

  it('that another release is late, or late after another, is another drift', () => {
    const digests = [late(service, 'abc'), late(service, 'def'), late({ ...service, digest: 'x' }, 'abc')].map(({ liveDigest }) => liveDigest);
    expect(new Set(digests).size).toBe(3);
  });

  it('one more replica is the same drift', () => {
    expect(replicas(service, 5)[0]?.liveDigest).toBe(replicas(service, 50)[0]?.liveDigest);
  });

  it.each([
    { sighting: absent(service, true), kind: 'missing', reason: 'it was there' },
    { sighting: absent(service, false), kind: 'never-applied', reason: 'it never was' },
    { sighting: neverOurs(service), kind: 'never-applied', reason: 'somebody else made it' },
    { sighting: late(service, 'abc'), kind: 'never-applied', reason: 'another release was applied' },
    { sighting: late(service, null), kind: 'never-applied', reason: 'nobody knows what was applied' },
  ])('$kind: $reason', ({ sighting, kind }) => {
    expect(sighting.class).toBe(kind);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodies, liveOf } from '../../../test/support/app-bodies.ts';
import { desiredService } from '../../../test/support/desired.ts';
import type { DesiredService, JsonObject } from '../desired-state.ts';
import { revisionSuffixOf } from '../revision-suffix.ts';
import { compareThreeWay } from './compare.ts';
import { honoured } from './honoured.ts';
import { applyMergePatch, mergePatch } from './merge-patch.ts';

const ignoring = (...paths: readonly string[]): DesiredService => ({ ...desiredService(), ignores: paths.map((path) => ({ path, reason: 'somebody else decides it' })) });
const live = (patch: object): JsonObject => applyMergePatch(desiredService().app, { properties: patch }) as JsonObject; // an app with a patch is one
const another = { containers: [{ name: 'checkout', image: 'contoso.azurecr.io/checkout:9', resources: { cpu: 0.5, memory: '1.0Gi' } }] };

const template = 'properties.template';
const ingress = 'properties.configuration.ingress';

describe('a service with places that Git leaves to others', () => {
  it.each([
    { reason: 'nothing is ignored', service: desiredService(), is: live({ template: another }) },
    { reason: 'nothing is there', service: ignoring(`${template}.containers[*].image`), is: null },
    { reason: 'live is as declared there', service: ignoring(`${template}.containers[*].image`, `${template}.scale`, ingress), is: live({}) },
    { reason: 'live is the same, written otherwise', service: ignoring(`${template}.containers[checkout].resources`), is: live({ template: { containers: [{ name: 'checkout', image: 'contoso.azurecr.io/checkout:1.4.2', resources: { cpu: 0.5, memory: '1.0Gi', ephemeralStorage: '2Gi' } }] } }) },
    { reason: 'another place differs', service: ignoring(`${template}.containers[*].command`), is: live({ template: another }) },
    { reason: 'what rollouts decide differs', service: ignoring('properties'), is: live({ configuration: { activeRevisionsMode: 'Single' }, template: { revisionSuffix: 'other' } }) },
  ])('is as declared where $reason', ({ service, is }) => {
    expect(honoured(service, is).app).toEqual(service.app);
  });

  it.each([
    { reason: 'a value', path: `${template}.containers[checkout].image`, patch: { template: another }, has: { template: { containers: [{ image: 'contoso.azurecr.io/checkout:9', resources: { memory: '1Gi' } }] } } },
    { reason: 'a value that is not declared', path: `${template}.scale.cooldownPeriod`, patch: { template: { scale: { cooldownPeriod: 60 } } }, has: { template: { scale: { minReplicas: 1, cooldownPeriod: 60 } } } },
    { reason: 'a whole object', path: `${template}.scale`, patch: { template: { scale: { minReplicas: 3, maxReplicas: 9, cooldownPeriod: 300, rules: null } } }, has: { template: { scale: { minReplicas: 3, maxReplicas: 9 } } } },
    { reason: 'an item beside those that are declared', path: `${template}.containers[agent]`, patch: { template: { containers: [{ name: 'agent', image: 'x:1', resources: { cpu: 0.25, memory: '0.5Gi', ephemeralStorage: '1Gi' } }, ...another.containers] } }, has: { template: { containers: [{ name: 'checkout', image: 'contoso.azurecr.io/checkout:1.4.2' }, { name: 'agent', image: 'x:1', resources: { cpu: 0.25, memory: '0.5Gi' } }] } } },
    { reason: 'something app-wide', path: `${ingress}.ipSecurityRestrictions`, patch: { configuration: { ingress: { ipSecurityRestrictions: [{ name: 'office', ipAddressRange: '203.0.113.0/24', action: 'Allow' }] } } }, has: { configuration: { ingress: { ipSecurityRestrictions: [{ name: 'office' }] } } } },
  ])('has $reason from live', ({ path, patch, has }) => {
    const { app } = honoured(ignoring(path), live(patch));
    expect(app.properties).toMatchObject(has);
  });

  it('is without what was taken away there', () => {
    const { app } = honoured(ignoring(`${template}.scale.minReplicas`), live({ template: { scale: { minReplicas: null } } }));
    expect(app.properties.template['scale']).toEqual({ maxReplicas: 4 });
  });

  it('names the revision by the template that it then has, and only where that is another', () => {
    const service = ignoring(`${template}.containers[checkout].image`, ingress);
    const left = honoured(service, live({ template: another }));
    expect(left.revisionSuffix).toBe(revisionSuffixOf(left.app.properties.template));
    expect(left.app.properties.template['revisionSuffix']).toBe(left.revisionSuffix);
    expect(left.revisionSuffix).not.toBe(service.revisionSuffix);
    expect(honoured(service, live({ configuration: { ingress: { external: false } } })).revisionSuffix).toBe(service.revisionSuffix);
  });

  it('says of itself what its body says, and keeps its digest', () => {
    const service = ignoring(`${template}.containers[checkout].image`, `${template}.scale`, ingress);
    const left = honoured(service, live({ configuration: { ingress: null }, template: { ...another, scale: { minReplicas: 2, maxReplicas: 30 } } }));
    expect(left).toMatchObject({ image: 'contoso.azurecr.io/checkout:9', replicas: { min: 2, max: 30 }, ingress: null, digest: service.digest });
  });

  it('has the image of its own container, wherever that stands', () => {
    const [own] = another.containers;
    const { image } = honoured(ignoring(`${template}.containers`), live({ template: { containers: [{ name: 'agent', image: 'x:1' }, own] } }));
    expect(image).toBe('contoso.azurecr.io/checkout:9');
  });

  it('never takes our own tags, nor the traffic, from live', () => {
    const service = ignoring('tags', ingress);
    const { app } = honoured(service, { ...live({ configuration: { ingress: { fqdn: 'x.example', traffic: [{ revisionName: 'other', weight: 100 }], external: false } } }), tags: { 'trueup-service': 'other', 'trueup-digest': 'd', owner: 'shop' } });
    expect(app.tags).toEqual({ 'trueup-tenant': 'contoso', 'trueup-service': 'checkout' });
    expect(app.properties.configuration['ingress']).toEqual({ targetPort: 8080, transport: 'auto' });
  });

  it('is not another for what Azure calls otherwise', () => {
    const queue = (queueLength: string) => ({ name: 'q', custom: { type: 'azure-queue', metadata: { accountName: 'a', queueName: 'q', queueLength } } });
    const shown = (queueLength: number) => ({ name: 'q', azureQueue: { accountName: 'a', queueName: 'q', queueLength } });
    const plain = desiredService();
    const { properties } = plain.app;
    const declaring = { ...plain.app.properties.template, scale: { minReplicas: 1, maxReplicas: 4, rules: [queue('5')] } };
    const service = { ...plain, app: { ...plain.app, properties: { ...properties, template: { ...declaring, revisionSuffix: revisionSuffixOf(declaring) } } }, ignores: [{ path: `${template}.scale.rules[q].azureQueue.queueLength`, reason: 'somebody else decides it' }] };
    const running = (queueLength: number, image: string) => live({ template: { containers: [{ name: 'checkout', image }], scale: { minReplicas: 1, maxReplicas: 4, rules: [shown(queueLength)] } } });
    expect(honoured(service, running(5, 'another:1')).app).toEqual(service.app);
    expect(honoured(service, running(7, 'another:1')).app.properties.template['scale']).toEqual({ minReplicas: 1, maxReplicas: 4, rules: [shown(7)] });
  });

  it('is what it is, told twice', () => {
    const service = ignoring(`${template}.containers[*].image`, 'tags.owner', `${template}.scale.cooldownPeriod`);
    const is = { ...live({ template: { ...another, scale: { cooldownPeriod: 60 } } }), tags: { owner: 'shop' } };
    const once = honoured(service, is);
    expect(honoured(once, is)).toEqual(once);
    expect(honoured(service, applyMergePatch(is, mergePatch({ lastApplied: null, desired: once.app, live: is })) as JsonObject)).toEqual(once);
  });
});

describe('a comparison and a patch with places that Git leaves to others', () => {
  const ignores = ['properties.template.scale', 'properties.template.containers[app].env', 'properties.configuration.ingress.external', 'identity'].map((path) => ({ path, reason: 'somebody else decides it' }));

  it('agree: after the patch nothing differs, and what is left to others is as it was', () => {
    fc.assert(
      fc.property(bodies, bodies, (desired, other) => {
        const running = liveOf(other);
        const after = applyMergePatch(running, mergePatch({ lastApplied: other, desired, live: running, ignores })) as object;
        expect(compareThreeWay({ lastApplied: other, desired, live: after, ignores })).toEqual([]);
        const scaleOf = (app: object) => (app as { properties: { template: { scale?: object } } }).properties.template.scale;
        expect(compareThreeWay({ lastApplied: null, desired: { properties: { template: { scale: scaleOf(running) } } }, live: { properties: { template: { scale: scaleOf(after) } } } })).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('tells what differs elsewhere, and the name of the revision that follows', () => {
    const service = ignoring(`${template}.containers[checkout].image`);
    const paths = (desired: DesiredService, is: JsonObject) => compareThreeWay({ lastApplied: null, desired: desired.app, live: is, ignores: desired.ignores }).map(({ path }) => path);
    expect(paths(service, live({ template: another }))).toEqual([`${template}.revisionSuffix`]);
    expect(paths(service, live({ template: another, configuration: { ingress: { external: false } } }))).toEqual([`${ingress}.external`, `${template}.revisionSuffix`]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { checkout, driftWorld, firstRelease, type DriftWorld } from '../../../test/support/drift-world.ts';
import { commitAt } from '../../../test/support/deployment-world.ts';
import { desiredService } from '../../../test/support/desired.ts';
import { tagNames } from '../../kernel/desired-state.ts';

const ingress = (fields: object): object => ({ properties: { configuration: { ingress: fields } } });
const template = (fields: object): object => ({ properties: { template: { revisionSuffix: 'hand', ...fields } } });
const container = (fields: object): object => template({ containers: [{ name: 'checkout', image: firstRelease.image, resources: { cpu: 0.5, memory: '1Gi' }, ...fields }] });
const trafficPath = 'properties.configuration.ingress.traffic';
const served = `checkout--${firstRelease.revisionSuffix}`;

let world: DriftWorld;
beforeEach(async () => {
  world = await driftWorld();
});

describe('what was changed by hand', () => {
  it.each([
    { reason: 'nothing was', patch: {}, found: [] },
    { reason: 'an image', patch: container({ image: 'x/checkout:hot' }), found: ['changed high checkout properties.template.containers[checkout].image'] },
    { reason: 'the scale block', patch: template({ scale: { minReplicas: 2, maxReplicas: 4 } }), found: ['changed medium checkout properties.template.scale.minReplicas'] },
    { reason: 'the port', patch: ingress({ targetPort: 9090 }), found: ['changed high checkout properties.configuration.ingress.targetPort'] },
    { reason: 'a tag of ours', patch: { tags: { 'trueup-tenant': 'fabrikam' } }, found: ['changed low checkout tags.trueup-tenant'] },
    { reason: 'a tag of somebody else', patch: { tags: { team: 'x' } }, found: [] },
    { reason: 'tags that say that something else was applied', patch: { tags: { [tagNames.digest]: 'x', [tagNames.commit]: commitAt(9) } }, found: [] },
    { reason: 'the tags taken away', patch: { tags: { [tagNames.digest]: null, [tagNames.commit]: null } }, found: [] },
    { reason: 'traffic that follows the latest', patch: ingress({ traffic: [{ latestRevision: true, weight: 100 }] }), found: [`unexpected-traffic medium checkout ${trafficPath}.latestRevision`] },
  ])('is found once, said once, and said to be sure once: $reason', async ({ patch, found }) => {
    world.byHand(patch);
    expect(await world.scan()).toEqual(found);
    expect(await world.scan()).toEqual(found);
    expect(world.heard()).toEqual(found.length === 0 ? [] : [`RuntimeDriftDetected ${found.length}`, `RuntimeDriftUpdated ${found.length}`]);
  });

  it('is found in traffic that somebody moved', async () => {
    world.byHand({ properties: { template: { revisionSuffix: 'hand', containers: [{ name: 'checkout', image: 'x:1' }] }, configuration: { ingress: { traffic: [{ revisionName: served, weight: 50 }, { revisionName: 'checkout--hand', weight: 50 }] } } } });
    expect(await world.scan()).toContain(`unexpected-traffic high checkout ${trafficPath}`);
  });

  it('is resolved when it is gone, and the rest keeps its age', async () => {
    world.byHand({ tags: { 'trueup-tenant': 'fabrikam' } });
    await world.scan();
    const [first] = world.open();
    world.byHand(ingress({ targetPort: 9090 }));
    await world.scan();
    expect(world.open()).toContainEqual({ ...first, observations: 4 });
    world.byHand({ tags: { 'trueup-tenant': 'contoso' } });
    await world.scan();
    world.byHand(ingress({ targetPort: 8080 }));
    expect(await world.scan()).toEqual([]);
    expect(world.heard().filter((said) => !said.startsWith('RuntimeDriftUpdated'))).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftDetected 2', 'RuntimeDriftResolved 1', 'RuntimeDriftResolved 0']);
  });

  it('is another finding when it changes further, and the place is wrong since the first', async () => {
    world.byHand(ingress({ targetPort: 9090 }));
    await world.scan();
    const [first] = world.open();
    world.byHand(ingress({ targetPort: 9091 }));
    await world.scan();
    expect(world.open()).toHaveLength(1);
    expect(world.open()[0]?.id).not.toBe(first?.id);
    expect(world.open()[0]?.firstSeenAt).toBe(first?.firstSeenAt);
    expect(world.heard()).toEqual(['RuntimeDriftDetected 1', 'RuntimeDriftUpdated 1', 'RuntimeDriftResolved 1', 'RuntimeDriftDetected 1', 'RuntimeDriftUpdated 1']);
  });

  it.each([
    { reason: 'an environment variable', patch: container({ env: [{ name: 'TOKEN', value: 'hunter2' }] }) },
    { reason: 'an argument', patch: container({ args: ['--token=hunter2'] }) },
    { reason: 'a header of a probe', patch: container({ probes: [{ type: 'Liveness', httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'Authorization', value: 'hunter2' }] } }] }) },
    { reason: 'the metadata of a scale rule', patch: template({ scale: { minReplicas: 1, maxReplicas: 4, rules: [{ name: 'r', custom: { type: 'redis', metadata: { password: 'hunter2' } } }] } }) },
    { reason: 'metadata under names that are plain elsewhere', patch: template({ scale: { minReplicas: 1, maxReplicas: 4, rules: [{ name: 'r', custom: { type: 'redis', metadata: { server: 'redis://:hunter2@cache', name: 'hunter2', type: 'hunter2' } } }] } }) },
    { reason: 'how a volume is mounted', patch: template({ volumes: [{ name: 'v', storageType: 'AzureFile', storageName: 's', mountOptions: 'password=hunter2' }] }) },
    { reason: 'the user of a registry', patch: { properties: { configuration: { registries: [{ server: 'a.io', username: 'hunter2', passwordSecretRef: 'p' }] } } } },
    { reason: 'a field of a part that no model knows', patch: { properties: { configuration: { dapr: { enabled: true, appId: 'a', token: 'hunter2' } } } } },
    { reason: 'a tag of ours', patch: { tags: { 'trueup-tenant': 'hunter2' } } },
    { reason: 'a whole container', patch: template({ containers: [{ name: 'evil', image: 'x:1', command: ['hunter2'], env: [{ name: 'T', value: 'hunter2' }] }] }) },
  ])('shows no secret that somebody typed in: $reason', async ({ patch }) => {
    world.byHand(patch);
    expect((await world.scan()).length).toBeGreaterThan(0);
    expect(JSON.stringify([world.store.emitted, world.open()])).not.toContain('hunter2');
    expect(JSON.stringify(world.open())).toMatch(/not shown, [0-9a-f]{8}/);
  });
});

describe('replicas', () => {
  const path = 'properties.template.scale';
  it.each([
    { running: 4, found: [], reason: 'the autoscaler inside the bounds' },
    { running: 5, found: [`replicas-out-of-bounds medium checkout ${path}.maxReplicas`], reason: 'more than the policy allows' },
    { running: 0, found: [`replicas-out-of-bounds high checkout ${path}.minReplicas`], reason: 'fewer than the policy allows' },
    { running: null, found: [], reason: 'no such revision is no number' },
  ])('$running are judged when they stay: $reason', async ({ running, found }) => {
    world.live.replicas = async () => running;
    expect(await world.scan()).toEqual([]);
    expect(await world.scan()).toEqual(found);
  });

  it('that are out of bounds for a moment are no drift, however often it is looked', async () => {
    world.live.replicas = async () => 9;
    await world.scan();
    await world.say('ScanDrift', { environment: 'staging' });
    expect(world.open()).toEqual([]);
    world.live.replicas = async () => 2;
    expect(await world.scan()).toEqual([]);
    world.live.replicas = async () => 9;
    expect(await world.scan()).toEqual([]);
  });
});

describe('apps', () => {
  it('that are gone are told from those that never came', async () => {
    await world.scan();
    world.apps.remove(world.app('checkout'));
    world.declare(2, [firstRelease, desiredService({ name: 'catalog' })]);
    expect(await world.scan()).toEqual(['missing high checkout ']);
    expect(await world.scan()).toEqual(['missing high checkout ', 'never-applied medium catalog ']);
  });

  it('that are gone before the first scan were there: the deployment said so', async () => {
    world.apps.remove(world.app('checkout'));
    expect(await world.scan()).toEqual(['missing high checkout ']);
  });

  it('under a declared name that were never deployed to are one finding, not one for each field', async () => {
    const { app } = desiredService({ name: 'catalog', image: 'somebody/elses:1' });
    world.apps.place(world.app('catalog'), { ...app, tags: {} });
    world.declare(2, [firstRelease, desiredService({ name: 'catalog' })]);
    await world.scan();
    expect(await world.scan()).toEqual(['never-applied medium catalog ']);
  });

  it('that nobody declares are found, those of another environment are not', async () => {
    const { app } = desiredService({ name: 'stray' });
    world.apps.place(world.app('stray'), { ...app, tags: {} });
    world.apps.place(world.app('theirs'), { ...app, tags: { [tagNames.environment]: 'prod' } });
    world.apps.place(world.app('foreign'), { ...app, tags: { [tagNames.repository]: '8' } });
    world.apps.place(world.app('elsewhere'), { ...app, tags: {}, properties: { ...app.properties, environmentId: '/x/managedEnvironments/other' } });
    expect(await world.scan()).toEqual(['unmanaged low stray ']);
  });

  it('whose document is wrong are not judged: what is open stays', async () => {
    world.byHand(ingress({ targetPort: 9090 }));
    const before = await world.scan();
    world.declare(2, [], { invalid: [{ kind: 'RuntimeService', name: 'checkout' }] });
    expect(await world.scan()).toEqual(before);
  });

  it('in the middle of a write are not judged', async () => {
    world.byHand(ingress({ targetPort: 9090 }));
    const before = await world.scan();
    const apps = await world.live.apps(...([] as unknown as Parameters<typeof world.live.apps>));
    world.live.apps = async () => apps.map((app) => ({ ...app, provisioningState: 'InProgress', raw: {} }));
    expect(await world.scan()).toEqual(before);
  });
});

describe('between Git and what was applied', () => {
  it('a merge that never arrived is one finding, and what runs is judged by what was applied', async () => {
    world.declare(2, [checkout('1.0.1')]);
    expect(await world.scan(), 'it may be on its way').toEqual([]);
    expect(await world.scan()).toEqual(['never-applied medium checkout tags.trueup-digest']);
    world.byHand(ingress({ targetPort: 9090 }));
    expect(await world.scan()).toEqual(['changed high checkout properties.configuration.ingress.targetPort', 'never-applied medium checkout tags.trueup-digest']);
  });

  const takenBack = 'never-applied low checkout tags.trueup-rolled-back';

  it('a failed release that was taken back is said as long as Git declares it, and what ran before is right', async () => {
    world.declare(2, [checkout('2.0.0-crash')]);
    await world.deploy(2, ['checkout']);
    expect(world.progress().state).toBe('RolledBack');
    await world.say('RuntimeDeploymentRolledBack', world.progress());
    await world.scan();
    expect(await world.scan()).toEqual([takenBack]);
    expect(world.open()).toMatchObject([{ summary: 'The release was rolled back; Git still declares it' }]);
    world.byHand(ingress({ targetPort: 9090 }));
    expect(await world.scan()).toEqual(['changed high checkout properties.configuration.ingress.targetPort', takenBack]);
    world.declare(3, [firstRelease]);
    expect(await world.scan(), 'Git was reverted').toEqual(['changed high checkout properties.configuration.ingress.targetPort']);
  });

  it('is the same when the store was emptied: the tags and Git know', async () => {
    world.declare(2, [checkout('2.0.0-crash')]);
    await world.deploy(2, ['checkout']);
    world.store.clear();
    await world.say('RuntimeEnvironmentProvisioned', { environment: 'staging', commit: commitAt(2), generation: 2, digest: 'd', managedEnvironmentId: 'id', defaultDomain: 'd' });
    await world.scan();
    expect(await world.scan()).toEqual([takenBack]);
    world.byHand(ingress({ targetPort: 9090 }));
    expect(await world.scan()).toEqual(['changed high checkout properties.configuration.ingress.targetPort', takenBack]);
  });

  it('nobody takes a release back by a tag', async () => {
    const old = checkout('0.9.0');
    world.declare(2, [old]);
    world.declare(3, [firstRelease]);
    world.byHand({ ...container({ image: old.image }), tags: { [tagNames.rolledBack]: firstRelease.digest, [tagNames.digest]: old.digest, [tagNames.commit]: commitAt(2), [tagNames.generation]: '2' } });
    expect(await world.scan()).toEqual(['changed high checkout properties.template.containers[checkout].image']);
  });

  it('a release that was taken back after it completed is not known good any more', async () => {
    world.declare(2, [checkout('1.0.1')]);
    await world.deploy(2, ['checkout']);
    await world.say('RuntimeDeploymentCompleted', world.progress());
    await world.send('RollbackDeployment', { environment: 'staging', services: [], by: 'octocat', reason: 'A person said so.' });
    await world.advance();
    expect(world.progress().state).toBe('RolledBack');
    await world.say('RuntimeDeploymentRolledBack', world.progress());
    await world.scan();
    expect(await world.scan()).toEqual([takenBack]);
  });
});

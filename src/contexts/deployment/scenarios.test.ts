import { describe, expect, it } from 'vitest';
import { failWhen } from '../../../test/support/delivery.ts';
import { commitAt, deploymentWorld, inAzure, tenant, type DeploymentWorld } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment, desiredSecretBinding, desiredService, release } from '../../../test/support/desired.ts';
import { Conflict, NotAllowed, NotSent, OutOfBounds } from '../../kernel/errors.ts';
import type { DesiredService } from '../../kernel/desired-state.ts';

const checkout = (tag: string, more: Parameters<typeof desiredService>[0] = {}): DesiredService => release('checkout', tag, more);
const worker = (tag: string): DesiredService => checkout(tag, { ingress: null, health: { readiness: null, liveness: null } });
const nameOf = (service: DesiredService): string => `checkout--${service.revisionSuffix}`;
const observe = async (world: DeploymentWorld) => {
  const app = await world.apps.observe(tenant, world.app('checkout'), { aborted: false });
  if (app === null) throw new Error('there is no app');
  return app;
};

/** With a secret that the container reads. */
function withSecret(tag: string, version: string): { readonly service: DesiredService; readonly binding: ReturnType<typeof desiredSecretBinding> } {
  const binding = desiredSecretBinding({ version });
  const plain = checkout(tag);
  const template = { containers: [{ name: 'checkout', image: plain.image, env: [{ name: binding.env, secretRef: binding.appSecretName }] }], revisionSuffix: `t${version.slice(0, 2)}${plain.revisionSuffix.slice(3)}` };
  const { appSecretName: name, keyVaultUrl, identityId: identity } = binding;
  const configuration = { ...plain.app.properties.configuration, secrets: [{ name, keyVaultUrl, identity }] };
  const app = { ...plain.app, properties: { ...plain.app.properties, configuration, template } };
  return { binding, service: desiredService({ ...plain, app, revisionSuffix: template.revisionSuffix, digest: `${plain.digest}-${version}`, secrets: [binding.name] }) };
}

describe('a newer deployment', () => {
  it('takes over at a checkpoint what the older one had not finished', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.0')]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [checkout('1.0.1-slow')]);
    await world.start(2, ['checkout']);
    for (let ticks = 0; ticks < 12; ticks += 1) await world.tick();
    expect(world.progress().state).toBe('HealthGating');
    const v3 = checkout('1.0.2');
    world.declare(3, [v3, desiredService({ name: 'catalog' })]);
    await world.deploy(3, ['catalog']);
    expect(world.states().slice(-9)).toEqual(['Requested', 'Superseded', 'Provisioning', 'Configuring', 'RollingOut', 'HealthGating', 'Promoting', 'HealthGating', 'Completed']);
    expect(world.steps()).toEqual(['catalog done', 'checkout done']);
    const { revisions } = (world.apps.snapshot() as { revisions: { name: string; active: boolean }[] }[])[0] ?? { revisions: [] };
    expect(revisions.filter(({ active }) => active).map(({ name }) => name)).toEqual([nameOf(v3)]);
  });

  it('never interrupts a write', async () => {
    const world = deploymentWorld(undefined, { acceptedMs: 500 });
    world.declare(1, [checkout('1.0.0')]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [checkout('1.0.1')]);
    await world.start(2, ['checkout']);
    const written = world.apps.writes.length;
    while (world.apps.writes.length === written) await world.tick();
    expect((await observe(world)).provisioningState).toBe('InProgress');
    world.declare(3, [checkout('1.0.2')]);
    await world.start(3, ['checkout']);
    await world.tick();
    expect(world.progress()).toMatchObject({ generation: 3, state: 'Requested' });
    expect(world.states()).not.toContain('Superseded');
    await world.advance();
    expect(world.progress()).toMatchObject({ generation: 3, state: 'Completed' });
  });

  it('replaces one that waits, and says so', async () => {
    const world = deploymentWorld();
    for (const generation of [1, 2, 3]) {
      world.declare(generation, [checkout(`1.0.${generation}`), desiredService({ name: `s${generation}` })]);
      await world.send('Deploy', { environment: 'staging', services: [`s${generation}`], commit: commitAt(generation), generation });
    }
    const ended = world.store.emitted.filter(({ type }) => type === 'RuntimeDeploymentSuperseded');
    expect(ended).toMatchObject([{ payload: { deploymentId: 'staging-2', generation: 2 } }]);
  });
});

describe('what a deployment waits for', () => {
  const about = { environment: 'staging', commit: commitAt(1), generation: 1 };
  const binding = desiredSecretBinding();
  const { digest } = desiredEnvironment();
  const provisioned = { ...about, digest, managedEnvironmentId: 'id', defaultDomain: 'd' };
  const bound = { ...about, binding: binding.name, tenant: 'contoso', digest: binding.digest };
  const refused = { ...about, binding: binding.name, tenant: 'contoso', reason: 'The secret is disabled', needs: 'Enable it.' };

  function world(): DeploymentWorld {
    const made = deploymentWorld();
    made.declare(1, [checkout('1.0.0', { secrets: [binding.name] })], { secrets: [binding] });
    return made;
  }

  it('may arrive before, in any order and twice', async () => {
    const made = world();
    await made.send('SecretBound', bound);
    await made.send('RuntimeEnvironmentProvisioned', provisioned);
    const before = JSON.stringify(made.store.snapshot());
    await made.send('SecretBound', bound);
    await made.send('RuntimeEnvironmentProvisioned', provisioned);
    expect(JSON.parse(before)).toMatchObject(Object.fromEntries(Object.keys(made.store.snapshot()).map((key) => [key, expect.anything()])));
    await made.send('Deploy', { ...about, services: ['checkout'] });
    await made.advance();
    expect(made.progress().state).toBe('Completed');
  });

  it('ends it when it is refused', async () => {
    const made = world();
    await made.send('RuntimeEnvironmentProvisioned', provisioned);
    await made.send('Deploy', { ...about, services: ['checkout'] });
    await made.send('SecretBindingRefused', refused);
    await made.advance();
    expect(made.progress()).toMatchObject({ state: 'Failed', reason: expect.stringContaining('The secret is disabled'), needs: 'Enable it. It is deployed with the next merge, or when you re-run the check.' });
    expect(made.apps.writes).toEqual([]);
  });

  it('is asked again by a later commit: an old refusal does not count at once', async () => {
    const made = world();
    await made.send('SecretBindingRefused', refused);
    await made.send('RuntimeEnvironmentProvisioned', provisioned);
    made.clock.advance(1000);
    made.declare(2, [checkout('1.0.0', { secrets: [binding.name] })], { secrets: [binding] });
    await made.send('Deploy', { ...about, commit: commitAt(2), generation: 2, services: ['checkout'] });
    for (let ticks = 0; ticks < 6; ticks += 1) await made.tick();
    expect(made.progress()).toMatchObject({ state: 'Configuring', reason: 'Waiting for secret payments-api-key' });
    await made.send('SecretBound', { ...bound, commit: commitAt(2), generation: 2 });
    await made.advance();
    expect(made.progress().state).toBe('Completed');
  });

  it('does not last for ever', async () => {
    const made = world();
    await made.send('Deploy', { ...about, services: ['checkout'] });
    await made.advance();
    expect(made.progress()).toMatchObject({ state: 'Failed', reason: 'Not done within 30 minutes. Waiting for the environment' });
  });

  it('never comes for a commit that is out of bounds', async () => {
    const made = deploymentWorld(failWhen((method) => (method === 'at' ? new OutOfBounds('The vault is not granted.', { needs: 'Ask the operator.' }) : null)));
    await made.send('RuntimeTenantBindingRefused', { environment: 'staging', commit: commitAt(1), generation: 1, tenant: 'contoso', reason: 'r', needs: 'n' });
    await made.send('Deploy', { ...about, services: ['checkout'] });
    await made.advance();
    expect(made.progress()).toMatchObject({ state: 'Failed', reason: 'The vault is not granted.', needs: 'Ask the operator. It is deployed with the next merge, or when you re-run the check.' });
  });

  it('is a binding of each tenant in production', async () => {
    const made = deploymentWorld();
    made.declare(1, [checkout('1.0.0')], { stage: 'prod' });
    await made.send('Deploy', { ...about, services: ['checkout'] });
    await made.advance();
    expect(made.progress()).toMatchObject({ state: 'Failed', needs: expect.stringContaining('RuntimeTenantBinding') });
  });
});

describe('what runs before', () => {
  it.each([
    { reason: 'in single mode', mode: 'Single', traffic: undefined },
    { reason: 'in single mode with traffic by name', mode: 'Single', traffic: [{ revisionName: 'checkout--hand', weight: 100 }] },
    { reason: 'whose traffic follows the latest', mode: 'Multiple', traffic: [{ latestRevision: true, weight: 100 }] },
  ])('an app $reason is pinned by name with people where they are, before anything is made', async ({ mode, traffic: before }) => {
    const world = deploymentWorld();
    const old = checkout('0.9.0', { revisionSuffix: 'hand' });
    world.apps.place(world.app('checkout'), { ...old.app, tags: {}, properties: { ...old.app.properties, configuration: { activeRevisionsMode: mode, ingress: { external: true, targetPort: 8080, ...(before && { traffic: before }) } } } });
    const v1 = checkout('1.0.0');
    world.declare(1, [v1]);
    expect(await world.deploy(1, ['checkout'])).toMatchObject({ state: 'Completed', services: [{ previousRevision: 'checkout--hand' }] });
    const traffic = world.apps.writes.slice(1).map((write) => write.traffic.map(({ revision, weight }) => `${revision} ${weight}`).join(' '));
    expect(traffic).toEqual(['checkout--hand 100', 'checkout--hand 100', `${nameOf(v1)} 100`, `${nameOf(v1)} 100`]);
  });

  it.each([
    { tags: { 'trueup-repository': '8' }, reason: 'another repository' },
    { tags: { 'trueup-repository': '7', 'trueup-environment': 'prod' }, reason: 'another environment' },
  ])('an app that belongs to $reason is left alone', async ({ tags }) => {
    const world = deploymentWorld();
    world.apps.place(world.app('checkout'), { ...checkout('0.9.0').app, tags });
    world.declare(1, [checkout('1.0.0'), desiredService({ name: 'catalog' })]);
    expect(await world.deploy(1, ['catalog', 'checkout'])).toMatchObject({ state: 'Failed', needs: expect.stringContaining('tags') });
    expect(world.apps.writes.length).toBe(1);
  });

  it('a service without ingress ends its old revision when the new one is ready', async () => {
    const world = deploymentWorld();
    world.declare(1, [worker('1.0.0')]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [worker('1.0.1')]);
    expect(await world.deploy(2, ['checkout'])).toMatchObject({ state: 'Completed', services: [{ url: null }] });
    expect(world.apps.writes.map(({ verb }) => verb)).toEqual(['create', 'patch', 'deactivate']);
    world.declare(3, [worker('1.0.2-crash')]);
    expect(await world.deploy(3, ['checkout'])).toMatchObject({ state: 'RolledBack' });
    expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ active: false }, { active: true }, { active: false }] }]);
    world.declare(4, [worker('1.0.3-crash')]);
    expect(await world.deploy(4, ['checkout'])).toMatchObject({ state: 'RolledBack', services: [{ previousRevision: nameOf(worker('1.0.1')) }] });
    expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ active: false }, { active: true }, { active: false }, { active: false }] }]);
  });

  it('weights that a person set stay until the new revision takes everything', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.0')]);
    await world.deploy(1, ['checkout']);
    world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'hand', containers: [{ name: 'checkout', image: 'x/checkout:hot' }] }, configuration: { ingress: { traffic: [{ revisionName: nameOf(checkout('1.0.0')), weight: 30 }, { revisionName: 'checkout--hand', weight: 70 }] } } } });
    world.declare(2, [checkout('1.0.1-crash')]);
    expect(await world.deploy(2, ['checkout'])).toMatchObject({ state: 'RolledBack' });
    expect((await observe(world)).traffic).toMatchObject([{ weight: 30 }, { revision: 'checkout--hand', weight: 70 }]);
  });
});

describe('secrets', () => {
  const setUp = async (world: DeploymentWorld, generation: number, { service, binding }: ReturnType<typeof withSecret>) => {
    world.declare(generation, [service], { secrets: [binding] });
    await world.send('SecretBound', { environment: 'staging', commit: commitAt(generation), generation, binding: binding.name, tenant: 'contoso', digest: binding.digest });
    return world.deploy(generation, ['checkout']);
  };
  const secretsOf = (world: DeploymentWorld): readonly string[] => {
    const [app] = world.apps.snapshot() as { body: { properties: { configuration: { secrets?: { name: string }[] } } } }[];
    return (app?.body.properties.configuration.secrets ?? []).map(({ name }) => name);
  };
  const [one, two, three] = [withSecret('1.0.0', 'aaaa'), withSecret('1.0.0', 'bbbb'), withSecret('1.0.0', 'cccc')];

  it('stay as long as a revision may use them, an ended one too: Azure would hang otherwise', async () => {
    const world = deploymentWorld();
    await setUp(world, 1, one);
    expect(await setUp(world, 2, two)).toMatchObject({ state: 'Completed' });
    expect(secretsOf(world)).toEqual([two.binding.appSecretName, one.binding.appSecretName]);
    expect(await setUp(world, 3, three)).toMatchObject({ state: 'Completed' });
    expect(secretsOf(world)).toEqual([three, two, one].map(({ binding }) => binding.appSecretName));
  });

  it('survive a rollback', async () => {
    const world = deploymentWorld();
    await setUp(world, 1, one);
    expect(await setUp(world, 2, withSecret('2.0.0-crash', 'bbbb'))).toMatchObject({ state: 'RolledBack' });
    expect(secretsOf(world)).toContain(one.binding.appSecretName);
  });

  it('that nobody may read stop it before anything is written', async () => {
    const world = deploymentWorld();
    const { app } = checkout('0.9.0');
    const configuration = { ...app.properties.configuration, secrets: [{ name: 'typed-in', value: 'x' }] };
    world.apps.place(world.app('checkout'), { ...app, tags: {}, properties: { ...app.properties, configuration: { ...configuration, ingress: { external: true, targetPort: 8080, traffic: [{ revisionName: nameOf(checkout('0.9.0')), weight: 100 }] } } } });
    expect(await setUp(world, 1, one)).toMatchObject({ needs: expect.stringContaining('typed-in') });
    expect(world.apps.writes.length).toBe(1);
  });
});

describe('corrections', () => {
  it('drift is taken back with the same release, without a second revision of it', async () => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0');
    world.declare(1, [v1]);
    await world.deploy(1, ['checkout']);
    const traffic = [{ revisionName: nameOf(v1), weight: 100 }];
    world.apps.byHand(world.app('checkout'), { properties: { template: { revisionSuffix: 'hand', containers: [{ name: 'checkout', image: 'x/checkout:hot' }] }, configuration: { ingress: { traffic } } } });
    await world.send('RemediateDrift', { environment: 'staging', commit: commitAt(1), generation: 1, services: ['checkout'], reason: 'keep Git' });
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'Completed', generation: 1 });
    const app = await observe(world);
    expect(app.raw).toMatchObject({ properties: { template: { containers: [{ image: v1.image }] } } });
    expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ name: nameOf(v1), active: true, weight: 100 }, { name: 'checkout--hand' }] }]);
    const sequences = world.store.emitted.flatMap(({ type, payload }) => (type.startsWith('RuntimeDeployment') ? [(payload as { sequence: number }).sequence] : []));
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  });

  it('a completed deployment goes back on command, and wakes what it had ended', async () => {
    const world = deploymentWorld();
    const v1 = checkout('1.0.0');
    world.declare(1, [v1]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [checkout('1.0.1')]);
    await world.deploy(2, ['checkout']);
    await world.send('RollbackDeployment', { environment: 'staging', services: [], by: 'octocat', reason: 'a person asked' });
    await world.advance();
    expect(world.progress()).toMatchObject({ state: 'RolledBack', reason: 'octocat took it back: a person asked' });
    expect((await observe(world)).traffic).toMatchObject([{ revision: nameOf(v1), weight: 100 }]);
    expect(world.apps.snapshot()).toMatchObject([{ revisions: [{ active: true }, { active: false }] }]);
  });

  it('the first release of a service has nothing to go back to', async () => {
    const world = deploymentWorld();
    world.declare(1, [checkout('1.0.1')]);
    await world.deploy(1, ['checkout']);
    const before = inAzure(world);
    await world.send('RollbackDeployment', { environment: 'staging', services: ['checkout'], by: 'octocat', reason: 'a person asked' });
    await world.advance();
    expect(inAzure(world)).toEqual(before);
  });
});

describe('what Azure answers', () => {
  it.each([
    { error: new Conflict('busy', {}), reason: 'somebody else writes', shown: 'Another write is running in Azure' },
    { error: new NotAllowed('no', {}), reason: 'a right is missing', shown: 'Azure denies access' },
    { error: new NotSent('drains', { code: 'Draining' }), reason: 'the worker drains, and nobody is in the way', shown: 'Stopped before anything was sent; it goes on by itself' },
  ])('is waited for and shown: $reason', async ({ error, shown }) => {
    let refusals = 3;
    const world = deploymentWorld(failWhen((method) => (method === 'create' && refusals-- > 0 ? error : null)));
    world.declare(1, [checkout('1.0.0')]);
    expect(await world.deploy(1, ['checkout'])).toMatchObject({ state: 'Completed', reason: null, needs: null });
    const said = world.store.emitted.flatMap(({ type, payload }) => (type === 'RuntimeDeploymentProgressed' ? [(payload as { reason: string | null }).reason] : []));
    expect(said.filter((reason) => reason === shown)).toHaveLength(1);
  });
});


import { beforeEach, describe, expect, it } from 'vitest';
import { commitAt } from '../../../test/support/deployment-world.ts';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { healthWorldWith, type HealthWorld } from '../../../test/support/health-world.ts';
import { OutOfBounds } from '../../kernel/errors.ts';

const environment = 'staging';

describe('health', () => {
  let world: HealthWorld;
  beforeEach(async () => {
    world = await healthWorldWith(desiredService({ image: 'contoso.azurecr.io/checkout:1.0.0' }));
    await world.say('CheckHealth', { environment });
  });

  it('is said first, and again only when it changes or after ten minutes', async () => {
    expect(world.heard('HealthCheckCompleted')).toMatchObject([{ verdict: 'healthy', previous: null, services: [{ service: 'checkout', checks: [{ kind: 'liveness' }, { kind: 'readiness' }, { kind: 'dependency' }] }] }]);
    world.clock.advance(30_000);
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted')).toHaveLength(1);
    world.clock.advance(600_000);
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted')).toHaveLength(2);
    world.azure.environment = 'Failed';
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'unhealthy', previous: 'healthy' });
  });

  it('keeps when the verdict began', async () => {
    const began = world.heard('HealthCheckCompleted')[0]?.since;
    world.clock.advance(900_000);
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)?.since).toBe(began);
  });

  it('of an app that is gone is not the same as of one that never was', async () => {
    world.apps.remove(world.app('checkout'));
    world.declare(2, [desiredService({ image: 'contoso.azurecr.io/checkout:1.0.0' }), desiredService({ name: 'catalog' })]);
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)?.services).toMatchObject([{ service: 'checkout', verdict: 'unhealthy' }, { service: 'catalog', verdict: 'no-data' }]);
  });

  it('of a service without ingress follows the revision that a rollback put back', async () => {
    const worker = (tag: string) => desiredService({ image: `x/checkout:${tag}`, ingress: null, health: { readiness: null, liveness: null } });
    const rolled = await healthWorldWith(worker('1.0.0'));
    rolled.declare(2, [worker('2.0.0-crash')]);
    expect(await rolled.deploy(2, ['checkout'])).toMatchObject({ state: 'RolledBack' });
    await rolled.say('CheckHealth', { environment });
    expect(rolled.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'healthy' });
  });

  it('is unknown while Azure cannot be read for long, never healthy', async () => {
    world.azure.isDown = true;
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'no-data', previous: 'healthy' });
    world.azure.isDown = false;
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'healthy', previous: 'no-data' });
  });

  it('says of which deployment it began after, also when nothing else changed', async () => {
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ generation: 1 });
    world.declare(2, [desiredService({ image: 'contoso.azurecr.io/checkout:2.0.0' })]);
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted'), 'the deployment has not ended').toHaveLength(1);
    await world.deploy(2, ['checkout']);
    await world.say('RuntimeDeploymentCompleted', world.progress());
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').slice(1)).toMatchObject([{ verdict: 'healthy', previous: 'healthy', generation: 2 }]);
  });

  it('is of what really serves when a release was rolled back, and says so', async () => {
    world.declare(2, [desiredService({ image: 'contoso.azurecr.io/checkout:2.0.0-unready' })]);
    expect(await world.deploy(2, ['checkout'])).toMatchObject({ state: 'RolledBack' });
    await world.say('RuntimeDeploymentRolledBack', world.progress());
    await world.say('CheckHealth', { environment });
    const last = world.heard('HealthCheckCompleted').at(-1);
    expect(last).toMatchObject({ verdict: 'healthy', generation: 2 });
    expect(last?.services[0]?.checks[0]?.detail).toContain('another release runs than declared');
  });

  it('of another revision starts without the errors of the one before', async () => {
    const [served] = world.apps.list();
    world.azure.requests = [{ revision: served?.latestReadyRevision ?? '', total: 100, serverErrors: 60 }];
    world.clock.advance(180_000);
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'unhealthy' });
    world.declare(2, [desiredService({ image: 'contoso.azurecr.io/checkout:2.0.0', revisionSuffix: 't2222222222' })]);
    const at = world.clock.now();
    await world.deploy(2, ['checkout']);
    world.clock.advance(at + 60_000 - world.clock.now());
    await world.say('RuntimeDeploymentCompleted', world.progress());
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'healthy' });
  });

  it('is no data without a grant, said once, and watched slowly until the grant is back', async () => {
    const granted = world.desired.current;
    let asked = 0;
    const check = async (): Promise<number> => {
      world.clock.advance(30_000);
      await world.say('CheckHealth', { environment });
      return world.heard('HealthCheckCompleted').length;
    };
    world.desired.current = async () => {
      asked += 1;
      return Promise.reject(new OutOfBounds('Not yours.', { needs: 'Ask the operator.' }));
    };
    expect([await check(), await check(), await check()]).toEqual([2, 2, 2]);
    expect(asked).toBe(1);
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'no-data', previous: 'healthy', services: [{ service: 'checkout', verdict: 'no-data', checks: [{ detail: expect.stringContaining('not granted') }] }] });
    world.desired.current = granted;
    expect(await check(), 'rests').toBe(2);
    world.clock.advance(5 * 60_000);
    expect(await check(), 'granted again').toBe(3);
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'healthy', previous: 'no-data' });
  });

  it('is looked at at once when a deployment ends while it rests', async () => {
    const granted = world.desired.current;
    world.desired.current = async () => Promise.reject(new OutOfBounds('Not yours.', { needs: 'Ask the operator.' }));
    await world.say('CheckHealth', { environment });
    world.desired.current = granted;
    await world.say('RuntimeDeploymentCompleted', world.progress());
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'healthy', previous: 'no-data' });
  });

  it('of a service that is declared wrongly is no data, and unhealthy when it goes, before and after the repair', async () => {
    const healthy = desiredService({ name: 'catalog' });
    const checkout = desiredService({ image: 'contoso.azurecr.io/checkout:1.0.0' });
    world.declare(2, [healthy], { invalid: [{ kind: 'RuntimeService', name: 'checkout' }, { kind: 'SecretBinding', name: 'key' }] });
    await world.deploy(2, ['catalog']);
    await world.say('CheckHealth', { environment });
    const checked = () => {
      const last = world.heard('HealthCheckCompleted').at(-1);
      return [last?.verdict, ...(last?.services ?? []).map(({ service, tenant: owner, verdict }) => `${service} of ${owner}: ${verdict}`)];
    };
    expect(checked()).toEqual(['no-data', 'catalog of contoso: healthy', 'checkout of contoso: no-data']);
    world.apps.remove(world.app('checkout'));
    await world.say('CheckHealth', { environment });
    expect(checked()).toEqual(['unhealthy', 'catalog of contoso: healthy', 'checkout of contoso: unhealthy']);
    world.declare(3, [healthy, checkout]);
    await world.say('CheckHealth', { environment });
    world.clock.advance(600_000);
    await world.say('CheckHealth', { environment });
    expect(checked()).toEqual(['unhealthy', 'catalog of contoso: healthy', 'checkout of contoso: unhealthy']);
  });

  it('of a service that is declared wrongly stays no data, and its memory, while Azure cannot be read', async () => {
    world.declare(2, [], { invalid: [{ kind: 'RuntimeService', name: 'checkout' }] });
    world.azure.isDown = true;
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'no-data', services: [{ service: 'checkout', verdict: 'no-data' }] });
    world.azure.isDown = false;
    world.apps.remove(world.app('checkout'));
    await world.say('CheckHealth', { environment });
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'unhealthy' });
  });

  it('lists the replicas of a steady revision every five minutes, and of another at once', async () => {
    const check = async (times: number): Promise<HealthWorld['reads']> => {
      Object.assign(world.reads, { states: 0, replicas: 0 });
      for (let one = 0; one < times; one += 1) {
        world.clock.advance(30_000);
        await world.say('CheckHealth', { environment });
      }
      return { ...world.reads };
    };
    expect(await check(20), 'ten minutes of rest').toEqual({ states: 18, replicas: 2 });
    world.desired.declare(commitAt(2), 2, desiredEnvironment({ services: [desiredService({ image: 'contoso.azurecr.io/checkout:1.0.0', replicas: { min: 2, max: 4 } })] }));
    expect(await check(1), 'fewer replicas than declared').toEqual({ states: 1, replicas: 1 });
    const [served] = world.apps.list();
    world.azure.requests = [{ revision: served?.latestReadyRevision ?? '', total: 100, serverErrors: 60 }];
    await check(5);
    expect(world.heard('HealthCheckCompleted').at(-1)).toMatchObject({ verdict: 'unhealthy' });
    expect(await check(3), 'what is not healthy is not read twice').toEqual({ states: 0, replicas: 3 });
  });

  it('is not asked for an environment that is not declared any more', async () => {
    world.desired.declare(commitAt(2), 2);
    await world.say('CheckHealth', { environment });
    expect(Object.keys(world.store.snapshot()).filter((key) => key.includes('HealthCheckResult'))).toEqual([]);
  });
});

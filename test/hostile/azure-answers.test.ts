import { describe, expect, test } from 'vitest';
import { Conflict, NotAllowed, Unavailable } from '../../src/kernel/errors.ts';
import { azureUnderTest, checkout, contoso, signal } from '../support/azure-under-test.ts';
import { deploymentWorld, type DeploymentWorld } from '../support/deployment-world.ts';
import { failWhen, type Faults } from '../support/delivery.ts';
import { release } from '../support/desired.ts';
import { azureCases, leaked, type AzureCase } from './azure-cases.ts';

async function met({ call, answer }: AzureCase): Promise<unknown> {
  await using azure = await azureUnderTest(({ method }) => (call === 'operation' && method === 'PUT' ? { status: 201, body: {} } : answer));
  switch (call) {
    case 'read':
      return await azure.apps.observe(contoso, checkout, signal);
    case 'write':
      return await azure.apps.patch(contoso, checkout, {}, signal);
    case 'operation':
      // The answer to the write has no header that says where to look.
      return await azure.apps.operation(contoso, await azure.apps.create(contoso, checkout, { location: 'westeurope' } as never, signal), signal);
  }
}

describe('Azure answers', () => {
  test.each(azureCases)('$call: $reason', async (row) => {
    const ended = await met(row).catch((error: unknown) => error);
    if (row.is === null) expect(ended).toBeNull();
    else expect(ended).toMatchObject(row.is);
    const said = ended instanceof Error ? [ended.message, ended.stack, JSON.stringify(ended), String(ended.cause ?? '')].join('\n') : JSON.stringify(ended);
    expect(said).not.toContain(leaked);
    expect(said.length).toBeLessThan(5000);
  });

  test('one request for each: nobody goes on asking by himself', async () => {
    for (const status of [429, 500, 503, 409]) {
      await using azure = await azureUnderTest(() => ({ status, headers: { 'retry-after': '0' } }));
      await azure.apps.patch(contoso, checkout, {}, signal).catch(() => undefined);
      expect(azure.azure.requests, String(status)).toHaveLength(1);
    }
  });
});

interface Lasting {
  readonly reason: string;
  readonly faults: (isOn: () => boolean) => Faults;
  readonly lastsMs: number;
  readonly ends: object;
}

const minute = 60_000;
const meeting = (error: Error, ...methods: readonly string[]): Lasting['faults'] => (isOn) => failWhen((called) => (methods.includes(called) && isOn() ? error : null));

/** Operations that never end. */
function neverDone(isOn: () => boolean): Faults {
  const { wrap, ...counted } = failWhen(() => null);
  const running = async (): Promise<unknown> => ({ status: 'running', lookAgainMs: 5000 });
  return { ...counted, wrap: (port) => wrap(new Proxy(port, { get: (target, property) => (property === 'operation' && isOn() ? running : Reflect.get(target, property)) })) };
}

const busy = new Conflict('busy', { code: 'ContainerAppOperationInProgress' });
const denied = new NotAllowed('denied', { code: 'AuthorizationFailed' });
const reading = ['observe', 'revision', 'revisions', 'operation', 'apps', 'replicas'];
const writing = ['create', 'patch', 'activate', 'deactivate'];

const lasting: readonly Lasting[] = [
  { reason: 'somebody else writes for a while', faults: meeting(busy, 'patch'), lastsMs: 10 * minute, ends: { state: 'Completed', reason: null } },
  { reason: 'somebody else writes for an hour, which is more than a write is waited for', faults: meeting(busy, 'patch'), lastsMs: 60 * minute, ends: { state: 'Failed', reason: expect.stringContaining('Another write') } },
  { reason: 'a role for writing is taken away for a while', faults: meeting(denied, 'patch'), lastsMs: 10 * minute, ends: { state: 'Completed', reason: null } },
  { reason: 'a role for writing is taken away for good', faults: meeting(denied, 'patch'), lastsMs: 600 * minute, ends: { state: 'Failed', reason: expect.stringContaining('denies access') } },
  { reason: 'every role is taken away for a while', faults: meeting(denied, ...reading, ...writing), lastsMs: 5 * minute, ends: { state: 'Completed', reason: null } },
  { reason: 'Azure is away for a while', faults: meeting(new Unavailable('away', {}), ...reading, ...writing), lastsMs: 5 * minute, ends: { state: 'Completed', reason: null } },
  { reason: 'an operation never ends', faults: neverDone, lastsMs: 600 * minute, ends: { state: 'RolledBack', reason: expect.stringContaining('did not finish') } },
];

describe('a deployment', () => {
  test.each(lasting)('comes to a state that is shown, without haste, when $reason', async ({ faults, lastsMs, ends }) => {
    let world: DeploymentWorld | null = null;
    let began: number | null = null;
    const isOn = (): boolean => world !== null && began !== null && world.clock.now() - began < lastsMs;
    const met = faults(isOn);
    world = deploymentWorld(met);
    world.declare(1, [release('checkout', '1.0.0')]);
    await world.deploy(1, ['checkout']);
    world.declare(2, [release('checkout', '2.0.0')]);
    began = world.clock.now();
    const before = met.methods().length;
    await world.start(2, ['checkout']);
    await world.advance(20_000);
    expect(world.progress()).toMatchObject(ends);
    if (world.progress().state !== 'Completed') expect(world.progress().needs ?? '').not.toBe('');
    // What a subscription is asked, of the 200 reads and writes a minute that it may be asked at the least.
    const asked = met.methods().slice(before).filter((method) => reading.includes(method) || writing.includes(method)).length;
    expect(asked / Math.max(1, (world.clock.now() - began) / minute), 'calls of Azure a minute').toBeLessThan(90);
  });
});

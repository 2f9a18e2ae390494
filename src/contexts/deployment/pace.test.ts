import { describe, expect, it, vi } from 'vitest';
import { envelopeOf } from '../../../test/support/delivery.ts';
import { tenant } from '../../../test/support/deployment-world.ts';
import { rolloutRelease, rolloutWorld, type RolloutWorld } from '../../../test/support/rollout-world.ts';
import type { MessageType } from '../../kernel/messages/catalogue.ts';
import type { ServiceProgress } from '../../kernel/messages/deployment.ts';

const operationMs = 12_000;

async function running(names: readonly string[] = ['checkout']): Promise<RolloutWorld> {
  const world = rolloutWorld();
  await world.merge(1, names.map((name) => rolloutRelease(1, undefined, { name })));
  await world.drive();
  return world;
}

describe('how often Azure is asked about a write', () => {
  it('once where it has ended by the time that Azure asks to wait for', async () => {
    const world = await running();
    const asked = vi.spyOn(world.apps, 'operation');
    const before = world.apps.writes.length;
    await world.merge(2, [rolloutRelease(2)]);
    await world.drive();
    expect(world.progress().state).toBe('Completed');
    const writes = world.apps.writes.slice(before).filter(({ verb }) => verb !== 'deactivate');
    expect(writes).toHaveLength(4);
    expect(asked).toHaveBeenCalledTimes(writes.length);
  });

  it('closely on the way back: what serves again is known two seconds after Azure is done', async () => {
    const world = await running();
    world.says.set(10, 'fail');
    await world.merge(2, [rolloutRelease(2)]);
    await world.drive({ until: () => world.progress().state === 'RollingBack' });
    const began = world.clock.now();
    await world.drive();
    expect(world.progress().state).toBe('RolledBack');
    expect(world.clock.now() - began).toBeLessThanOrEqual(operationMs + 2500);
  });

  it('and one that waits for its operation holds up no other', async () => {
    const names = ['checkout', 'catalog', 'cart'];
    const world = await running(names);
    const sentAt: number[] = [];
    const { patch } = world.apps;
    vi.spyOn(world.apps, 'patch').mockImplementation((...sent) => {
      sentAt.push(world.clock.now());
      return patch(...sent);
    });
    await world.merge(2, names.map((name) => rolloutRelease(2, undefined, { name })));
    await world.drive({ until: () => sentAt.length === 3 });
    expect(Math.max(...sentAt) - Math.min(...sentAt)).toBeLessThanOrEqual(2000);
  });
});

describe('how often a deployment is announced', () => {
  const numbers = ({ gates, detail }: ServiceProgress): unknown => [gates.map(({ detail: said }) => said), detail];

  it('each stage with what it ended with', async () => {
    const world = await running();
    await world.merge(2, [rolloutRelease(2)]);
    const from = world.store.emitted.length;
    await world.drive();
    const told = world.store.emitted.slice(from).flatMap(({ payload }) => ('services' in payload && 'state' in payload ? [payload] : []));
    const judged = told.flatMap(({ services }) => services.filter((one): one is ServiceProgress => 'gates' in one && one.step === 'gating'));
    expect(new Set(judged.map((one) => JSON.stringify(numbers(one)))).size).toBeGreaterThan(4);
    const ended = told.flatMap(({ services }) => services.filter((one): one is ServiceProgress => 'gates' in one && (one.step === 'promoting' || one.step === 'promoted' || one.step === 'retiring')));
    for (const weight of [0, 10, 50, 100]) {
      const last = ended.find((one) => one.weight === weight);
      expect(last?.gates.map(({ answer }) => answer), `${weight} %`).toEqual(last?.gates.map(() => 'pass'));
      expect(last?.gates.length, `${weight} %`).toBeGreaterThan(2);
    }
  });
});

it('what people send, and the look that they wait for, go before the other looks', () => {
  const { context, clock } = rolloutWorld();
  const isUrgent = (on: MessageType, payload: object): boolean => {
    const found = context.reactions.find((one) => one.on === on);
    // Whether it is urgent is read from the payload alone.
    return found?.urgent?.(envelopeOf(on, tenant, payload as never, clock)) ?? false;
  };
  const environment = 'staging';
  const by = { environment, by: 'octocat' };
  const rows = [
    ['AbortDeployment', { ...by, reason: '' }, true],
    ['RollbackDeployment', { ...by, reason: '', services: [] }, true],
    ['PauseDeployments', by, true],
    ['ResumeDeployments', by, true],
    ['AdvanceDeployment', { environment, urgent: true }, true],
    ['AdvanceDeployment', { environment }, false],
  ] as const;
  expect(rows.map(([on, payload]) => isUrgent(on, payload))).toEqual(rows.map(([, , wanted]) => wanted));
});

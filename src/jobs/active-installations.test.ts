import { describe, expect, test } from 'vitest';
import { envelopeOf, testClock } from '../../test/support/delivery.ts';
import { tenantId } from '../kernel/ids.ts';
import { activeInstallations } from './active-installations.ts';

const envelope = envelopeOf('CheckHealth', tenantId(100, 7, 'contoso'), { environment: 'staging' });
const of = (ask: (installation: number) => Promise<boolean>, clock = testClock()) => activeInstallations(ask, () => ({ allowed: true }), clock);

describe('work of an installation', () => {
  test.each([
    { reason: 'that is active is done', ask: async () => true, allowed: true },
    { reason: 'that is suspended or gone waits', ask: async () => false, allowed: 'not-now' },
    { reason: 'that GitHub says nothing about goes on', ask: () => Promise.reject(new Error('away')), allowed: true },
  ])('$reason', async ({ ask, allowed }) => {
    expect(await of(ask)('deployment', envelope)).toMatchObject({ allowed });
  });

  test('stops within a minute also after nobody looked for long, and asks no oftener', async () => {
    const { clock, look, world } = answering(true);
    expect([await look(), await look(), world.asked]).toEqual([true, true, 1]);
    world.isActive = false;
    clock.advance(59_000);
    expect([await look(), world.asked]).toEqual([true, 1]);
    clock.advance(3_600_000);
    expect([await look(), await look(), world.asked]).toEqual(['not-now', 'not-now', 2]);
  });

  test('goes on with the first message after the installation is back', async () => {
    const { clock, look, world } = answering(false);
    expect(await look()).toBe('not-now');
    world.isActive = true;
    clock.advance(5000);
    expect([await look(), world.asked]).toEqual([true, 2]);
  });
});

/** A GitHub that answers with what `world` says at that moment. */
function answering(isActive: boolean) {
  const clock = testClock();
  const world = { isActive, asked: 0 };
  const guard = of(async () => {
    world.asked += 1;
    return world.isActive;
  }, clock);
  return { clock, world, look: async () => (await guard('deployment', envelope)).allowed };
}

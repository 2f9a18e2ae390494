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

  test('stops within a minute, goes on within another, and asks no oftener', async () => {
    const clock = testClock();
    let active = true;
    let asked = 0;
    const guard = of(async () => {
      asked += 1;
      return active;
    }, clock);
    const settled = async () => {
      for (let look = 0; look < 5; look += 1) await guard('deployment', envelope);
      return (await guard('deployment', envelope)).allowed;
    };
    expect(await settled()).toBe(true);
    active = false;
    expect([await settled(), asked]).toEqual([true, 1]);
    clock.advance(60_000);
    expect([await settled(), asked]).toEqual(['not-now', 2]);
    active = true;
    clock.advance(60_000);
    expect([await settled(), asked]).toEqual([true, 3]);
  });
});

import { describe, expect, it } from 'vitest';
import { observedApp } from '../../../../test/support/observed.ts';
import { fc, test } from '../../../../test/support/property.ts';
import type { TrafficWeight } from '../../../kernel/container-app.ts';
import type { PinnedTraffic } from './service-rollout.ts';
import { allTo, dividedWith, servedBy, servedWithout, weightIn, wireTraffic } from './traffic.ts';

const next = 'checkout--t0000000002';
const entry = (revision: string, weight: number, label: string | null = null): PinnedTraffic => ({ revision, weight, label });
const appWith = (...traffic: TrafficWeight[]) => observedApp({ traffic });

describe('traffic divided with what served before', () => {
  it.each([
    { before: [entry('a', 100)], weight: 10, expected: ['a 90', `${next} 10`], reason: 'the one before has the rest' },
    { before: [entry('a', 30), entry('b', 70)], weight: 10, expected: ['a 27', 'b 63', `${next} 10`], reason: 'weights of a person keep their proportions' },
    { before: [entry('a', 33), entry('b', 33), entry('c', 34)], weight: 50, expected: ['a 17', 'b 16', 'c 17', `${next} 50`], reason: 'what rounding loses is given to somebody' },
    { before: [entry('a', 100), entry('c', 0, 'blue')], weight: 25, expected: ['a 75', 'c 0', `${next} 25`], reason: 'a label without weight stays without' },
    { before: [entry('a', 100)], weight: 0, expected: ['a 100', `${next} 0`], reason: 'nothing for the new one is nothing lost for the other' },
  ])('$reason', ({ before, weight, expected }) => {
    expect(dividedWith(before, next, weight, appWith()).map((one) => `${one.revision} ${one.weight}`)).toEqual(expected);
  });

  it('leaves labels of people where they are by now, and takes its own away', () => {
    const app = appWith({ revision: 'a', weight: 100, label: 'stable' }, { revision: next, weight: 0, label: 'trueup-next' });
    expect(dividedWith([entry('a', 100, 'old')], next, 10, app)).toEqual([entry('a', 90, 'stable'), entry(next, 10)]);
    expect(allTo(next, app)).toEqual([entry(next, 100), entry('a', 0, 'stable')]);
  });
});

it.each([
  { reason: 'too little', traffic: [entry('a', 90), entry(next, 9)] },
  { reason: 'too much', traffic: [entry('a', 100), entry(next, 1)] },
  { reason: 'nothing', traffic: [] },
])('is never sent where it does not sum to 100: $reason', ({ traffic }) => {
  expect(() => wireTraffic(traffic)).toThrow('traffic weights sum to');
});

const names = ['a', 'b', 'c', 'd', next];
const served = fc
  .uniqueArray(fc.record({ revision: fc.constantFrom(...names), share: fc.integer({ min: 0, max: 1000 }) }), { minLength: 1, selector: ({ revision }) => revision })
  .filter((list) => list.some(({ share, revision }) => share > 0 && revision !== next))
  .map((list) => {
    const sum = list.reduce((all, { share }) => all + share, 0);
    const whole = list.map(({ revision, share }) => entry(revision, Math.floor((share * 100) / sum)));
    const lost = 100 - whole.reduce((all, { weight }) => all + weight, 0);
    return whole.map((one, index) => (index === whole.findIndex(({ revision }) => revision !== next) ? { ...one, weight: one.weight + lost } : one));
  });

test('whatever served, weights sum to 100, nobody has less than nothing, and the new revision has exactly its own', () =>
  fc.assert(
    fc.property(served, fc.integer({ min: 0, max: 100 }), (before, weight) => {
      const divided = dividedWith(before, next, weight, appWith());
      expect(divided.reduce((sum, one) => sum + one.weight, 0)).toBe(100);
      expect(divided.every((one) => one.weight >= 0 && Number.isInteger(one.weight))).toBe(true);
      expect(weightIn(divided, next)).toBe(weight);
      expect(() => wireTraffic(divided)).not.toThrow();
    }),
  ));

test('without some of it, the rest serves everybody in its own proportions', () =>
  fc.assert(
    fc.property(served, fc.subarray(names), (before, out) => {
      const left = servedWithout(before, new Set(out));
      const rest = before.filter(({ revision }) => !out.includes(revision));
      const sum = rest.reduce((all, { weight }) => all + weight, 0);
      expect(left === null).toBe(sum === 0);
      if (left === null) return;
      expect(left.reduce((all, { weight }) => all + weight, 0)).toBe(100);
      for (const { revision, weight } of rest) expect(Math.abs(weightIn(left, revision) - (weight * 100) / sum)).toBeLessThan(1);
    }),
  ));

describe('what is served', () => {
  const revisions = ['a', 'b', 'checkout--t0000000001', next].map((name) => ({ name }));

  it.each([
    { traffic: [{ revision: 'a', weight: 100, label: null }, { revision: next, weight: 0, label: 'trueup-next' }], expected: [entry('a', 100)], reason: 'a preview that an ended deployment left is nothing that is served' },
    { traffic: [{ revision: 'a', weight: 100, label: 'stable' }, { revision: 'b', weight: 0, label: 'blue' }], expected: [entry('a', 100, 'stable'), entry('b', 0, 'blue')], reason: 'labels of people are' },
    { traffic: [{ revision: 'a', weight: 60, label: null }, { revision: 'gone', weight: 40, label: null }], expected: [entry('a', 100)], reason: 'what does not exist is given to the main one' },
  ])('$reason', ({ traffic, expected }) => {
    expect(servedBy(appWith(...traffic), revisions)).toEqual(expected);
  });
});

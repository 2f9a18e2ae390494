import { describe, expect, it } from 'vitest';
import { seededChance, tailOf } from '../../../../test/support/chance.ts';
import { weightedDraw } from './weighted-draw.ts';

/** As rare as this happens to nobody: one wrong alarm in some hundred million runs. */
const never = 1e-9;

describe('a weighted draw', () => {
  const edges = [
    { reason: 'the lowest number draws the first that has a weight', chance: 0, weights: [0, 10, 90], who: 1 },
    { reason: 'just below the first one\'s share', chance: 0.0999, weights: [0, 10, 90], who: 1 },
    { reason: 'where the next one\'s share begins', chance: 0.1, weights: [0, 10, 90], who: 2 },
    { reason: 'the highest number draws the last that has a weight', chance: 1 - 2 ** -32, weights: [10, 90, 0], who: 1 },
    { reason: 'weights need not sum to a hundred', chance: 0.5, weights: [1, 1], who: 1 },
    { reason: 'nobody has a weight', chance: 0.5, weights: [0, 0], who: null },
    { reason: 'nobody is there', chance: 0.5, weights: [], who: null },
  ];
  it.each(edges)('$reason', ({ chance, weights, who }) => {
    expect(weightedDraw(weights.map((weight, index) => ({ who: index, weight })), () => chance)).toBe(who);
  });

  it('is independent of the one before: a canary of ten percent is drawn twice in a row as often as chance has it', () => {
    const chance = seededChance(7);
    const draws = Array.from({ length: 20_001 }, () => weightedDraw([{ who: 'old', weight: 90 }, { who: 'canary', weight: 10 }], chance));
    const pairs = draws.slice(1).filter((who, index) => who === 'canary' && draws[index] === 'canary').length;
    const first = draws.slice(0, -1).filter((who) => who === 'canary').length;
    expect(tailOf(draws.length, 0.1, draws.filter((who) => who === 'canary').length)).toBeGreaterThan(never);
    // Rounds that are spread evenly have no such pair.
    expect(tailOf(first, 0.1, pairs)).toBeGreaterThan(never);
    expect(tailOf(first, 0.1, 0)).toBeLessThan(never);
  });
});

describe('the tail that bounds are held against', () => {
  const known = [
    { reason: 'none of ten fair coins', tries: 10, probability: 0.5, hits: 0, tail: 1 / 1024 },
    { reason: 'nine or ten of ten', tries: 10, probability: 0.5, hits: 9, tail: 11 / 1024 },
    { reason: 'one or none of three in four', tries: 3, probability: 0.75, hits: 1, tail: 10 / 64 },
    { reason: 'what cannot happen', tries: 5, probability: 0, hits: 1, tail: 0 },
    { reason: 'what must happen', tries: 5, probability: 1, hits: 5, tail: 1 },
  ];
  it.each(known)('$reason', ({ tries, probability, hits, tail }) => {
    expect(tailOf(tries, probability, hits)).toBeCloseTo(tail, 12);
  });
});

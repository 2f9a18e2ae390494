import { describe, expect, it } from 'vitest';
import { countedFrom, healthRequests } from './stage-minutes.ts';

const minute = 60_000;
const inStage = (bakeMs: number, stageSince: number | null) => ({ stages: [{ weight: 10, bakeMs, purpose: 'step' as const }], stage: 0, stageSince });

describe("a stage's minutes", () => {
  it.each([
    { reason: 'begin with its first full one', bakeMs: minute, since: 100.2 * minute, from: 101 * minute },
    { reason: 'all of them when it began with one', bakeMs: minute, since: 100 * minute, from: 100 * minute },
    { reason: 'a stage that is shorter has none of its own', bakeMs: minute - 1, since: 100.2 * minute, from: 100.2 * minute },
    { reason: 'none while its weight is being set', bakeMs: minute, since: null, from: null },
  ])('$reason', ({ bakeMs, since, from }) => {
    expect(countedFrom(inStage(bakeMs, since))).toBe(from);
  });
});

describe('requests of health checks', () => {
  it.each([
    { reason: 'with all of the traffic every one of them', weight: 100, ms: 5 * minute, most: 11 },
    { reason: 'of a canary its share, and what chance adds', weight: 10, ms: 5 * minute, most: 6 },
    { reason: 'chance weighs less the longer it lasts', weight: 10, ms: 7 * 24 * 60 * minute, most: 2187 },
    { reason: 'none without traffic', weight: 0, ms: 5 * minute, most: 0 },
    { reason: 'one at least', weight: 100, ms: -1, most: 1 },
  ])('$most: $reason', ({ weight, ms, most }) => {
    expect(healthRequests(weight, ms)).toBe(most);
  });
});

import { describe, expect, it } from 'vitest';
import { desiredRollout, desiredService } from '../../../../test/support/desired.ts';
import { isAtRest, isThrough } from './checkpoint.ts';
import { lateIn } from './overdue.ts';
import { newRollout, type ServiceRollout } from './service-rollout.ts';
import { hasArrived, isOpenFor, judgedAnew, stageAwaited, stageEntered, stageGoesOn, stageIntended } from './stage-moves.ts';
import { planStages } from './stages.ts';
import { defaultTiming } from './timing.ts';

const minute = 60_000;
const canary = desiredRollout({ strategy: 'canary', steps: [{ weight: 10, bakeMs: 30 * minute }], watchMs: minute });
const stages = [...planStages(desiredService({ rollout: canary }), true)];
const rollout = (service: string, more: Partial<ServiceRollout> = {}): ServiceRollout => ({ ...newRollout(service), stages, step: 'gating', stageSince: 0, touched: true, ...more });

describe('the barrier before the first traffic', () => {
  const [ready, gating] = [rollout('cart', { step: 'ready' }), rollout('catalog')];

  it.each([
    { others: [gating], isOpen: false, reason: 'another of the commit has not proven itself' },
    { others: [{ ...gating, step: 'ready' as const }], isOpen: true, reason: 'all have' },
    { others: [{ ...gating, stage: 1 }], isOpen: true, reason: 'another is further on' },
    { others: [{ ...gating, independent: true }], isOpen: true, reason: 'an independent one is nobody to wait for' },
    { others: [{ ...gating, step: 'unchanged' as const }], isOpen: true, reason: 'what runs already has nothing to prove' },
    { others: [{ ...gating, goesBack: true }], isOpen: true, reason: 'what goes back is nobody to wait for' },
  ])('$reason: $isOpen', ({ others, isOpen }) => {
    expect(isOpenFor(ready, [ready, ...others])).toBe(isOpen);
  });

  it('is none for an independent service, nor does it wait to end its old revision', () => {
    const own = { ...ready, independent: true };
    expect(isOpenFor(own, [own, gating])).toBe(true);
    const promoted = { ...own, step: 'promoted' as const };
    expect(hasArrived(promoted, [promoted, gating])).toBe(true);
    expect(hasArrived({ ...promoted, independent: false }, [{ ...promoted, independent: false }, gating])).toBe(false);
  });
});

describe('a move to the next stage', () => {
  const judged = rollout('cart', { step: 'ready', gates: [{ gate: 'revision', answer: 'pass', detail: 'd', samples: null, threshold: null, since: 0, at: 0, failures: 0 }], gate: { successes: 3, restarts: { first: 0, last: 2 } } });

  it('is intended, then entered: judged from zero there, and what restarted before is not its matter', () => {
    const moving = stageIntended(judged, 5);
    expect(moving).toMatchObject({ step: 'promoting', stage: 1, stageSince: null, movingSince: 5, operation: null });
    expect(stageEntered(moving, { stage: 1, weight: 10, at: 9 })).toMatchObject({ step: 'gating', stageSince: 9, weight: 10, gates: [], gate: { successes: 0, restarts: { first: 2, last: 2 } } });
  });

  it('that was not sent is dropped, and it stands where it had passed', () => {
    expect(stageAwaited(stageIntended(judged, 5), 7)).toMatchObject({ step: 'ready', stage: 0, stageSince: 7, movingSince: null });
  });

  it('passed before and not any more, its time begins anew without another bake', () => {
    const passed = rollout('cart', { step: 'ready', stage: 1, stageSince: 0 });
    expect(stageGoesOn(passed, 90 * minute)).toMatchObject({ step: 'gating', stageSince: 60 * minute, unseenMs: 0 });
  });

  it('judged anew has no memory of its failure', () => {
    expect(judgedAnew({ ...judged, step: 'gating', failure: { weight: 0, reason: 'r', gates: [] } }, 4)).toMatchObject({ failure: null, gates: [], stageSince: 4, gate: { successes: 0, restarts: null } });
  });
});

describe('what takes too long', () => {
  const limits = { failures: 1, inconclusiveMs: 5 * minute, noDataMs: 8 * minute };
  const step = rollout('cart', { stage: 1 });
  const judgedFor = 30 * minute + 8 * minute + defaultTiming.gateMs;

  it.each([
    { one: step, at: judgedFor, what: null, reason: 'a declared bake and the limits of its gates are its own' },
    { one: step, at: judgedFor + 1, what: 'stage', reason: 'beyond them it is late' },
    { one: { ...step, unseenMs: minute }, at: judgedFor + minute, what: null, reason: 'a minute in which nobody looked is not held against it' },
    { one: { ...step, failure: { weight: 10, reason: 'r', gates: [] } }, at: judgedFor * 9, what: null, reason: 'what is held waits for a person' },
    { one: { ...step, step: 'ready' as const }, at: judgedFor * 9, what: null, reason: 'what has passed waits for others' },
    { one: stageIntended(step, 0), at: defaultTiming.writingMs + 1, what: 'weight', reason: 'a weight has a clock of its own' },
    { one: { ...step, goesBack: true, movingSince: 0 }, at: defaultTiming.writingMs + 1, what: 'way back', reason: 'so has a way back' },
    { one: { ...step, goesBack: true, movingSince: 0, step: 'restored' as const }, at: judgedFor * 9, what: null, reason: 'one that has ended has none' },
    { one: { ...step, step: 'retiring' as const, movingSince: 0 }, at: defaultTiming.writingMs + 1, what: 'old revisions', reason: 'old revisions that Azure keeps hold up nothing' },
  ])('$reason', ({ one, at, what }) => {
    expect(lateIn(one, limits, at, defaultTiming)?.what ?? null).toBe(what);
  });
});

describe('a newer deployment may take over', () => {
  it.each([
    { state: 'HealthGating' as const, one: rollout('cart'), isFree: true, reason: 'without traffic' },
    { state: 'HealthGating' as const, one: rollout('cart', { stage: 2, weight: 100 }), isFree: true, reason: 'in the watch, with all of it' },
    { state: 'HealthGating' as const, one: rollout('cart', { stage: 1, weight: 10 }), isFree: false, reason: 'users are divided' },
    { state: 'Promoting' as const, one: rollout('cart', { stage: 1, step: 'promoting' }), isFree: false, reason: 'a weight may be on its way' },
    { state: 'Held' as const, one: rollout('cart', { failure: { weight: 0, reason: 'r', gates: [] } }), isFree: true, reason: 'nobody has to answer first' },
    { state: 'HealthGating' as const, one: rollout('cart', { weight: 10, goesBack: true }), isFree: false, reason: 'its own way back has not ended' },
    { state: 'HealthGating' as const, one: rollout('cart', { goesBack: true, step: 'restored' }), isFree: true, reason: 'it has' },
    { state: 'HealthGating' as const, one: rollout('cart', { operation: 'op' }), isFree: false, reason: 'a write is in flight' },
    { state: 'RollingOut' as const, one: rollout('cart', { step: 'restoring', goesBack: true }), isFree: false, reason: 'what failed in its first write goes back first' },
    { state: 'HealthGating' as const, one: rollout('cart', { stage: 2, weight: 100, step: 'retiring' }), isFree: false, reason: 'it is through: only old revisions are left' },
    { state: 'RollingBack' as const, one: rollout('cart'), isFree: false, reason: 'the way back is gone to its end' },
  ])('$reason: $isFree', ({ state, one, isFree }) => {
    expect(isAtRest({ state, services: [one] })).toBe(isFree);
  });

  it('what goes back is not through', () => {
    expect(isThrough([rollout('cart', { goesBack: true, step: 'restored' })])).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../../../test/support/property.ts';
import type { OwnRequests } from '../service-rollout.ts';
import { ownRequestsSince, withOwnRequest } from './own-requests.ts';

const minute = 60_000;
const none: OwnRequests = { minutes: [], ms: [] };
const sentAt = (times: readonly number[]): OwnRequests => times.reduce((own, at) => withOwnRequest(own, { status: 200, ms: 1 }, { at, from: 0, isTimed: true }), none);

describe("the gate's own requests", () => {
  it('those before the stage count when they are of the same minute', () => {
    const own = sentAt([0.5 * minute, 1.1 * minute, 1.9 * minute, 2.5 * minute]);
    expect(ownRequestsSince(own, 1.8 * minute).sent).toBe(3);
    expect(ownRequestsSince(own, 2 * minute).sent).toBe(1);
  });

  it('server errors are kept apart and no answer is none', () => {
    const answers = [200, 503, null, 404];
    const own = answers.reduce((before, status) => withOwnRequest(before, { status, ms: 7 }, { at: minute, from: 0, isTimed: true }), none);
    expect(ownRequestsSince(own, minute)).toEqual({ sent: 4, errors: 1 });
    expect(own.ms).toEqual([7, 7]);
  });

  it('answers from a cold start are not timed', () => {
    expect(withOwnRequest(none, { status: 200, ms: 4000 }, { at: 0, from: 0, isTimed: false }).ms).toEqual([]);
  });

  it('of a stage are never put together with those before it', () => {
    const before = Array.from({ length: 60 }, (_, index) => index * minute);
    const own = Array.from({ length: 200 }, (_, index) => (60 + index) * minute).reduce(
      (known, at) => withOwnRequest(known, { status: 200, ms: 1 }, { at, from: 60 * minute, isTimed: true }),
      before.reduce((known, at) => withOwnRequest(known, { status: 503, ms: 1 }, { at, from: 0, isTimed: true }), none),
    );
    expect(ownRequestsSince(own, 60 * minute)).toEqual({ sent: 200, errors: 0 });
  });

  test('never fewer than were sent, and never more than a day of looks is kept', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * minute }), { minLength: 1, maxLength: 400 }), fc.nat(), (gaps, pick) => {
        const times = gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0));
        const own = sentAt(times);
        const from = times[pick % times.length] ?? 0;
        expect(ownRequestsSince(own, from).sent).toBeGreaterThanOrEqual(times.filter((at) => at >= from).length);
        expect(ownRequestsSince(own, 0).sent).toBe(times.length);
        expect(own.minutes.length).toBeLessThanOrEqual(64);
      }),
    );
  });
});

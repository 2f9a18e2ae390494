import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/property.ts';
import type { DesiredFreeze } from './desired-state.ts';
import { frozenAt } from './freeze-window.ts';

const hour = 3_600_000;
const freeze = (cron: string, hours: number, timezone = 'Europe/Berlin', reason: string | null = null): DesiredFreeze => ({ cron, timezone, durationMs: hours * hour, reason });
const weekend = freeze('0 18 * * 5', 62);
const nightly = freeze('30 2 * * *', 1);

function until(freezes: readonly DesiredFreeze[], at: string): string | null {
  const frozen = frozenAt(freezes, Date.parse(at));
  return frozen === null ? null : new Date(frozen.until).toISOString();
}

describe('a freeze window', () => {
  it.each([
    { reason: 'the moment before it begins is free', at: '2026-06-12T15:59:59.999Z', frozen: null },
    { reason: 'it begins with its first moment', at: '2026-06-12T16:00:00.000Z', frozen: '2026-06-15T06:00:00.000Z' },
    { reason: 'it holds all the while', at: '2026-06-14T00:00:00.500Z', frozen: '2026-06-15T06:00:00.000Z' },
    { reason: 'its last moment is inside', at: '2026-06-15T05:59:59.999Z', frozen: '2026-06-15T06:00:00.000Z' },
    { reason: 'its end is outside', at: '2026-06-15T06:00:00.000Z', frozen: null },
  ])('in summer: $reason', ({ at, frozen }) => {
    expect(until([weekend], at)).toBe(frozen);
  });

  it.each([
    { reason: 'winter reads the same cron an hour later', freezes: [weekend], at: '2026-01-09T16:30:00Z', frozen: null },
    { reason: 'winter reads the same cron an hour later', freezes: [weekend], at: '2026-01-09T17:00:00Z', frozen: '2026-01-12T07:00:00.000Z' },
    { reason: 'a weekend that loses an hour lasts as long', freezes: [weekend], at: '2026-03-29T12:00:00Z', frozen: '2026-03-30T07:00:00.000Z' },
    { reason: 'a weekend that gains an hour lasts as long', freezes: [weekend], at: '2026-10-25T12:00:00Z', frozen: '2026-10-26T06:00:00.000Z' },
    { reason: 'a time that is skipped begins in the hour after', freezes: [nightly], at: '2026-03-29T01:45:00Z', frozen: '2026-03-29T02:30:00.000Z' },
    { reason: 'and not before', freezes: [nightly], at: '2026-03-29T01:15:00Z', frozen: null },
    { reason: 'the night before is as ever', freezes: [nightly], at: '2026-03-28T01:45:00Z', frozen: '2026-03-28T02:30:00.000Z' },
    { reason: 'the night after is as ever', freezes: [nightly], at: '2026-03-30T00:45:00Z', frozen: '2026-03-30T01:30:00.000Z' },
    { reason: 'a time that comes twice begins twice, and joins', freezes: [nightly], at: '2026-10-25T00:45:00Z', frozen: '2026-10-25T02:30:00.000Z' },
    { reason: 'its second half holds', freezes: [nightly], at: '2026-10-25T02:00:00Z', frozen: '2026-10-25T02:30:00.000Z' },
    { reason: 'and ends', freezes: [nightly], at: '2026-10-25T02:30:00Z', frozen: null },
    { reason: 'a zone that never changes', freezes: [freeze('30 2 * * *', 1, 'UTC')], at: '2026-03-29T02:45:00Z', frozen: '2026-03-29T03:30:00.000Z' },
    { reason: 'a zone of half hours', freezes: [freeze('0 9 * * *', 1, 'Asia/Kolkata')], at: '2026-05-05T03:30:00Z', frozen: '2026-05-05T04:30:00.000Z' },
    { reason: 'the other side of the date line', freezes: [freeze('0 8 * * 1', 1, 'Pacific/Auckland')], at: '2026-06-14T20:15:00Z', frozen: '2026-06-14T21:00:00.000Z' },
  ])('$at: $reason', ({ freezes, at, frozen }) => {
    expect(until(freezes, at)).toBe(frozen);
  });

  it.each([
    { reason: 'none is declared', freezes: [], at: '2026-06-12T17:00:00Z', frozen: null },
    { reason: 'two that overlap hold until the later end', freezes: [freeze('0 10 * * *', 3, 'UTC'), freeze('0 12 * * *', 4, 'UTC')], at: '2026-06-12T10:30:00Z', frozen: '2026-06-12T16:00:00.000Z' },
    { reason: 'two that touch hold until the later end', freezes: [freeze('0 10 * * *', 2, 'UTC'), freeze('0 12 * * *', 4, 'UTC')], at: '2026-06-12T10:30:00Z', frozen: '2026-06-12T16:00:00.000Z' },
    { reason: 'one inside another changes nothing', freezes: [freeze('0 10 * * *', 8, 'UTC'), freeze('0 12 * * *', 1, 'UTC')], at: '2026-06-12T12:30:00Z', frozen: '2026-06-12T18:00:00.000Z' },
    { reason: 'one whose own windows overlap goes on', freezes: [freeze('0 8-12 * * *', 2, 'UTC')], at: '2026-06-12T08:30:00Z', frozen: '2026-06-12T14:00:00.000Z' },
    { reason: 'a gap is free', freezes: [freeze('0 10 * * *', 1, 'UTC'), freeze('0 12 * * *', 1, 'UTC')], at: '2026-06-12T11:30:00Z', frozen: null },
    { reason: 'a leap day is found from years after', freezes: [freeze('0 0 29 2 *', 24, 'UTC')], at: '2026-06-12T11:30:00Z', frozen: null },
  ])('$reason', ({ freezes, at, frozen }) => {
    expect(until(freezes, at)).toBe(frozen);
  });

  it('that never ends is no reason to look for ever', () => {
    const frozen = frozenAt([freeze('* * * * *', 1, 'UTC')], Date.parse('2026-06-12T11:30:00Z'));
    expect(frozen?.until).toBeGreaterThan(Date.parse('2026-06-13T00:00:00Z'));
  });

  it('that holds longest says why', () => {
    const freezes = [freeze('0 10 * * *', 3, 'UTC', 'lunch'), freeze('0 12 * * *', 4, 'UTC', 'the audit')];
    expect(frozenAt(freezes, Date.parse('2026-06-12T12:30:00Z'))?.reason).toBe('the audit');
  });

  it('property: free at the end that it names, and frozen just before it', () => {
    const windows = fc.record({ hours: fc.integer({ min: 1, max: 30 }), at: fc.integer({ min: 0, max: 23 }), zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York') });
    fc.assert(
      fc.property(fc.array(windows, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 366 * 24 * 60 }), (list, minutes) => {
        // Once a week each, so that no three of them cover it.
        const freezes = list.map(({ hours, at, zone }) => freeze(`0 ${at} * * ${hours % 7}`, hours, zone));
        const now = Date.UTC(2026, 0, 1) + minutes * 60_000;
        const frozen = frozenAt(freezes, now);
        if (frozen === null) return;
        expect(frozen.until).toBeGreaterThan(now);
        expect(frozenAt(freezes, frozen.until)).toBeNull();
        expect(frozenAt(freezes, frozen.until - 1)?.until).toBe(frozen.until);
      }),
      { numRuns: 60 },
    );
  });
});

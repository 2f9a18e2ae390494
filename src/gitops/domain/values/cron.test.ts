import { describe, expect } from 'vitest';
import { fc, test } from '../../../../test/support/property.ts';
import { frozenAt } from '../../../kernel/freeze-window.ts';
import { cron, everEnds } from './cron.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/** One field: anything, a number, a range, a list or a step. */
function field(min: number, max: number) {
  const number = fc.integer({ min, max });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  return fc.oneof(fc.constant('*'), number.map(String), range, fc.array(number, { minLength: 1, maxLength: 3 }).map((list) => list.join(',')), fc.integer({ min: 1, max: 20 }).map((step) => `*/${step}`));
}

const schedules = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)).map((fields) => fields.join(' '));

describe('schedules', () => {
  test.each([
    { text: '0 17 * * 5', ok: true, reason: 'Friday evening' },
    { text: '0 0 24-31 dec *', ok: true, reason: 'names of months' },
    { text: '*/15 9-17 * * MON-FRI', ok: true, reason: 'names of days, in upper case' },
    { text: '0 0 29 2 *', ok: true, reason: 'a day of some years' },
    { text: '0 0 30 2 1', ok: true, reason: 'either kind of day will do' },
    { text: '0 0 * * 7', ok: true, reason: 'Sunday is 7, too' },
    { text: '0 0 30 2 *', ok: false, reason: 'a day that never comes' },
    { text: '0 0 31 4,6,9,11 *', ok: false, reason: 'days that never come' },
    { text: '* * * * * *', ok: false, reason: 'seconds' },
    { text: '0 17 * *', ok: false, reason: 'four fields' },
    { text: '@daily', ok: false, reason: 'a word for it' },
    { text: '0 0 L * *', ok: false, reason: 'an extension of some' },
    { text: '0 0 * * 5#2', ok: false, reason: 'another' },
    { text: 'H 0 * * *', ok: false, reason: 'a time by chance' },
    { text: '0 0 ? * 5', ok: false, reason: 'a question mark' },
    { text: '60 0 * * *', ok: false, reason: 'a minute that is none' },
    { text: '5-1 * * * *', ok: false, reason: 'a range that falls' },
    { text: '*/0 * * * *', ok: false, reason: 'a step of nothing' },
    { text: '0 mon * * *', ok: false, reason: 'a day where the hour is' },
    { text: '0  17 * * 5', ok: false, reason: 'two spaces' },
    { text: '0 17 * * 5\n', ok: false, reason: 'a line break' },
    { text: '-1 * * * *', ok: false, reason: 'a negative minute' },
    { text: '', ok: false, reason: 'nothing' },
    { text: `${'0,'.repeat(100_000)}0 * * * *`, ok: false, reason: 'a list without end' },
  ])('$text: $reason', ({ text, ok }) => {
    expect(cron.safeParse(text).success).toBe(ok);
  });

  test.each([
    { schedule: '0 17 * * 5', lasts: 63 * hour, ends: true, reason: 'a weekend' },
    { schedule: '0 0 * * 1', lasts: 7 * day, ends: false, reason: 'a week, each week' },
    { schedule: '0 0 * * 1', lasts: 7 * day - minute, ends: true, reason: 'a minute less' },
    { schedule: '* * * * *', lasts: minute, ends: false, reason: 'a minute, each minute' },
    { schedule: '0 22 * * *', lasts: 8 * hour, ends: true, reason: 'nights' },
    { schedule: '0 22 * * *', lasts: 24 * hour, ends: false, reason: 'a day, each day' },
    { schedule: '0 0 * * 1-5', lasts: 30 * hour, ends: true, reason: 'days that run into each other, but for the weekend' },
    { schedule: '0 8,18 * * *', lasts: 13 * hour, ends: true, reason: 'the longer of two pauses' },
    { schedule: '0 8,18 * * *', lasts: 14 * hour, ends: false, reason: 'neither pause' },
    { schedule: '0 0 1 * *', lasts: 31 * day, ends: false, reason: 'the longest month' },
    { schedule: '0 0 1 * *', lasts: 30 * day, ends: true, reason: 'a month of 31 days' },
    { schedule: '0 0 24 12 *', lasts: 14 * day, ends: true, reason: 'once a year' },
    { schedule: '0 0 29 2 *', lasts: 31 * day, ends: true, reason: 'once in four years' },
  ])('$schedule for $lasts ms, ends: $ends: $reason', ({ schedule, lasts, ends }) => {
    expect(everEnds(schedule, lasts)).toBe(ends);
  });

  test('one that is taken can be read at any time, and one that never ends holds', () => {
    fc.assert(fc.property(schedules, fc.integer({ min: 1, max: 31 * 1440 }), fc.integer({ min: 0, max: 10 * 365 * 1440 }), (schedule, minutes, at) => {
      fc.pre(cron.safeParse(schedule).success);
      const now = Date.UTC(2026, 0, 1) + at * minute;
      const frozen = frozenAt([{ cron: schedule, timezone: 'UTC', durationMs: minutes * minute, reason: null }], now);
      if (!everEnds(schedule, minutes * minute)) expect(frozen).not.toBeNull();
    }), { numRuns: 200 });
  });

  test('one of each minute of 28 years takes no time', () => {
    const start = performance.now();
    for (let round = 0; round < 50; round += 1) everEnds('* * * * *', 31 * day);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

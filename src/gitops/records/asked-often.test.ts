import { describe, expect, test } from 'vitest';
import { askedOnceMore, commandedOnceMore, putOffMs, type AskedOften } from './asked-often.ts';

const start = Date.UTC(2026, 10, 24);
const [second, minute] = [1000, 60_000];
const isoAt = (ms: number): string => new Date(start + ms).toISOString();

describe('what is asked for again is done', () => {
  test.each([
    { done: [], at: 0, minutes: 0, reason: 'at once' },
    { done: [0], at: 0, minutes: 1, reason: 'then after a minute' },
    { done: [0], at: minute, minutes: 0, reason: 'which has passed' },
    { done: [0, 1], at: minute, minutes: 2, reason: 'then after two' },
    { done: Array.from({ length: 12 }, () => 0), at: 0, minutes: 60, reason: 'and in the end once an hour' },
    { done: Array.from({ length: 12 }, () => 0), at: 120 * minute, minutes: 0, reason: 'what is two hours ago is forgotten' },
  ])('$reason', ({ done, at, minutes }) => {
    const known = done.reduce<AskedOften>((all, after) => askedOnceMore(all, 'a', start + after * minute), {});
    expect(putOffMs(known, 'a', start + at)).toBe(minutes * minute);
    expect(putOffMs(known, 'b', start + at), 'something else is not put off for it').toBe(0);
  });
});

test('what is long ago is not kept', () => {
  const known = askedOnceMore(askedOnceMore({}, 'old', start), 'new', start + 121 * minute);
  expect(Object.keys(known)).toEqual(['new']);
});

describe('a command is answered', () => {
  interface Row {
    readonly reason: string;
    /** When each comes, in milliseconds. */
    readonly at: readonly number[];
    /** How long before each the comment was written that it may answer; null for none. */
    readonly after: number | null;
    readonly automatic: readonly boolean[];
  }
  const rows: readonly Row[] = [
    { reason: 'to a person who is quick, and to a program not after three', at: [0, 1, 2, 3, 4].map((n) => n * second), after: null, automatic: [false, false, false, true, true] },
    { reason: 'to somebody who reads what was answered', at: [0, 1, 2, 3, 4, 5].map((n) => n * 11 * second), after: 11 * second, automatic: [false, false, false, false, false, false] },
    { reason: 'not to who comments at once whenever we have written, however seldom', at: [0, 1, 2, 3].map((n) => n * 9 * minute), after: second, automatic: [false, false, false, true] },
    { reason: 'again after an hour of silence', at: [0, 0, 0, 0, 61 * minute], after: null, automatic: [false, false, false, true, false] },
    { reason: 'to a program not after a pause of a rollout', at: [0, 0, 0, 0, 50 * minute, 100 * minute], after: null, automatic: [false, false, false, true, true, true] },
    { reason: 'thirty times an hour at most', at: Array.from({ length: 31 }, (_, n) => n * minute), after: null, automatic: Array.from({ length: 31 }, (_, n) => n === 30) },
  ];
  test.each(rows)('$reason', ({ at, after, automatic }) => {
    let known: AskedOften = {};
    const seen = at.map((ms) => {
      const { asked, isAutomatic } = commandedOnceMore(known, 'Helper', start + ms, { at: isoAt(ms), written: after === null ? [] : [isoAt(ms - 3 * 60 * minute), isoAt(ms - after)] });
      known = asked;
      return isAutomatic;
    });
    expect(seen).toEqual(automatic);
  });

  test('whoever else asked', () => {
    const known = [0, 1, 2, 3].reduce<AskedOften>((all) => commandedOnceMore(all, 'helper', start, { at: isoAt(0), written: [] }).asked, {});
    expect(commandedOnceMore(known, 'constructor', start, { at: isoAt(0), written: [] }).isAutomatic).toBe(false);
    expect(commandedOnceMore(known, 'HELPER', start, { at: isoAt(0), written: [] }).isAutomatic, 'logins have no case').toBe(true);
  });
});

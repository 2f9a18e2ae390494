import { expect, test } from 'vitest';
import { dayAndTime, lasting, timeOfDay } from './times.ts';

test.each([
  { ms: 30_000, is: '30s' }, { ms: 60_000, is: '1m' }, { ms: 90_000, is: '90s' }, { ms: 600_000, is: '10m' }, { ms: 3_600_000, is: '1h' }, { ms: 5_400_000, is: '1h30m' }, { ms: 86_400_000, is: '24h' },
])('$ms ms last $is', ({ ms, is }) => {
  expect(lasting(ms)).toBe(is);
});

test('times are shown in UTC, and what is no time as it is', () => {
  expect([dayAndTime('2026-11-24T13:05:59+01:00'), timeOfDay('2026-11-24T12:05:59Z')]).toEqual(['2026-11-24 12:05 UTC', '12:05 UTC']);
  expect([dayAndTime('soon'), timeOfDay('soon')]).toEqual(['soon', 'soon']);
});

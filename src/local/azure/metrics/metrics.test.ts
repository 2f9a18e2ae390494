import { describe, expect, test } from 'vitest';
import { metricStore } from './metric-store.ts';
import { durationMs, timeSpan } from './time-span.ts';

const minute = 60_000;
const start = 1000 * minute;

describe('samples', () => {
  const sample = { app: '/apps/One', revision: 'one--a', pod: 'one--a-1', statusCode: 200, ms: 1 };

  test('arrive after the delay and count for the minute in which they were taken', () => {
    let now = start + 50_000;
    const store = metricStore({ now: () => now }, 90_000);
    store.request(sample);
    now += 20_000;
    store.request(sample);
    const counts = () => store.series('Requests', '/apps/one').map(({ minutes }) => [...minutes].map(([at, { count }]) => [at - start, count]));
    expect(counts()).toEqual([[]]);
    now += 70_000;
    expect(counts()).toEqual([[[0, 1]]]);
    now += 20_000;
    expect(counts()).toEqual([[[0, 1], [minute, 1]]]);
  });

  test('are kept for a day', () => {
    let now = start;
    const store = metricStore({ now: () => now }, 0);
    for (let index = 0; index < 1500; index += 1, now += minute) store.request(sample);
    const [series] = store.series('Requests', '/apps/one');
    expect(series?.minutes.size).toBe(1440);
    expect(series?.minutes.has(now - minute)).toBe(true);
  });

  test('of a gauge keep the lowest and the highest', () => {
    const store = metricStore({ now: () => start }, 0);
    for (const value of [2, 5, 3]) store.gauge('Replicas', { app: '/apps/one', revision: 'one--a', pod: null, value });
    expect(store.series('Replicas', '/apps/one').map(({ minutes }) => minutes.get(start))).toEqual([{ sum: 10, count: 3, minimum: 2, maximum: 5 }]);
  });
});

describe('time spans', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');

  test.each([
    { reason: 'start and end', text: '2026-01-01T10:00:00Z/2026-01-01T11:00:00Z', span: ['2026-01-01T10:00:00.000Z', '2026-01-01T11:00:00.000Z'] },
    { reason: 'start and duration', text: '2026-01-01T10:00:00Z/PT30M', span: ['2026-01-01T10:00:00.000Z', '2026-01-01T10:30:00.000Z'] },
    { reason: 'duration and end', text: 'PT30M/2026-01-01T10:00:00Z', span: ['2026-01-01T09:30:00.000Z', '2026-01-01T10:00:00.000Z'] },
    { reason: 'a duration until now', text: 'PT5M', span: ['2026-01-01T11:55:00.000Z', '2026-01-01T12:00:00.000Z'] },
    { reason: 'an end before the start', text: '2026-01-01T11:00:00Z/2026-01-01T10:00:00Z', span: null },
    { reason: 'words', text: 'yesterday', span: null },
    { reason: 'words and a duration', text: 'yesterday/PT1H', span: null },
    { reason: 'a time and words', text: '2026-01-01T11:00:00Z/later', span: null },
    { reason: 'two durations', text: 'PT1H/PT1H', span: null },
    { reason: 'three parts', text: '2026-01-01T10:00:00Z/2026-01-01T11:00:00Z/PT1H', span: null },
    { reason: 'one time alone', text: '2026-01-01T11:00:00Z', span: null },
  ])('read $reason', ({ text, span }) => {
    const read = timeSpan(text, now);
    expect(read && [new Date(read.from).toISOString(), new Date(read.to).toISOString()]).toEqual(span);
  });

  test.each([
    { reason: 'all parts', text: 'P1DT2H3M4S', ms: 93_784_000 },
    { reason: 'seconds in fractions', text: 'PT1.5S', ms: 1500 },
    { reason: 'nothing after P', text: 'P', ms: null },
    { reason: 'nothing after T', text: 'P1DT', ms: null },
    { reason: 'months, which have no length', text: 'P1M', ms: null },
  ])('last $reason', ({ text, ms }) => {
    expect(durationMs(text)).toBe(ms);
  });
});

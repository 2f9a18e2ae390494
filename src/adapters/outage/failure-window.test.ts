import { describe, expect, test } from 'vitest';
import { failureWindow } from './failure-window.ts';

const windowMs = 30_000;

interface Step {
  readonly count: number;
  readonly failed: boolean;
  /** Milliseconds between two of them. */
  readonly every: number;
  /** Milliseconds that each of them took. */
  readonly took?: number;
}

const good = (count: number, every = 100): Step => ({ count, failed: false, every });
const bad = (count: number, every = 100): Step => ({ count, failed: true, every });
const timedOut = (count: number): Step => ({ count, failed: true, every: 10, took: 30_000 });

function brokenAfter(steps: readonly Step[], later = 0): boolean {
  const window = failureWindow(windowMs);
  let now = 1_000_000;
  for (const { count, failed, every, took = 0 } of steps) {
    for (let call = 0; call < count; call += 1) {
      now += every;
      window.note(failed, now - took, now);
    }
  }
  return window.isBroken(now + later);
}

describe('calls to a place', () => {
  test.each<{ reason: string; steps: readonly Step[]; later?: number; is: boolean }>([
    { reason: 'nothing is known', steps: [], is: false },
    { reason: 'nine that fail at once say little', steps: [bad(9)], is: false },
    { reason: 'ten that fail', steps: [bad(10)], is: true },
    { reason: 'half of them fail', steps: [good(10), bad(10)], is: true },
    { reason: 'less than half of them fail', steps: [good(11), bad(10)], is: false },
    { reason: 'what was good long ago does not count', steps: [good(1000, 10), good(1, 30_000), bad(10)], is: true },
    { reason: 'what failed long ago does not count', steps: [bad(10), good(1, 31_000)], is: false },
    { reason: 'nobody called since ten failed in a row', steps: [bad(10)], later: 40_000, is: true },
    { reason: 'jobs that back off never bring ten together', steps: [bad(3, 15_000)], is: true },
    { reason: 'nine in a row within moments', steps: [bad(9, 1000)], is: false },
    { reason: 'two in a row say little, however long ago', steps: [bad(2, 60_000)], is: false },
    { reason: 'an answer ends the row', steps: [bad(4, 8000), good(1, 8000), bad(3, 8000)], is: false },
    { reason: 'three that began together and were given up together', steps: [timedOut(3)], is: true },
    { reason: 'two that were given up', steps: [timedOut(2)], is: false },
    { reason: 'others were answered while three hung', steps: [good(1), timedOut(3)], is: false },
  ])('$is: $reason', ({ steps, later, is }) => {
    expect(brokenAfter(steps, later)).toBe(is);
  });

  test('since when: the first failing call after the last answer', () => {
    const window = failureWindow(windowMs);
    window.note(true, 1000, 1000);
    window.note(false, 2000, 2000);
    expect(window.failingSince()).toBeNull();
    window.note(true, 3000, 4000);
    window.note(true, 2500, 5000);
    expect(window.failingSince()).toBe(2500);
    window.note(true, 1500, 6000);
    expect(window.failingSince()).toBe(2000);
    window.clear();
    expect(window.failingSince()).toBeNull();
  });
});

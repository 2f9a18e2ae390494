import { describe, expect, test } from 'vitest';
import { heartbeat, memoryFault } from './health.ts';

const gib = 2 ** 30;
const well = { heapUsed: 0.5 * gib, heapLimit: gib, resident: 0.5 * gib, constrained: gib };

describe('the memory', () => {
  test.each([
    { memory: well, fault: null, reason: 'half of it' },
    { memory: { ...well, heapUsed: 0.84 * gib }, fault: null, reason: 'a heap below the bound' },
    { memory: { ...well, heapUsed: 0.86 * gib }, fault: 'the heap is nearly full', reason: 'a heap beyond it' },
    { memory: { ...well, resident: 0.86 * gib }, fault: 'the memory is nearly full', reason: 'a container beyond it' },
    { memory: { ...well, resident: 20 * gib, constrained: 0 }, fault: null, reason: 'no container' },
  ])('$reason', ({ memory, fault }) => {
    expect(memoryFault(memory)).toBe(fault);
  });

  test('of this process is read', () => {
    expect(memoryFault()).toBeNull();
  });
});

describe('the event loop', () => {
  test.each([
    { stalledMs: 0, laterMs: 0, fault: null, reason: 'turns' },
    { stalledMs: 5400, laterMs: 0, fault: null, reason: 'was late, but not by 5 s' },
    { stalledMs: 6000, laterMs: 0, fault: 'the event loop stood still for 6 s', reason: 'stood still' },
    { stalledMs: 6000, laterMs: 14_000, fault: 'the event loop stood still for', reason: 'stood still a moment ago' },
  ])('$reason', ({ stalledMs, laterMs, fault }) => {
    let now = 0;
    using beat = heartbeat(() => now);
    now += stalledMs;
    const first = beat.fault();
    now += laterMs;
    if (fault === null) expect(beat.fault()).toBeNull();
    else expect([first, beat.fault()].map((text) => text?.startsWith(fault.slice(0, 25)))).toEqual([true, true]);
  });
});

import { describe, expect, test } from 'vitest';
import { Conflict, HeldBack, NotAllowed, Rejected, Throttled, Unavailable } from '../kernel/errors.ts';
import { backoffMs } from './backoff.ts';
import { decide, rowAfter, type Decision } from './decide.ts';

const minute = 60_000;
const random = () => 0.5;

interface Row {
  readonly reason: string;
  readonly error: unknown;
  readonly failures?: number;
  readonly failingMs?: number;
  readonly fate: Decision['fate'];
  readonly ms?: readonly [number, number];
}

const rows: readonly Row[] = [
  { reason: 'the service says when to come back', error: new Throttled('busy', { retryAfterMs: 30_000 }), fate: 'delay', ms: [30_000, 31_000] },
  { reason: 'a throttle without a time is not a hot loop', error: new Throttled('busy', { retryAfterMs: 0 }), fate: 'delay', ms: [1000, 2000] },
  { reason: 'an hour is a wait of the job, nobody sleeps in its place', error: new Throttled('busy', { retryAfterMs: 3_600_000 }), fate: 'delay', ms: [3_600_000, 3_601_000] },
  { reason: 'what was not sent did not fail', error: new HeldBack('Azure', { retryAfterMs: 45_000, since: 1 }), failures: 100, failingMs: 72 * 60 * minute, fate: 'delay', ms: [45_000, 45_000] },
  { reason: 'a budget is waited for', error: new HeldBack('GitHub', { retryAfterMs: 10, since: null }), failingMs: 72 * 60 * minute, fate: 'delay', ms: [1000, 1000] },
  { reason: 'another write runs: soon again', error: new Conflict('busy', {}), failures: 1, fate: 'delay', ms: [500, 1500] },
  { reason: 'a conflict that lasts is looked at less often', error: new Conflict('busy', {}), failures: 50, fate: 'delay', ms: [8000, 16_000] },
  { reason: 'an outage costs no attempt', error: new Unavailable('away', {}), failures: 40, fate: 'delay', ms: [150_000, 300_000] },
  { reason: 'an outage of more than a day is somebody\'s to look at', error: new Unavailable('away', {}), failingMs: 25 * 60 * minute, fate: 'dead-letter' },
  { reason: 'a wrong request stays wrong', error: new Rejected('wrong', { code: 'ContainerAppSecretInvalid' }), fate: 'dead-letter' },
  { reason: 'a missing right is granted by a person', error: new NotAllowed('no', {}), fate: 'delay', ms: [minute, 2 * minute] },
  { reason: 'a right that nobody grants ends as a dead letter', error: new NotAllowed('no', {}), failures: 12, fate: 'dead-letter' },
  { reason: 'a bug counts', error: new TypeError('x is undefined'), fate: 'retry' },
  { reason: 'what is thrown need not be an error', error: 'text', fate: 'retry' },
];

describe('decide', () => {
  test.each(rows)('$reason', ({ error, failures = 1, failingMs = 0, fate, ms }) => {
    const decision = decide({ error, failures, failingMs }, random);
    expect(decision.fate).toBe(fate);
    if (ms) {
      expect(decision).toHaveProperty('ms');
      const found = 'ms' in decision ? decision.ms : 0;
      expect(found).toBeGreaterThanOrEqual(ms[0]);
      expect(found).toBeLessThanOrEqual(ms[1]);
    }
  });

  test('a dead letter says the code, so that people can search for it', () => {
    const decision = decide({ error: new Rejected('Azure refused it', { code: 'ContainerAppSecretInvalid' }), failures: 1, failingMs: 0 }, random);
    expect(decision).toMatchObject({ reason: 'Rejected: Azure refused it (ContainerAppSecretInvalid)' });
  });
});

describe('the row of failures', () => {
  const hour = 60 * minute;
  const failing = { since: 0, times: 3 };
  const heldBack = new HeldBack('Azure', { retryAfterMs: 1000, since: 0 });
  test.each([
    { reason: 'begins with the first', row: {}, error: new Unavailable('away', {}), after: { failing: { since: hour, times: 1 } } },
    { reason: 'goes on', row: { failing }, error: new Unavailable('away', {}), after: { failing: { since: 0, times: 4 } } },
    { reason: 'does not begin while nothing is sent', row: {}, error: heldBack, after: {} },
    { reason: 'leaves out the time in which nothing is sent', row: { failing }, error: heldBack, after: { failing: { since: 2 * minute, times: 3 } } },
    { reason: 'never lies further ahead than it waits', row: { failing: { since: 5 * hour, times: 3 } }, error: heldBack, after: { failing: { since: hour + 2 * minute, times: 3 } } },
  ])('$reason', ({ row, error, after }) => {
    expect(rowAfter(row, error, hour, 2 * minute)).toEqual(after);
  });
});

describe('backoff', () => {
  test('doubles from 2 s to 5 min, with jitter', () => {
    const waits = [1, 2, 3, 9, 20].map((failures) => [backoffMs(failures, () => 0), backoffMs(failures, () => 1)]);
    expect(waits).toEqual([[1000, 2000], [2000, 4000], [4000, 8000], [150_000, 300_000], [150_000, 300_000]]);
  });
});

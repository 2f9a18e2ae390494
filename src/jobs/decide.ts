import { Conflict, HeldBack, NotAllowed, Rejected, Throttled, Unavailable } from '../kernel/errors.ts';
import { attempts } from './settings.ts';
import { backoffMs } from './backoff.ts';

/** What happens to a job after its reaction threw. */
export type Decision =
  /** The outside is busy or away: the same job later, its attempts untouched. */
  | { readonly fate: 'delay'; readonly ms: number; readonly reason: string }
  /** Counts as an attempt; BullMQ comes back after its backoff, and keeps the job as a dead letter after the last one. */
  | { readonly fate: 'retry' }
  /** Trying again changes nothing. */
  | { readonly fate: 'dead-letter'; readonly reason: string };

export interface Failure {
  readonly error: unknown;
  /** Failures in a row, this one included; waits and successes end a row. */
  readonly failures: number;
  /** Since the first failure of the row. */
  readonly failingMs: number;
}

/** An outage or a stuck operation is waited for this long; Git and the resync bring the work back after that. */
const patienceMs = 24 * 3_600_000;

/** The one place where an error becomes a job's fate (facts/reliability.md 4.7). */
export function decide({ error, failures, failingMs }: Failure, random: () => number): Decision {
  if (error instanceof Rejected) return { fate: 'dead-letter', reason: sentence(error) };
  // Nothing was sent, so nothing failed: it waits as long as the outage lasts.
  if (error instanceof HeldBack) return { fate: 'delay', ms: Math.max(1000, error.retryAfterMs), reason: sentence(error) };
  const delay = delayOf(error, failures, random);
  if (delay === null) return { fate: 'retry' };
  if (failingMs > patienceMs) return { fate: 'dead-letter', reason: `${sentence(error)}; given up after 24 hours` };
  if (error instanceof NotAllowed && failures >= attempts) return { fate: 'dead-letter', reason: sentence(error) };
  return { fate: 'delay', ms: delay, reason: sentence(error) };
}

/** The row of failures that a job is in; none after a wait or a success. `since` in milliseconds since the epoch. */
export interface Row {
  readonly failing?: { readonly since: number; readonly times: number };
}

/** The row after this error, which delays for so long. What was held back did not fail, and its time is none of failing: after a long outage patience is as long as before. */
export function rowAfter({ failing }: Row, error: unknown, now: number, delayMs: number): Row {
  if (!(error instanceof HeldBack)) return { failing: { since: failing?.since ?? now, times: (failing?.times ?? 0) + 1 } };
  // Woken earlier, and held back again: never further than it really waits.
  return failing === undefined ? {} : { failing: { ...failing, since: Math.min(failing.since, now) + delayMs } };
}

function delayOf(error: unknown, failures: number, random: () => number): number | null {
  if (error instanceof Throttled) return Math.max(1000, error.retryAfterMs) + Math.round(random() * 1000);
  if (error instanceof Conflict) return 500 + Math.round(random() * Math.min(500 * 2 ** Math.min(failures, 5), 15_000));
  if (error instanceof Unavailable) return backoffMs(failures, random);
  // A right that is missing is granted by a person: looked at again, slowly.
  if (error instanceof NotAllowed) return 60_000 + Math.round(random() * 60_000);
  return null;
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is no error was thrown';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  return `${error.name}: ${error.message}${code}`;
}

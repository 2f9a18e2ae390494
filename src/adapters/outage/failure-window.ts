/** What this process saw of the calls to one place lately. */
export interface FailureWindow {
  /** @param sentAt a call that nobody answers fails long after it was sent; a row of failures begins there, if nothing was answered since. */
  note(failed: boolean, sentAt: number, now: number): void;
  /** Whether so much fails that more calls help nobody. */
  isBroken(now: number): boolean;
  /** Milliseconds since the epoch from which on nothing was answered; null when the last call was. */
  failingSince(): number | null;
  clear(): void;
}

interface Slice {
  readonly index: number;
  calls: number;
  failures: number;
}

const slices = 10;
/** Fewer calls than this say little, unless all of them failed for a whole window. */
const fewestCalls = 10;
const fewestInRow = 3;
/** Of the window. Calls are given up after about as long as it is, and those that began together end it: a millisecond must not decide. */
const rowShare = 0.9;

/**
 * Broken at half of ten calls or more within the window, or, where there are few calls, when none of three in a row was answered for about
 * that long: jobs that back off would never bring ten together, nor would hanging calls, which hold the places of all others meanwhile.
 */
export function failureWindow(windowMs: number): FailureWindow {
  const sliceMs = windowMs / slices;
  let kept: Slice[] = [];
  let row: { readonly since: number; readonly count: number } | null = null;
  let answeredAt = Number.NEGATIVE_INFINITY;

  function current(now: number): Slice {
    const index = Math.floor(now / sliceMs);
    const last = kept.at(-1);
    if (last?.index === index) return last;
    const next = { index, calls: 0, failures: 0 };
    kept = [...kept.filter((slice) => slice.index > index - slices), next];
    return next;
  }

  return {
    note(failed, sentAt, now) {
      const slice = current(now);
      slice.calls += 1;
      if (failed) {
        slice.failures += 1;
        row = { since: Math.min(row?.since ?? now, Math.max(sentAt, answeredAt)), count: (row?.count ?? 0) + 1 };
      } else {
        row = null;
        answeredAt = now;
      }
    },
    isBroken(now) {
      const oldest = Math.floor(now / sliceMs) - slices;
      const recent = kept.filter(({ index }) => index > oldest);
      const calls = recent.reduce((sum, slice) => sum + slice.calls, 0);
      const failures = recent.reduce((sum, slice) => sum + slice.failures, 0);
      if (calls >= fewestCalls && failures * 2 >= calls) return true;
      return row !== null && row.count >= fewestInRow && now - row.since >= windowMs * rowShare;
    },
    failingSince: () => row?.since ?? null,
    clear() {
      kept = [];
      row = null;
    },
  };
}

import { atMost } from '../../at-most.ts';
import { HeldBack, Throttled } from '../../kernel/errors.ts';
import type { Clock } from '../../kernel/ports.ts';
import { silent, type Telemetry } from '../../kernel/telemetry.ts';
import { failureWindow, type FailureWindow } from './failure-window.ts';
import type { OutageBoard } from './outage-board.ts';

/** Where calls go that fail together. */
export interface Place {
  readonly system: 'Azure' | 'GitHub';
  /** Of a closed set: a subscription, a vault, an installation. It is shown in metrics. */
  readonly scope: string;
}

/**
 * What the end of a call says of the service. A refusal is an answer. `away`: it could not answer, or asks to stay away, for `ms` where it
 * says so. `nothing`: the call was cut off here.
 */
export type Verdict = { readonly is: 'answered' } | { readonly is: 'away'; readonly ms: number | null } | { readonly is: 'nothing' };

export const answered: Verdict = { is: 'answered' };
export const nothing: Verdict = { is: 'nothing' };

export interface Breakers {
  /** @param judge gets what was thrown, null for nothing. @throws HeldBack while the place is held back, also for the call that shows that it still has to be. */
  call<T>(place: Place, run: () => Promise<T>, judge: (error: unknown) => Verdict): Promise<T>;
  /** Milliseconds since the epoch since when the place is held back; null when it is not. */
  since(place: Place): Promise<number | null>;
}

export interface BreakersOptions {
  readonly board: OutageBoard;
  readonly clock: Clock;
  readonly random: () => number;
  /** Between two tries of a place that does not answer; also how far back failures count. */
  readonly probeMs: number;
  readonly telemetry?: Telemetry;
}

/** What others know is asked for at most this often, so that a call costs no round trip. */
const lookEveryMs = 1000;
/** A board that takes longer is none: calls go on as without one. */
const boardMs = 250;

interface Breaker {
  /** @returns whether this call is the one that tries. @throws HeldBack */
  enter(): Promise<boolean>;
  settle(isProbe: boolean, verdict: Verdict, sentAt: number): Promise<void>;
  /** Null while calls go out. Spread, so that what waited does not come back in one second. */
  heldBack(cause?: unknown): HeldBack | null;
  since(): Promise<number | null>;
}

/** One breaker per place, shared by all processes; @see docs/decisions/0018. */
export function breakers(options: BreakersOptions): Breakers {
  const known = new Map<string, Breaker>();
  const { clock, telemetry = silent } = options;

  function of(place: Place): Breaker {
    const name = `${place.system}:${place.scope}`.toLowerCase();
    const found = known.get(name) ?? breakerOf(place, name, { ...options, telemetry });
    known.set(name, found);
    return found;
  }

  return {
    async call(place, run, judge) {
      const breaker = of(place);
      const isProbe = await breaker.enter();
      const sentAt = clock.now();
      try {
        const value = await run();
        await breaker.settle(isProbe, counted(telemetry, place, null, judge(null)), sentAt);
        return value;
      } catch (error) {
        const verdict = counted(telemetry, place, error, judge(error));
        await breaker.settle(isProbe, verdict, sentAt);
        throw (verdict.is === 'away' ? breaker.heldBack(error) : null) ?? error;
      }
    },
    since: (place) => of(place).since(),
  };
}

type Known = Required<BreakersOptions>;

/** What this process knows of a place, and what it tells the others. */
function standingOf(place: Place, name: string, window: FailureWindow, { board, clock, random, probeMs, telemetry }: Known) {
  let held: { readonly since: number; readonly probeAt: number } | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;

  function set(next: { readonly since: number; readonly probeInMs: number } | null): void {
    if ((held === null) !== (next === null)) {
      window.clear();
      telemetry.set('trueup_breaker_open', { dependency: place.system, scope: place.scope }, next === null ? 0 : 1);
    }
    held = next && { since: next.since, probeAt: clock.now() + next.probeInMs };
  }

  return {
    set,
    now: () => held,
    look(): Promise<void> | undefined {
      if (clock.now() - lookedAt < lookEveryMs) return looking;
      lookedAt = clock.now();
      looking = inTime(board.look(name)).then(set);
      return looking;
    },
    heldBack(cause?: unknown): HeldBack | null {
      if (held === null) return null;
      const left = Math.max(0, held.probeAt - clock.now());
      return new HeldBack(place.system, { retryAfterMs: Math.round(left + random() * probeMs), since: held.since }, cause);
    },
    async hold(probeInMs: number): Promise<void> {
      const since = held?.since ?? window.failingSince() ?? clock.now();
      set({ since, probeInMs });
      const shared = await inTime(board.hold(name, { since, probeInMs }, probeInMs * keptFor));
      // Without a board nobody would be told of the end.
      set(shared === null ? null : { since: shared, probeInMs });
    },
  };
}

function breakerOf(place: Place, name: string, options: Known): Breaker {
  const { board, clock, probeMs, telemetry } = options;
  const window = failureWindow(probeMs);
  const standing = standingOf(place, name, window, options);

  function refuse(): void {
    const refusal = standing.heldBack();
    if (refusal === null) return;
    telemetry.count('trueup_calls_put_off_total', { dependency: place.system, reason: 'breaker' });
    throw refusal;
  }

  return {
    heldBack: standing.heldBack,
    async enter() {
      await standing.look();
      const held = standing.now();
      if (held === null) return false;
      if (held.probeAt > clock.now()) refuse();
      // Before anybody is asked: whoever comes meanwhile is not the one.
      standing.set({ since: held.since, probeInMs: probeMs });
      const claimed = await inTime(board.claim(name, probeMs));
      standing.set(claimed && { since: claimed.since, probeInMs: claimed.isOurs ? probeMs : claimed.probeInMs });
      if (claimed?.isOurs !== true) refuse();
      return claimed !== null;
    },
    async settle(isProbe, verdict, sentAt) {
      if (verdict.is === 'nothing') return;
      window.note(verdict.is === 'away', sentAt, clock.now());
      if (verdict.is === 'away') {
        if (isProbe || (standing.now() === null && window.isBroken(clock.now()))) await standing.hold(Math.max(probeMs, verdict.ms ?? 0));
      } else if (isProbe) {
        standing.set(null);
        await inTime(board.release(name));
      }
    },
    async since() {
      await standing.look();
      return standing.now()?.since ?? null;
    },
  };
}

/** A place that nobody tries any more is forgotten after so many times what it was held back for. */
const keptFor = 20;

function counted(telemetry: Telemetry, { system }: Place, error: unknown, verdict: Verdict): Verdict {
  if (error instanceof HeldBack) return verdict;
  const away = error instanceof Throttled ? 'throttled' : 'failed';
  const result = verdict.is === 'away' ? away : verdict.is === 'nothing' ? 'cut' : error === null ? 'answered' : 'refused';
  telemetry.count('trueup_calls_total', { dependency: system, result });
  return verdict;
}

/** Null also when the board does not answer in time. */
async function inTime<T>(asked: Promise<T>): Promise<T | null> {
  const caught = asked.catch(() => null);
  return (await atMost(boardMs, caught)) ? caught : null;
}

/** For whoever has no Redis: calls go out, and nobody is told. */
export const unguarded: Breakers = { call: (_place, run) => run(), since: async () => null };

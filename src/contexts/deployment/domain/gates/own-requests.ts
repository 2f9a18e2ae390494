import type { ProbeAnswer } from '../../ports.ts';
import type { OwnRequests } from '../service-rollout.ts';

const minuteMs = 60_000;
const keptAnswers = 100;
/** Above it the older half is kept at half the precision. */
const keptMinutes = 64;

type Minutes = OwnRequests['minutes'];

interface Sent {
  readonly at: number;
  /** What is older than its minute is not asked about any more. */
  readonly from: number;
  /** The revision was well before, so that its first answers, from a cold start, do not speak for all. */
  readonly isTimed: boolean;
}

export function withOwnRequest(before: OwnRequests, { status, ms }: ProbeAnswer, { at, from, isTimed }: Sent): OwnRequests {
  const isError = status !== null && status >= 500;
  const isAnswered = status !== null && !isError;
  return {
    minutes: halved(counted(before.minutes.filter(({ to }) => to >= startOfMinute(from)), startOfMinute(at), isError ? 1 : 0)),
    ms: isTimed && isAnswered ? [...before.ms, Math.round(ms)].slice(-keptAnswers) : before.ms,
  };
}

/** Since the full minute of `from`: exact, because older ones were dropped before minutes were put together. */
export function ownRequestsSince({ minutes }: Pick<OwnRequests, 'minutes'>, from: number): { readonly sent: number; readonly errors: number } {
  const since = minutes.filter(({ to }) => to >= startOfMinute(from));
  return { sent: since.reduce((sum, { sent }) => sum + sent, 0), errors: since.reduce((sum, { errors }) => sum + errors, 0) };
}

function counted(minutes: Minutes, minute: number, errors: number): Minutes {
  const last = minutes.at(-1);
  if (last === undefined || last.to < minute) return [...minutes, { to: minute, sent: 1, errors }];
  return [...minutes.slice(0, -1), { ...last, sent: last.sent + 1, errors: last.errors + errors }];
}

function halved(minutes: Minutes): Minutes {
  if (minutes.length <= keptMinutes) return minutes;
  const older = minutes.slice(0, keptMinutes / 2);
  const pairs = older.flatMap((one, index) => {
    const next = older[index + 1] ?? one;
    return index % 2 === 1 ? [] : [{ to: next.to, sent: one.sent + next.sent, errors: one.errors + next.errors }];
  });
  return [...pairs, ...minutes.slice(keptMinutes / 2)];
}

function startOfMinute(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}

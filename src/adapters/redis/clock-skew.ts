import type { Redis } from 'ioredis';

const samples = 3;
const toleratedMs = 2000;

interface SkewOptions {
  /** Milliseconds since the epoch, by this machine. */
  readonly now: () => number;
}

/**
 * Null while this machine's clock and Redis' agree within 2 s, the sentence for the operator otherwise. Delays, ages and freeze windows are
 * made by one clock and read by another. Of several questions the quickest counts; what its way may have taken is not held against it.
 */
export async function clockFault(redis: Pick<Redis, 'time'>, { now }: SkewOptions = { now: () => Date.now() }): Promise<string | null> {
  const asked = [];
  for (let sample = 0; sample < samples; sample += 1) asked.push(await ask(redis, now));
  const { skewMs, roundTripMs } = asked.reduce((best, one) => (one.roundTripMs < best.roundTripMs ? one : best));
  if (Math.abs(skewMs) - roundTripMs / 2 <= toleratedMs) return null;
  return `the clock of this machine is ${Math.abs(skewMs / 1000).toFixed(1)} s ${skewMs > 0 ? 'behind' : 'ahead of'} that of Redis, at most ${toleratedMs / 1000} s are accepted: keep both machines' time by NTP`;
}

/** The answer was given somewhere on the way: half of it is the best guess. */
async function ask(redis: Pick<Redis, 'time'>, now: () => number): Promise<{ readonly skewMs: number; readonly roundTripMs: number }> {
  const sentAt = now();
  const [seconds, micros] = await redis.time();
  const cameAt = now();
  return { skewMs: Number(seconds) * 1000 + Number(micros) / 1000 - (sentAt + cameAt) / 2, roundTripMs: cameAt - sentAt };
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function seededChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * How likely `hits` of `tries` are, or a number still further from the middle on the same side, where each hits with `probability`:
 * the tail of the binomial distribution, summed exactly.
 */
export function tailOf(tries: number, probability: number, hits: number): number {
  if (probability === 0 || probability === 1) return hits === tries * probability ? 1 : 0;
  const [from, to] = hits <= tries * probability ? [0, hits] : [hits, tries];
  let sum = 0;
  // ln(tries choose 0), then each from the one before.
  let lnWays = 0;
  for (let count = 0; count <= to; count += 1) {
    if (count >= from) sum += Math.exp(lnWays + count * Math.log(probability) + (tries - count) * Math.log1p(-probability));
    lnWays += Math.log(tries - count) - Math.log(count + 1);
  }
  return sum;
}

interface Judged {
  readonly tries: number;
  /** What each try is judged against, and how likely a hit really is. */
  readonly expected: number;
  readonly actual: number;
  /** A tail that is rarer than this is an alarm. */
  readonly alarm: number;
}

/** How likely `tailOf` raises the alarm when something else than expected is going on. */
export function powerOf({ tries, expected, actual, alarm }: Judged): number {
  const step = actual > expected ? 1 : -1;
  let first = Math.round(tries * expected);
  while (tailOf(tries, expected, first) >= alarm) first += step;
  const last = first - step;
  const sees = (last - tries * actual) * step <= 0;
  return sees ? 1 - tailOf(tries, actual, last) : tailOf(tries, actual, first);
}

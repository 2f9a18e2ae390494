/** Somebody who takes turns, as often as the weight says. */
export interface Turn<T> {
  readonly who: T;
  readonly weight: number;
}

/**
 * Smooth weighted round robin: among the same candidates any run of turns as long as the sum of the weights is split exactly as they
 * say, and evenly in between. Answers null when nobody has a weight.
 */
export function weightedTurns<T>(): (candidates: readonly Turn<T>[]) => T | null {
  const credits = new Map<T, number>();
  return (candidates) => {
    const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
    if (total <= 0) return null;
    for (const { who, weight } of candidates) credits.set(who, (credits.get(who) ?? 0) + weight);
    const chosen = candidates.map(({ who }) => who).reduce((best, who) => ((credits.get(who) ?? 0) > (credits.get(best) ?? 0) ? who : best));
    credits.set(chosen, (credits.get(chosen) ?? 0) - total);
    return chosen;
  };
}

/** Somebody who is drawn as often as the weight says. */
export interface Lot<T> {
  readonly who: T;
  readonly weight: number;
}

/**
 * One draw by weight, each independent of those before, as Envoy chooses among weighted clusters: ten of a hundred are ten on average,
 * and seldom exactly ten. `chance` answers numbers from 0 up to 1. Null when nobody has a weight.
 */
export function weightedDraw<T>(lots: readonly Lot<T>[], chance: () => number): T | null {
  const weighing = lots.filter(({ weight }) => weight > 0);
  let left = chance() * weighing.reduce((sum, { weight }) => sum + weight, 0);
  for (const { who, weight } of weighing) {
    if (left < weight) return who;
    left -= weight;
  }
  // Only rounding leads here.
  return weighing.at(-1)?.who ?? null;
}

/** Choices that follow from one seed. */
export interface Dice {
  one<T>(of: readonly T[]): T;
  /** Each with its weight. */
  weighted<T>(of: readonly (readonly [number, T])[]): T;
  /** 0 to `most` indexes. */
  times(most: number): readonly number[];
}

export function diceOf(chance: () => number): Dice {
  const below = (count: number): number => Math.floor(chance() * count);
  const weighted = <T>(of: readonly (readonly [number, T])[]): T => {
    let left = chance() * of.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of of) {
      left -= weight;
      if (left < 0) return value;
    }
    throw new Error('nothing to choose from');
  };
  return { weighted, one: (of) => weighted(of.map((value) => [1, value])), times: (most) => Array.from({ length: below(most + 1) }, (_, index) => index) };
}

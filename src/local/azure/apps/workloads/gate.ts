/** Lets so many in at once, the others in the order in which they came. */
export interface Gate {
  /** @returns what to call when the place is free again; more than once does no harm. */
  enter(): Promise<() => void>;
}

export function gate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async enter() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      let left = false;
      return () => {
        if (left) return;
        left = true;
        leave();
      };
    },
  };
}

/** Who is inside, and who is alone there: one per process. */
export interface Room {
  /** Waits while somebody is alone in it or is about to be. */
  enter(): Promise<Disposable>;
  /** Waits until everybody left. Null when another one is alone or about to be, or somebody stays longer than `withinMs`. */
  enterAlone(withinMs: number): Promise<Disposable | null>;
}

/**
 * What may end the process must not end others with it: it is run while nothing else is. Whoever wants to be alone keeps others from
 * entering, so that its turn comes; it does not queue behind another one, because a crash of that one would cost it its job's lock.
 */
export function openRoom(): Room {
  let inside = 0;
  let isTaken = false;
  const outside: (() => void)[] = [];
  let onEmpty: (() => void) | null = null;

  function leave(): void {
    inside -= 1;
    if (inside === 0) onEmpty?.();
  }

  function open(): void {
    isTaken = false;
    inside += outside.length;
    for (const goIn of outside.splice(0)) goIn();
  }

  return {
    async enter() {
      // Whoever was waiting is let in by the one who leaves, before anybody else can take the room.
      if (isTaken) await new Promise<void>((resolve) => outside.push(resolve));
      else inside += 1;
      return once(leave);
    },
    async enterAlone(withinMs) {
      if (isTaken) return null;
      isTaken = true;
      if (inside > 0) {
        const { promise, resolve } = Promise.withResolvers<boolean>();
        const timer = setTimeout(() => resolve(false), withinMs);
        onEmpty = () => resolve(true);
        const isEmpty = await promise;
        onEmpty = null;
        clearTimeout(timer);
        if (!isEmpty) {
          open();
          return null;
        }
      }
      return once(open);
    },
  };
}

function once(act: () => void): Disposable {
  let isDone = false;
  return {
    [Symbol.dispose]() {
      if (!isDone) act();
      isDone = true;
    },
  };
}

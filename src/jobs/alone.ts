/** Who is inside, and who is alone there: one per process. */
export interface Room {
  /** Waits while somebody is alone in it or is about to be. Null when it closes. */
  enter(): Promise<Disposable | null>;
  /** Waits until everybody left. Null when another one is alone or about to be, somebody stays longer than `withinMs`, or it closes. */
  enterAlone(withinMs: number): Promise<Disposable | null>;
}

/**
 * What may end the process must not end others with it: it is run while nothing else is. Whoever wants to be alone keeps others from
 * entering, so that its turn comes; it does not queue behind another one, because a crash of that one would cost it its job's lock.
 * @param closing whoever waits then is sent away at once, so that a drain is spent on what runs.
 */
export function openRoom(closing: AbortSignal): Room {
  let inside = 0;
  let isTaken = false;
  const outside: ((comesIn: boolean) => void)[] = [];
  let onEmpty: ((isEmpty: boolean) => void) | null = null;

  closing.addEventListener('abort', () => {
    for (const answer of outside.splice(0)) answer(false);
    onEmpty?.(false);
  });

  function leave(): void {
    inside -= 1;
    if (inside === 0) onEmpty?.(true);
  }

  function open(): void {
    isTaken = false;
    inside += outside.length;
    for (const answer of outside.splice(0)) answer(true);
  }

  return {
    async enter() {
      if (closing.aborted) return null;
      if (!isTaken) inside += 1;
      // Whoever was waiting is let in by the one who leaves, before anybody else can take the room.
      else if (!(await new Promise<boolean>((resolve) => outside.push(resolve)))) return null;
      return once(leave);
    },
    async enterAlone(withinMs) {
      if (isTaken || closing.aborted) return null;
      isTaken = true;
      if (inside > 0) {
        const { promise, resolve } = Promise.withResolvers<boolean>();
        const timer = setTimeout(() => resolve(false), withinMs);
        onEmpty = resolve;
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

import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until `look` answers something, and says what it last saw when it never did. */
export async function until<T>(what: string, look: () => Promise<T | null>, options: { readonly withinMs: number; readonly everyMs?: number }): Promise<T> {
  const end = Date.now() + options.withinMs;
  let last = 'nothing';
  while (Date.now() < end) {
    try {
      const seen = await look();
      if (seen !== null) return seen;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    // What it looks at keeps the program alive: once that has ended, nobody waits any more.
    await sleep(options.everyMs ?? 200, undefined, { ref: false });
  }
  throw new Error(`${what} did not happen within ${options.withinMs / 1000} s (last seen: ${last})`);
}

import type { LocalGitHub } from '../../src/local/github/start.ts';

/** Longest time between two looks that nothing asked for, in milliseconds. */
const anywayMs = 2000;

/**
 * Whether it is worth a look: at first, when the App wrote to an address with `holding` since the last time, and every 2 s in any case.
 * What only the App changes is not asked for over HTTP many times a second by everybody who waits.
 */
export function appWrites({ journal }: Pick<LocalGitHub, 'journal'>, holding: string): () => boolean {
  let until: unknown;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const { calls } = journal;
    const fresh = calls.slice(calls.findLastIndex((call) => call === until) + 1);
    until = calls.at(-1);
    const isDue = performance.now() - lookedAt >= anywayMs || fresh.some(({ actor, method, path }) => actor === 'installation' && method !== 'GET' && path.includes(holding));
    if (isDue) lookedAt = performance.now();
    return isDue;
  };
}

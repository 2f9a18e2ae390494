import type { CloudAnswer } from './cloud-proxy.ts';

/** What a service that is away answers. */
export const outageAnswers = {
  '503': { status: 503 },
  '500': { status: 500 },
  '429 with Retry-After': { status: 429, headers: { 'retry-after': '1' } },
  '429 without': { status: 429 },
  reset: 'reset',
  hang: 'hang',
} as const satisfies Readonly<Record<string, CloudAnswer>>;

export type OutageKind = keyof typeof outageAnswers;

/** By chance; where nothing is answered at all comes first, because calls that still wait are what a breaker notices last. */
export function inOrder(kinds: readonly OutageKind[], chance: () => number): readonly OutageKind[] {
  const placed = kinds.map((kind) => ({ kind, at: kind === 'hang' ? -1 : chance() }));
  return placed.toSorted((a, b) => a.at - b.at).map(({ kind }) => kind);
}

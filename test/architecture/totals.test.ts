import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultsOf, readTotals, totalsFile, type Bounds, type Counts } from '../support/totals.ts';

type Totals = ReturnType<typeof readTotals>;

/** Every bound of `before` that `after` loosened or forgot. */
function loosened(before: Totals, after: Totals): readonly string[] {
  return Object.entries(before).flatMap(([suite, { atLeast, atMost }]) => [
    ...Object.entries(atLeast).flatMap(([what, bound]) => fault(suite, what, bound, after[suite]?.atLeast[what], (kept) => kept >= bound)),
    ...Object.entries(atMost).flatMap(([what, bound]) => fault(suite, what, bound, after[suite]?.atMost[what], (kept) => kept <= bound)),
  ]);
}

function fault(suite: string, what: string, bound: number, kept: number | undefined, holds: (kept: number) => boolean): readonly string[] {
  return kept !== undefined && holds(kept) ? [] : [`${suite}, ${what}: ${bound} was reached, ${kept ?? 'no bound'} is in the file`];
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

const file = 'test/contract/totals.json';
/** A checkout without a commit has nothing earlier to compare with, a shallow clone only its newest. */
const hasHistory = git('for-each-ref', '--count=1') !== '' && git('rev-parse', '--is-shallow-repository').trim() === 'false';

describe('the bounds of the contract suites', () => {
  test.skipIf(!hasHistory)(`are no looser than in any commit before${hasHistory ? '' : ' (skipped: no history here)'}`, () => {
    const present = readTotals(readFileSync(totalsFile, 'utf8'));
    for (const commit of git('rev-list', 'HEAD', '--', file).split('\n').filter(Boolean)) {
      // A commit that takes the file away has nothing to compare with.
      if (git('ls-tree', '--name-only', commit, '--', file) === '') continue;
      expect(loosened(readTotals(git('show', `${commit}:${file}`)), present)).toEqual([]);
    }
  });

  test.each([
    { reason: 'a floor that sinks', after: { atLeast: { matched: 9 }, atMost: { differing: 2 } }, faults: ['replay, matched: 10 was reached, 9 is in the file'] },
    { reason: 'a ceiling that rises', after: { atLeast: { matched: 10 }, atMost: { differing: 3 } }, faults: ['replay, differing: 2 was reached, 3 is in the file'] },
    { reason: 'a bound that is gone', after: { atLeast: {}, atMost: { differing: 2 } }, faults: ['replay, matched: 10 was reached, no bound is in the file'] },
    { reason: 'nothing in bounds that are tighter', after: { atLeast: { matched: 11 }, atMost: { differing: 0 } }, faults: [] },
  ])('a comparison sees $reason', ({ after, faults }) => {
    expect(loosened({ replay: { atLeast: { matched: 10 }, atMost: { differing: 2 } } }, { replay: after })).toEqual(faults);
  });

  const bounds: Bounds = { atLeast: { matched: 10 }, atMost: { differing: 2 } };
  test.each<{ reason: string; counts: Counts; faults: readonly RegExp[] }>([
    { reason: 'less than its floor', counts: { matched: 9, differing: 2 }, faults: [/at least 10 are wanted/] },
    { reason: 'more than its ceiling', counts: { matched: 10, differing: 3 }, faults: [/at most 2 are allowed/] },
    { reason: 'a number without a bound', counts: { matched: 10, differing: 2, masked: 1 }, faults: [/masked has no bound/] },
    { reason: 'a bound that nobody counted', counts: { matched: 10 }, faults: [/differing has a bound and was not counted/] },
    { reason: 'nothing where it got better', counts: { matched: 11, differing: 0 }, faults: [] },
  ])('fail a suite with $reason', ({ counts, faults }) => {
    expect(faultsOf(counts, bounds)).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { exampleContradictions } from '../../../test/support/app-example-contradictions.ts';
import { examplePairs, recordedPairs, type AppPair } from '../../../test/support/app-pairs.ts';
import { recordingsFolder } from '../../../test/support/azure-recordings.ts';
import { heldTotals } from '../../../test/support/totals.ts';
import type { FieldDifference } from '../plan.ts';
import { compareThreeWay } from './compare.ts';
import { applyMergePatch, mergePatch } from './merge-patch.ts';
import { fitsPath } from './path-pattern.ts';

const isThere = recordedPairs.length > 0 && examplePairs.length > 0;

const compared = (desired: object, live: unknown): readonly FieldDifference[] => compareThreeWay({ lastApplied: null, desired, live: live as object }); // a body merged with a patch is one

const ofExample = ({ from }: AppPair) => exampleContradictions.filter(({ example }) => from === `example ${example}`);

/** Without what an example says of itself in two ways. */
function phantoms(pair: AppPair): readonly FieldDifference[] {
  return compared(pair.desired, pair.live).filter(({ path }) => !ofExample(pair).some((known) => fitsPath(known.path, path)));
}

describe.skipIf(!isThere)(`writes of container apps with the reads after them in ${recordingsFolder} and spec-examples (skipped where they are absent)`, () => {
  const pairs = [...recordedPairs, ...examplePairs];

  afterAll(() => {
    const counts = { 'recorded pairs': recordedPairs.length, 'example pairs': examplePairs.length, 'phantom findings': pairs.flatMap(phantoms).length, 'places where examples contradict themselves': exampleContradictions.length };
    process.stdout.write(`phantom findings: ${counts['phantom findings']} in ${pairs.length} pairs (${recordedPairs.length} recorded, ${examplePairs.length} examples)\n`);
    heldTotals('comparison', counts);
  });

  it.each(pairs)('$method of $from shows no phantom difference', (pair) => {
    expect(phantoms(pair)).toEqual([]);
  });

  it.each(pairs)('$method of $from: another image is found', ({ desired, live }) => {
    const changed: unknown = JSON.parse(JSON.stringify(live).replaceAll(/"image":"[^"]+"/g, '"image":"example.azurecr.io/other:9"'));
    expect(compared(desired, changed).map((one) => one.path)).toContainEqual(expect.stringMatching(/containers\[.+\]\.image$/));
  });

  it.each(exampleContradictions)('$example contradicts itself at $path: $reason', ({ example, path }) => {
    const pair = examplePairs.find(({ from }) => from === `example ${example}`);
    expect(compared(pair?.desired ?? {}, pair?.live ?? {}).some((found) => fitsPath(path, found.path))).toBe(true);
  });

  it('makes an app as another is declared: after the patch no difference is left', () => {
    for (const [index, { desired, from }] of pairs.entries()) {
      const others = [...pairs.filter((_, other) => other % 4 === index % 4), ...examplePairs];
      const left = others.filter(({ live }) => compared(desired, applyMergePatch(live, mergePatch({ lastApplied: null, desired, live }))).length > 0);
      expect(left.map((other) => `${from} upon ${other.from}`)).toEqual([]);
    }
  });

  it('takes nothing from an app that is as declared', () => {
    for (const { desired, live } of recordedPairs) expect(nullsIn(mergePatch({ lastApplied: null, desired, live }), live)).toEqual([]);
  });
});

/** Paths that the patch takes away and that are there. */
function nullsIn(patch: object, live: unknown, at = ''): readonly string[] {
  return Object.entries(patch).flatMap(([key, value]: [string, unknown]) => {
    const there = (live as Record<string, unknown> | null | undefined)?.[key] ?? null; // JSON
    if (there === null) return [];
    if (value === null) return [`${at}${key}`];
    return typeof value === 'object' && !Array.isArray(value) ? nullsIn(value, there, `${at}${key}.`) : [];
  });
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkSync } from 'recheck';
import { afterAll, describe, expect, test } from 'vitest';
import { patternKey, patternsInSource, type SourcePattern } from './patterns-in-source.ts';
import slowPatterns from './slow-patterns.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'trueup-patterns-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Seen to be safe by `recheck-patterns.ts`, which takes half a minute. TRUEUP_RECHECK=all believes none of them. */
const listed: ReadonlySet<string> = new Set(process.env['TRUEUP_RECHECK'] === 'all' ? [] : slowPatterns);

/** What only a run knows, and why it is bounded all the same. */
const computed = [
  { starts: 'src/adapters/redis/gauges.ts: ', reason: 'names of our own, and what our own Redis says of itself' },
  { starts: 'src/cli/demo/rollout-view.ts: ', reason: 'a number of the demo goes into it' },
  { starts: 'src/gitops/domain/values/written.ts: new RegExp(about.pattern)', reason: 'the shapes are texts called `pattern`, which are read here as well' },
  { starts: 'src/kernel/bound-query.ts: ', reason: 'quadratic for a query full of comments; a query has at most 4,000 characters, which its own test holds' },
  { starts: 'src/local/azure/activity/activity-query.ts: new RegExp(term)', reason: 'a copy of a literal, for its own lastIndex' },
  { starts: 'src/local/azure/arm/filter.ts: new RegExp(tokenPattern)', reason: 'a copy of a literal, for its own lastIndex' },
  { starts: 'src/local/azure/arm/role-definitions.ts: ', reason: 'the local Azure alone, from the actions of its own table of roles and of the developer who uses it' },
];

function unsafe(patterns: readonly SourcePattern[], known: ReadonlySet<string>): readonly string[] {
  return patterns.filter((pattern) => !known.has(patternKey(pattern))).flatMap((pattern) => {
    const { status } = checkSync(pattern.source, pattern.flags, { timeout: 60_000 });
    return status === 'safe' ? [] : [`${patternKey(pattern)} is ${status}: ${pattern.at.join(', ')}`];
  });
}

function planted(text: string): ReturnType<typeof patternsInSource> {
  const folder = mkdtempSync(join(scratch, 'one-'));
  const file = join(folder, 'src/kernel/a.ts');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return patternsInSource(folder);
}

describe('regular expressions', () => {
  const found = patternsInSource(root);

  test('none of src takes long for any text', { timeout: 120_000 }, () => {
    expect(found.patterns.length).toBeGreaterThan(250);
    expect(unsafe(found.patterns, listed)).toEqual([]);
  });

  test('what is listed as safe is there', () => {
    const there = new Set(found.patterns.map(patternKey));
    expect(slowPatterns.filter((key) => !there.has(key)), 'run test/architecture/recheck-patterns.ts').toEqual([]);
  });

  test('what only a run knows is bounded for a reason', () => {
    const unexplained = found.computed.filter((one) => !computed.some(({ starts }) => one.startsWith(starts)));
    expect(unexplained).toEqual([]);
    expect(computed.filter(({ starts }) => !found.computed.some((one) => one.startsWith(starts))).map(({ starts }) => starts)).toEqual([]);
  });

  test.each([
    { reason: 'a literal', text: 'export const a = /^(a+)+$/;' },
    { reason: 'a literal within a call', text: "export const a = (text: string) => text.split(/(?:x|x)*y/);" },
    { reason: 'a text for RegExp', text: "export const a = new RegExp('^(a|a)*$', 'i');" },
    { reason: 'a text for RegExp without new', text: 'export const a = RegExp(`(\\\\s*)*x`);' },
    { reason: 'the pattern of a shape', text: "export const a = { pattern: '^([a-z]+[a-z0-9]*)+$' };" },
    { reason: 'the pattern of a shape, written raw', text: 'export const a = { pattern: String.raw`^(\\w+)+$` };' },
    { reason: 'a time zone whose separators are letters of its parts, too', text: 'export const a = /^[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*$/;' },
    { reason: 'quadratic for a row of slashes', text: 'export const a = /\\/+$/;' },
  ])('$reason that is slow is seen', ({ text }) => {
    expect(unsafe(planted(text).patterns, listed)).toHaveLength(1);
  });

  test('what is made of something else than a text is told', () => {
    expect(planted('export const a = (x: string) => new RegExp(x);').computed).toEqual(['src/kernel/a.ts: new RegExp(x)']);
  });
});

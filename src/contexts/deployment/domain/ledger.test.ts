import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../../test/support/property.ts';
import { release } from '../../../../test/support/desired.ts';
import { nothingApplied, type AppliedApp } from './applied-app.ts';
import { goodBefore, withGood, withWayBack, type Serving } from './ledger.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { withLifted, withQuarantined, withTagCleared } from './quarantine.ts';

const at = '2026-11-24T10:00:00.000Z';

function entry(name: string, revision = name): LedgerEntry {
  const { app: body, image } = release('checkout', name);
  return { image, digest: name, commit: name, revision, configuration: null, secrets: [], verdict: 'Passed', at, release: { digest: name, commit: name, generation: '1', trace: `trace-${name}`, body } };
}

const known = (...names: readonly string[]): AppliedApp => names.reduce((all, name) => withGood({ ...all, applied: entry(name).release }, entry(name)), nothingApplied);
const digests = ({ ledger }: AppliedApp): readonly string[] => ledger.map(({ digest }) => digest);
const taken = (digest: string) => ({ digest, commit: digest, image: digest, reason: 'its gate', at, tagged: true });

describe('the release before', () => {
  const setting = withGood(known('a'), entry('b', 'a'));
  it.each<{ reason: string; of: AppliedApp; serving: Serving; before: string | null }>([
    { reason: 'nothing is known', of: nothingApplied, serving: { revision: 'a', digest: 'a' }, before: null },
    { reason: 'the first has none', of: known('a'), serving: { revision: 'a', digest: 'a' }, before: null },
    { reason: 'the newest has the one before', of: known('a', 'b', 'c'), serving: { revision: 'c', digest: 'c' }, before: 'b' },
    { reason: 'what serves is not known good', of: known('a', 'b'), serving: { revision: 'x', digest: 'x' }, before: 'b' },
    { reason: 'a person moved the traffic to an older one', of: known('a', 'b', 'c'), serving: { revision: 'b', digest: null }, before: 'a' },
    { reason: 'a person made what serves', of: known('a', 'b'), serving: { revision: 'by-hand', digest: null }, before: 'b' },
    { reason: 'only a setting of the app was changed', of: setting, serving: { revision: 'a', digest: 'b' }, before: 'a' },
    { reason: 'a changed setting is not good yet', of: known('a'), serving: { revision: 'a', digest: 'a2' }, before: 'a' },
    { reason: 'one that came again counts as the newest', of: known('a', 'b', 'a'), serving: { revision: 'a', digest: 'a' }, before: 'b' },
  ])('$reason: $before', ({ of, serving, before }) => {
    expect(goodBefore(of, serving)?.digest ?? null).toBe(before);
  });
});

it('remembers ten releases, and the bodies of the newest five', () => {
  const { ledger } = known(...Array.from({ length: 12 }, (_, index) => `r${index}`));
  expect(ledger.map(({ digest, release: body }) => [digest, body !== null])).toEqual(Array.from({ length: 10 }, (_, index) => [`r${index + 2}`, index >= 5]));
});

describe('the quarantine', () => {
  const app = (digest: string, rolledBack: string | null, trace = `trace-${digest}`) => ({ tags: { 'trueup-digest': digest, 'trueup-trace': trace, ...(rolledBack !== null && { 'trueup-rolled-back': rolledBack }) } });
  const back = withWayBack(withQuarantined(known('a', 'b'), taken('b')), entry('a').release);

  it.each([
    { reason: 'the tag is there', of: back, tags: app('a', 'b'), left: ['b'] },
    { reason: 'a person removed the tag', of: back, tags: app('a', null), left: [] },
    { reason: 'a write of which nobody knows yet cleared it', of: back, tags: app('c', null), left: ['b'] },
    { reason: 'so did one of the same release', of: back, tags: app('a', null, 'another'), left: ['b'] },
    { reason: 'a release that is known cleared it', of: { ...withTagCleared(back, 'c'), applied: entry('c').release }, tags: app('c', null), left: ['b'] },
    { reason: 'the tag names a newer one', of: withWayBack(withQuarantined(back, taken('c')), entry('a').release), tags: app('a', null), left: ['b'] },
    { reason: 'no write ever set it', of: withWayBack(withQuarantined(known('a', 'b'), { ...taken('b'), tagged: false }), entry('a').release), tags: app('a', null), left: ['b'] },
    { reason: 'only the traffic went back', of: back, tags: { tags: {} }, left: [] },
  ])('$reason: left are $left', ({ of, tags, left }) => {
    expect(withLifted(of, tags).quarantine.map(({ digest }) => digest)).toEqual(left);
  });

  it('forgets what is tried again', () => {
    expect(withTagCleared(back, 'b').quarantine).toEqual([]);
  });
});

type Move = { readonly do: 'good' | 'taken' | 'back'; readonly name: string };
const names = Array.from({ length: 14 }, (_, index) => `r${index}`);
const moves = fc.array(fc.record({ do: fc.constantFrom('good', 'good', 'taken', 'back'), name: fc.constantFrom(...names) }), { maxLength: 60 });

function made(list: readonly Move[]): AppliedApp {
  return list.reduce<AppliedApp>((all, move) => {
    if (move.do === 'good') return withGood(withTagCleared(all, move.name), entry(move.name));
    if (move.do === 'taken') return withQuarantined(all, taken(move.name));
    const target = goodBefore(all, { revision: move.name, digest: move.name });
    return target === null ? all : withWayBack(withQuarantined(all, taken(move.name)), target.release ?? entry(target.digest).release);
  }, nothingApplied);
}

describe('whatever happens', () => {
  test('the ledger is short, names each release once, keeps five bodies, and its newest is what is good', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const after = made(list);
        expect(after.ledger.length).toBeLessThanOrEqual(10);
        expect(new Set(digests(after)).size).toBe(after.ledger.length);
        expect(after.ledger.filter(({ release: body }) => body !== null).length).toBeLessThanOrEqual(5);
        if (after.ledger.at(-1)?.release) expect(after.good?.digest).toBe(digests(after).at(-1));
      }),
    );
  });

  test('nothing is good and in quarantine at once, and only the newest of the quarantine has the tag', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const { quarantine, ledger } = made(list);
        expect(quarantine.length).toBeLessThanOrEqual(20);
        expect(quarantine.filter(({ digest }) => ledger.some((one) => one.digest === digest))).toEqual([]);
        expect(quarantine.slice(0, -1).filter(({ tagged }) => tagged)).toEqual([]);
      }),
    );
  });

  test('what a rollback goes back to is another release than what serves', () => {
    fc.assert(
      fc.property(moves, fc.constantFrom(...names), (list, serving) => {
        const before = goodBefore(made(list), { revision: serving, digest: serving });
        expect(before?.digest).not.toBe(serving);
      }),
    );
  });
});

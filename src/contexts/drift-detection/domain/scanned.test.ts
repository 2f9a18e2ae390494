import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../../test/support/property.ts';
import { driftClasses } from '../../../kernel/messages/drift-detection.ts';
import { driftFindings, findingId, noFindings, type DriftFindings, type Sighting } from './runtime-drift-finding.ts';
import type { Scan } from './scan.ts';
import { scanned } from './scanned.ts';

const start = Date.UTC(2026, 10, 24);
const few = fc.constantFrom('a', 'b', 'c');
const sighting: fc.Arbitrary<Sighting> = fc
  .record({ class: fc.constantFrom(...driftClasses), service: few, path: few, liveDigest: few })
  .map((told) => ({ ...told, desired: 'd', live: told.liveDigest, summary: 's' }));
const sightings = fc.array(sighting, { maxLength: 8 });
const unjudged = fc.uniqueArray(few).map((names) => new Set<string>(names));
const scanOf = (seen: readonly Sighting[], minutes: number, more: Partial<Scan> = {}): Scan => ({
  environment: 'staging', sightings: seen, isUnjudged: () => false, attribute: () => null, seen: [], declared: ['a', 'b', 'c'], drift: { mode: 'propose', paths: [] }, overwritten: [], apartMs: 15_000, now: start + minutes * 60_000, ...more,
});
const one: Sighting = { class: 'changed', service: 'a', path: 'p', desired: 'd', live: 'l', liveDigest: 'l', summary: 's' };
const ids = (findings: DriftFindings): readonly string[] => findings.open.map(({ id }) => id).toSorted();

describe('ids', () => {
  test('are equal exactly when environment, class, service, path and live value are', () => {
    const anchor = ({ class: kind, service, path, liveDigest }: Sighting): string => [kind, service, path, liveDigest].join('|');
    fc.assert(fc.property(sighting, sighting, few, few, (left, right, here, there) => {
      const same = anchor(left) === anchor(right) && here === there;
      expect(findingId(here, left) === findingId(there, right)).toBe(same);
    }));
  });

  test('do not depend on words, nor on what Git says', () => {
    fc.assert(fc.property(sighting, fc.string(), fc.string(), (seen, summary, desired) => {
      expect(findingId('staging', { ...seen, summary, desired })).toBe(findingId('staging', seen));
    }));
  });
});

describe('the set', () => {
  test('after the same scan again is the same, and nothing is opened or resolved', () => {
    fc.assert(fc.property(sightings, sightings, (before, seen) => {
      const earlier = scanned(noFindings, scanOf(before, 0)).findings;
      const first = scanned(earlier, scanOf(seen, 5)).findings;
      const settled = scanned(first, scanOf(seen, 10)).findings;
      const again = scanned(settled, scanOf(seen.toReversed(), 10));
      expect(again).toEqual({ findings: settled, opened: [], resolved: [] });
      const later = scanned(settled, scanOf(seen.toReversed(), 15));
      expect([later.opened, later.resolved, ids(later.findings), later.findings.history]).toEqual([[], [], ids(settled), settled.history]);
    }));
  });

  test('is what it was, without what is resolved, with what is opened', () => {
    fc.assert(fc.property(sightings, sightings, unjudged, (before, seen, skipped) => {
      const earlier = scanned(noFindings, scanOf(before, 0)).findings;
      const { findings, opened, resolved } = scanned(earlier, scanOf(seen, 5, { isUnjudged: ({ service }) => skipped.has(service) }));
      const expected = [...ids(earlier).filter((id) => !resolved.some(({ finding }) => finding.id === id)), ...opened].toSorted();
      expect(ids(findings)).toEqual(expected);
      expect(opened.filter((id) => ids(earlier).includes(id))).toEqual([]);
      expect(earlier.open.filter(({ service }) => skipped.has(service)).every(({ id }) => ids(findings).includes(id)), 'unjudged stays').toBe(true);
      expect(driftFindings.parse(JSON.parse(JSON.stringify(findings))), 'survives the store').toEqual(findings);
    }));
  });
});

describe('time', () => {
  it('firstSeenAt is when it was first seen, also while it was only suspected', () => {
    const seen = [{ ...one, class: 'never-applied' as const }];
    const first = scanned(noFindings, scanOf(seen, 0)).findings;
    const second = scanned(first, scanOf(seen, 1)).findings;
    const third = scanned(second, scanOf(seen, 5)).findings;
    expect([first, second, third].map(({ open }) => open.length)).toEqual([0, 0, 1]);
    expect(third.open[0]?.firstSeenAt).toBe(new Date(start).toISOString());
    expect(third.suspects).toEqual({});
  });

  it('keeps the last fifty that are gone, youngest first', () => {
    let findings = noFindings;
    for (let scan = 0; scan < 60; scan += 1) findings = scanned(findings, scanOf([{ ...one, liveDigest: String(scan), live: String(scan) }], scan)).findings;
    expect(findings.resolved).toHaveLength(50);
    expect(findings.resolved[0]).toMatchObject({ finding: { live: '58' }, resolvedAt: new Date(start + 59 * 60_000).toISOString() });
  });

  it('keeps the gravest when there are too many', () => {
    const many = Array.from({ length: 600 }, (_, index) => ({ ...one, class: index < 300 ? ('unmanaged' as const) : ('missing' as const), liveDigest: String(index) }));
    const { findings } = scanned(noFindings, scanOf(many, 0));
    expect(findings.open).toHaveLength(500);
    expect(findings.open.filter(({ severity }) => severity === 'high')).toHaveLength(300);
  });

  it('does not say of what graver ones displace that it is gone, and displaces nothing by what is as grave', () => {
    const many = (count: number, over: Partial<Sighting>) => Array.from({ length: count }, (_, index) => ({ ...one, path: `${over.class} ${index}`, ...over }));
    const first = scanned(noFindings, scanOf(many(500, { class: 'unmanaged' }), 0)).findings;
    const same = scanned(first, scanOf([...many(100, { class: 'unmanaged', live: 'x', liveDigest: 'x' }), ...many(500, { class: 'unmanaged' })], 5));
    expect([same.opened, same.resolved, ids(same.findings)]).toEqual([[], [], ids(first)]);
    const graver = scanned(first, scanOf([...many(500, { class: 'unmanaged' }), ...many(10, { class: 'missing' })], 5));
    expect([graver.opened.length, graver.resolved, graver.findings.open.length]).toEqual([10, [], 500]);
  });
});

describe('a finding', () => {
  const changed = (live: string): Sighting => ({ ...one, live, liveDigest: live });
  const through = (scans: readonly (readonly Sighting[])[], edit: (findings: DriftFindings, minutes: number) => DriftFindings = (findings) => findings): DriftFindings =>
    scans.reduce<DriftFindings>((findings, seen, index) => scanned(edit(findings, index * 5), scanOf(seen, index * 5)).findings, noFindings);
  /** A deployment of ours ends right before each scan that finds the place right. */
  const deployed = (findings: DriftFindings, minutes: number): DriftFindings => ({ ...findings, ended: { a: { generation: minutes + 1, sequence: 1, at: start + minutes * 60_000 - 1 } } });

  it('is surer with each look', () => {
    expect([1, 2, 3].map((looks) => through(Array.from({ length: looks }, () => [one])).open[0]?.observations)).toEqual([1, 2, 3]);
  });

  it('with another live value is another one, and its place is not right since the first', () => {
    const { open, resolved } = through([[changed('x')], [changed('x')], [changed('y')]]);
    expect(open).toMatchObject([{ live: 'y', observations: 1, firstSeenAt: new Date(start).toISOString() }]);
    expect(resolved).toMatchObject([{ finding: { live: 'x' }, how: 'elsewhere' }]);
  });

  it.each([
    { reason: 'somebody put it right', how: 'elsewhere', more: {} },
    { reason: 'a deployment of ours ended in between', how: 'remediated', more: { ended: { a: { generation: 2, sequence: 1, at: start + 1 } } } },
    { reason: 'one ended before it was seen last', how: 'elsewhere', more: { ended: { a: { generation: 2, sequence: 1, at: start - 1 } } } },
    { reason: 'one of another service', how: 'elsewhere', more: { ended: { b: { generation: 2, sequence: 1, at: start + 1 } } } },
  ])('is resolved $how: $reason', ({ how, more }) => {
    const first = scanned(noFindings, scanOf([one], 0)).findings;
    expect(scanned({ ...first, ...more }, scanOf([], 5)).resolved).toMatchObject([{ how }]);
  });

  it('of a service that Git declares no more is gone', () => {
    const first = scanned(noFindings, scanOf([one], 0)).findings;
    expect(scanned(first, scanOf([], 5, { declared: ['b'] })).resolved).toMatchObject([{ how: 'gone' }]);
  });

  it.each([
    { reason: 'put right by us and changed again', edit: deployed, oscillations: 3 },
    { reason: 'put right by somebody else', edit: undefined, oscillations: 0 },
  ])('counts how often it was $reason', ({ edit, oscillations }) => {
    const findings = through([[one], [], [changed('y')], [], [one], [], [one]], edit);
    expect(findings.open).toMatchObject([{ oscillations }]);
    expect(findings.history.some(({ what }) => what === 'left to people')).toBe(oscillations === 3);
  });

  it('that is left to people stays so while it is open, and what is a day old is forgotten', () => {
    const fought = through([[one], [], [one], [], [one], [], [one]], deployed);
    const nextDay = scanned(fought, scanOf([one], 26 * 60)).findings;
    expect(nextDay.open).toMatchObject([{ oscillations: 3 }]);
    const gone = scanned(nextDay, scanOf([], 26 * 60 + 5)).findings;
    expect(scanned(gone, scanOf([one], 26 * 60 + 10)).findings.open).toMatchObject([{ oscillations: 0 }]);
  });

  it('that comes late again and again is no fight', () => {
    const late: Sighting = { ...one, class: 'never-applied' };
    expect(through([[late], [late], [], [late], [late], [], [late], [late], [], [late], [late]], deployed).open).toMatchObject([{ oscillations: 0 }]);
  });

  const until = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();
  const acknowledge = (at: number, end: string | null) => (findings: DriftFindings, minutes: number): DriftFindings =>
    minutes === at ? { ...findings, open: findings.open.map((finding) => ({ ...finding, acknowledged: { by: 'octocat', at: until(at), until: end, reason: 'r' } })) } : findings;

  it.each([
    { reason: 'while its time is not over', scans: [[one], [one], [one]], end: until(60), is: true },
    { reason: 'not when its time is over', scans: [[one], [one], [one]], end: until(10), is: false },
    { reason: 'when it went and came back in that time', scans: [[one], [one], [], [one]], end: until(60), is: true },
    { reason: 'not when it came back after it', scans: [[one], [one], [], [one]], end: until(15), is: false },
    { reason: 'not with another live value', scans: [[one], [one], [changed('y')]], end: until(60), is: false },
    { reason: 'without an end while it is there', scans: [[one], [one], [one]], end: null, is: true },
    { reason: 'not when it came back, without an end', scans: [[one], [one], [], [one]], end: null, is: false },
  ])('is acknowledged $reason', ({ scans, end, is }) => {
    expect(through(scans, acknowledge(5, end)).open.map((finding) => finding.acknowledged !== null)).toEqual([is]);
  });

  it('that could not be looked at is acknowledged no longer than that either', () => {
    const first = acknowledge(0, until(10))(scanned(noFindings, scanOf([one], 0)).findings, 0);
    const later = (minutes: number) => scanned(first, scanOf([], minutes, { isUnjudged: () => true })).findings.open.map(({ acknowledged }) => acknowledged !== null);
    expect([later(9), later(10)]).toEqual([[true], [false]]);
  });

  it('whose acknowledgement ended says so once', () => {
    const { history } = through([[one], [one], [one], [one]], acknowledge(5, until(10)));
    expect(history.map(({ what }) => what)).toEqual(['acknowledgement ended', 'opened']);
  });

  it('keeps what is known of who changed it, from when this live value was first seen', () => {
    const asked: number[] = [];
    const attribute: Scan['attribute'] = (_sighting, sightedAt, before) => (asked.push((sightedAt - start) / 60_000), before ?? { who: 'alice', at: until(0), source: 'system-data', operation: null });
    const first = scanned(noFindings, scanOf([one], 0, { attribute })).findings;
    const second = scanned(first, scanOf([one], 5, { attribute })).findings;
    scanned(second, scanOf([changed('y')], 10, { attribute }));
    expect(asked).toEqual([0, 0, 10]);
    asked.length = 0;
    const late: Sighting = { ...one, class: 'never-applied' };
    [0, 5, 10].reduce((findings, minutes) => scanned(findings, scanOf([late], minutes, { attribute })).findings, noFindings);
    expect(asked, 'also while it was only suspected').toEqual([0, 0]);
    expect(second.open[0]?.changed?.who).toBe('alice');
  });

  test('found in any order of scans and sightings is one finding', () => {
    fc.assert(fc.property(fc.array(sightings, { maxLength: 5 }), (scans) => {
      const forward = through(scans);
      const backward = through(scans.map((seen) => seen.toReversed()));
      expect(ids(backward)).toEqual(ids(forward));
      expect(new Set(ids(forward)).size).toBe(forward.open.length);
      expect(driftFindings.parse(JSON.parse(JSON.stringify(forward)))).toEqual(forward);
    }));
  });

  it('that was stored before is read with what a finding without a word on it means', () => {
    const stored = { id: 'f', class: 'changed', severity: 'low', service: 'a', path: 'p', desired: 'd', live: 'l', summary: 's', firstSeenAt: until(0) };
    const findings = driftFindings.parse({ open: [stored], resolved: [{ finding: stored, resolvedAt: until(0) }], suspects: {}, seen: ['a'], applied: { a: { commit: 'c', generation: 1 } }, deployment: null });
    expect(findings.open).toMatchObject([{ observations: 1, mode: 'report', changed: null, acknowledged: null, oscillations: 0 }]);
    expect(findings.resolved).toMatchObject([{ how: 'elsewhere' }]);
    expect(findings.applied).toEqual({ a: { commit: 'c', generation: 1, revision: null } });
    expect(scanned(findings, scanOf([], 5)).resolved).toHaveLength(1);
  });
});

import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../../test/support/property.ts';
import { driftClasses } from '../../../kernel/messages/drift-detection.ts';
import { driftFindings, findingId, noFindings, type DriftFindings, type Sighting } from './runtime-drift-finding.ts';
import { scanned, type Scan } from './scanned.ts';

const start = Date.UTC(2026, 10, 24);
const few = fc.constantFrom('a', 'b', 'c');
const sighting: fc.Arbitrary<Sighting> = fc
  .record({ class: fc.constantFrom(...driftClasses), service: few, path: few, liveDigest: few })
  .map((told) => ({ ...told, desired: 'd', live: told.liveDigest, summary: 's' }));
const sightings = fc.array(sighting, { maxLength: 8 });
const unjudged = fc.uniqueArray(few).map((names) => new Set<string>(names));
const scanOf = (seen: readonly Sighting[], minutes: number, more: Partial<Scan> = {}): Scan => ({ environment: 'staging', sightings: seen, unjudged: new Set(), seen: [], declared: [], now: start + minutes * 60_000, ...more });
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
      const again = scanned(settled, scanOf(seen.toReversed(), 15));
      expect(again).toEqual({ findings: settled, opened: [], resolved: [] });
    }));
  });

  test('is what it was, without what is resolved, with what is opened', () => {
    fc.assert(fc.property(sightings, sightings, unjudged, (before, seen, skipped) => {
      const earlier = scanned(noFindings, scanOf(before, 0)).findings;
      const { findings, opened, resolved } = scanned(earlier, scanOf(seen, 5, { unjudged: skipped }));
      const expected = [...ids(earlier).filter((id) => !resolved.includes(id)), ...opened].toSorted();
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
});

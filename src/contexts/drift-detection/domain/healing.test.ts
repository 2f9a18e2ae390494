import { describe, expect, it } from 'vitest';
import { driftFinding } from '../../../../test/support/drift-findings.ts';
import type { DriftFinding } from '../../../kernel/messages/drift-detection.ts';
import { healing } from './healing.ts';
import { noFindings, type DriftFindings } from './runtime-drift-finding.ts';

const now = Date.UTC(2026, 10, 24);
const minute = 60_000;
const scannedAt = new Date(now).toISOString();
const ill = driftFinding({ mode: 'heal' });

function seen(open: readonly DriftFinding[], over: Partial<DriftFindings> = {}): DriftFindings {
  return { ...noFindings, open: [...open], scannedAt, sightings: Object.fromEntries(open.map(({ id }) => [id, { first: scannedAt, last: scannedAt }])), ...over };
}
const askedOf = (findings: DriftFindings, at = now): readonly string[] => healing(findings, at).asked.map(({ id }) => id);

describe('a corrective deployment', () => {
  it.each([
    { reason: 'it was seen twice', findings: seen([ill]), asked: ['f1'] },
    { reason: 'it was seen once', findings: seen([{ ...ill, observations: 1 }]), asked: [] },
    { reason: 'the mode is to propose', findings: seen([{ ...ill, mode: 'propose' }]), asked: [] },
    { reason: 'somebody acknowledged it', findings: seen([{ ...ill, acknowledged: { by: 'a', at: scannedAt, until: null, reason: 'r' } }]), asked: [] },
    { reason: 'it is set again and again', findings: seen([{ ...ill, oscillations: 3 }]), asked: [] },
    { reason: 'it was set twice before', findings: seen([{ ...ill, oscillations: 2 }]), asked: ['f1'] },
    { reason: 'this scan could not look at it', findings: seen([ill], { scannedAt: new Date(now + minute).toISOString() }), asked: [] },
    { reason: 'what Git declares of the service was taken back', findings: seen([ill, driftFinding({ id: 'f2', class: 'never-applied', path: 'tags.trueup-rolled-back', mode: 'report' })]), asked: [] },
    { reason: 'another place of the service is for people', findings: seen([ill, { ...ill, id: 'f2', path: 'tags.x', mode: 'propose' }]), asked: [] },
    { reason: 'another place of the service is acknowledged', findings: seen([ill, { ...ill, id: 'f2', path: 'tags.x', acknowledged: { by: 'a', at: scannedAt, until: null, reason: 'r' } }]), asked: [] },
    { reason: 'what is for people is no change of the app', findings: seen([ill, { ...ill, id: 'f2', class: 'health-degraded', path: 'health', mode: 'report' }]), asked: ['f1'] },
    { reason: 'that was another service', findings: seen([ill, driftFinding({ id: 'f2', service: 'catalog', class: 'never-applied', path: 'tags.trueup-rolled-back', mode: 'report' })]), asked: ['f1'] },
    { reason: 'a deployment runs, however long it has been silent', findings: seen([ill], { deployment: { generation: 1, sequence: 1, runs: true, services: {}, at: 0 } }), asked: [] },
    { reason: 'of two services, each', findings: seen([ill, { ...ill, id: 'f2', service: 'catalog' }]), asked: ['f1', 'f2'] },
  ])('is asked for or not: $reason', ({ findings, asked }) => {
    expect(askedOf(findings)).toEqual(asked);
  });

  it('comes at once, then ever more rarely while it does not help', () => {
    const times: number[] = [];
    let findings = seen([ill]);
    for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
      const after = healing(findings, now + minutes * minute);
      if (after.asked.length > 0) times.push(minutes);
      findings = after.findings;
    }
    expect(times).toEqual([0, 2, 8, 26, 80, 242, 482, 722, 962, 1202]);
  });

  it('comes at once again when the service was well for an hour', () => {
    const clean = (at: number, before: DriftFindings) => healing({ ...before, open: [] }, at).findings;
    const first = healing(seen([ill]), now).findings;
    const again = (laterMs: number) => askedOf({ ...clean(now + laterMs, first), open: [ill] }, now + laterMs + 1000);
    expect([again(minute), again(3 * minute), again(60 * minute)]).toEqual([[], ['f1'], ['f1']]);
    expect(clean(now + 60 * minute, first).heals).toEqual({});
  });

  it('is asked for once: the same look again asks for nothing', () => {
    const { findings } = healing(seen([ill]), now);
    expect(healing(findings, now)).toEqual({ findings, asked: [] });
    expect(findings.history).toMatchObject([{ id: 'f1', what: 'corrective deployment' }]);
  });
});

import { describe, expect, it } from 'vitest';
import { driftFinding } from '../../../../test/support/drift-findings.ts';
import { acknowledgementAt, withAcknowledgement } from './acknowledgement.ts';
import { noFindings, type DriftFindings } from './runtime-drift-finding.ts';

const now = Date.UTC(2026, 10, 24);
const later = new Date(now + 60_000).toISOString();
const open = [driftFinding({ id: 'f1' }), driftFinding({ id: 'f2' }), driftFinding({ id: 'f3', service: 'catalog' })];
const before: DriftFindings = { ...noFindings, open };
const word = { environment: 'staging', service: 'checkout', findings: [] as string[], by: 'octocat', until: later as string | null, reason: 'On purpose' };
const acknowledged = (findings: DriftFindings): readonly string[] => findings.open.filter((one) => one.acknowledged !== null).map(({ id }) => id);

describe('an acknowledgement', () => {
  it.each([
    { reason: 'of all that is open at the service', over: {}, ids: ['f1', 'f2'] },
    { reason: 'of those that are named', over: { findings: ['f2', 'f9'] }, ids: ['f2'] },
    { reason: 'not of another service by a name', over: { findings: ['f3'] }, ids: [] },
    { reason: 'of a service without findings', over: { service: 'x' }, ids: [] },
    { reason: 'without an end', over: { until: null }, ids: ['f1', 'f2'] },
    { reason: 'whose time is over', over: { until: new Date(now).toISOString() }, ids: [] },
  ])('is $reason', ({ over, ids }) => {
    const after = withAcknowledgement(before, { ...word, ...over }, now);
    expect(acknowledged(after)).toEqual(ids);
    expect(after === before).toBe(ids.length === 0);
    expect(after.history.map(({ what, id }) => `${id} ${what}`)).toEqual(ids.map((id) => `${id} acknowledged`));
  });

  it('said twice is said once, and another word replaces it', () => {
    const once = withAcknowledgement(before, word, now);
    expect(withAcknowledgement(once, word, now + 5000)).toBe(once);
    expect(withAcknowledgement(once, { ...word, by: 'hubot' }, now + 5000).open[0]?.acknowledged).toMatchObject({ by: 'hubot' });
    expect(withAcknowledgement(once, { ...word, until: null }, now + 5000).open[0]?.acknowledged).toMatchObject({ until: null, at: new Date(now + 5000).toISOString() });
  });

  it.each([
    { until: later, at: now + 59_999, holds: true },
    { until: later, at: now + 60_000, holds: false },
    { until: null, at: now + 1e12, holds: true },
  ])('until $until holds at $at: $holds', ({ until, at, holds }) => {
    expect(acknowledgementAt({ by: 'a', at: later, until, reason: 'r' }, at) !== null).toBe(holds);
  });
});

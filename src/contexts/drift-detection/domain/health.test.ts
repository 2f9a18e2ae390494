import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../kernel/messages/health-scaling.ts';
import { afresh, degraded, isIll, withHealth } from './health.ts';
import { noFindings, type DriftFindings } from './runtime-drift-finding.ts';

/** `ended` is the end of a deployment of the service. */
const after = (told: readonly (Verdict | 'ended')[]): DriftFindings =>
  told.reduce<DriftFindings>(
    (findings, one) => (one === 'ended' ? { ...findings, health: afresh(findings, ['a']) } : withHealth(findings, { services: [{ service: 'a', tenant: 'contoso', verdict: one, checks: [] }] })),
    noFindings,
  );

describe('health since the last deployment', () => {
  it.each([
    { reason: 'nothing was said', told: [], live: [] },
    { reason: 'it is as it was', told: ['healthy', 'ended', 'healthy'], live: [] },
    { reason: 'it got worse', told: ['healthy', 'ended', 'degraded'], live: ['degraded'] },
    { reason: 'it got much worse', told: ['healthy', 'ended', 'degraded', 'unhealthy'], live: ['unhealthy'] },
    { reason: 'it is well again', told: ['healthy', 'ended', 'unhealthy', 'healthy'], live: [] },
    { reason: 'it was no better when the deployment ended', told: ['healthy', 'degraded', 'ended', 'degraded'], live: [] },
    { reason: 'the deployment ended before the word that it helped', told: ['unhealthy', 'ended', 'healthy', 'degraded'], live: ['degraded'] },
    { reason: 'no data says nothing new', told: ['healthy', 'ended', 'degraded', 'no-data'], live: ['degraded'] },
    { reason: 'no data is no health to fall from', told: ['no-data', 'ended', 'degraded'], live: [] },
  ] satisfies readonly { reason: string; told: readonly (Verdict | 'ended')[]; live: readonly string[] }[])('$reason', ({ told, live }) => {
    expect(degraded(after(told), 'a').map((one) => one.live)).toEqual(live);
  });

  it('said twice changes nothing', () => {
    const once = after(['healthy', 'degraded']);
    expect(withHealth(once, { services: [{ service: 'a', tenant: 'contoso', verdict: 'degraded', checks: [] }] })).toBe(once);
    expect([isIll(once, 'a'), isIll(once, 'b')]).toEqual([true, false]);
  });
});

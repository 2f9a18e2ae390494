import { describe, expect, test } from 'vitest';
import { standingOf, unscannedSince } from '../../src/gitops/report/health-standing.ts';
import { healthCheck } from '../../src/gitops/report/health-text.ts';
import { frozenAt } from '../../src/kernel/freeze-window.ts';
import { driftStanding } from '../support/drift-findings.ts';
import { commit, sampleHealth } from '../support/report-samples.ts';
import { freezeCases, standingCases } from './time-cases.ts';

const now = Date.UTC(2026, 10, 24, 12);
const at = (ms: number): string => new Date(ms).toISOString();

describe('what was seen', () => {
  test.each(standingCases)('$reason: the verdict is $health, the scan $scan, and only both make it green', ({ age, health, scan }) => {
    const services = [{ service: 'checkout', tenant: 'contoso', verdict: 'healthy' as const, checks: [] }];
    const report = sampleHealth({ drift: [], health: { verdict: 'healthy', since: at(now - age), services }, healthAt: at(now - age) });
    const standing = standingOf(report, null, now);
    const unscanned = unscannedSince(driftStanding([], { scannedAt: at(now - age), watchedSince: at(now - 10 * 86_400_000) }), now);
    expect({ standing, scan: unscanned === null ? 'scanned' : 'missed' }).toEqual({ standing: health, scan });
    expect(healthCheck(report, commit, 't', standing, unscanned).conclusion).toBe(health === 'current' && scan === 'scanned' ? 'success' : 'neutral');
  });
});

describe('a freeze window', () => {
  test.each(freezeCases)('$reason', ({ cron, timezone, hours, at: moment, until }) => {
    const frozen = frozenAt([{ cron, timezone, durationMs: hours * 3_600_000, reason: null }], Date.parse(moment));
    expect(frozen === null ? null : at(frozen.until)).toBe(until);
  });
});

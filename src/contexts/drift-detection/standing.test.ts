import { describe, expect, it } from 'vitest';
import { testClock } from '../../../test/support/delivery.ts';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { memoryStore } from '../../../test/support/memory-store.ts';
import { tenantId } from '../../kernel/ids.ts';
import { findingsKey, noFindings, type DriftFindings } from './domain/runtime-drift-finding.ts';
import { readDrift } from './standing.ts';

const tenant = tenantId(100, 7, 'contoso');
const at = '2026-11-24T00:00:00.000Z';
const runs = { generation: 1, sequence: 1, runs: true, services: {}, at: Date.parse(at) };

async function standing(value: Partial<DriftFindings>) {
  const store = memoryStore();
  store.apply({ end: 'done', emits: [], saves: [{ key: findingsKey(tenant, 'prod'), expectedVersion: 0, value: { ...noFindings, ...value } }] });
  return readDrift({ store, clock: testClock(Date.parse(at)) })(tenant, 'prod');
}

describe('how drift stands', () => {
  it.each([
    { reason: 'nothing was scanned', value: { watchedSince: at }, stands: { open: [], scannedAt: null, watchedSince: at, suppressed: false, deploying: [] } },
    { reason: 'a scan found something', value: { watchedSince: at, scannedAt: at, open: [driftFinding()] }, stands: { open: [driftFinding()], scannedAt: at, watchedSince: at, suppressed: false, deploying: [] } },
    { reason: 'a deployment has not said what it owns', value: { watchedSince: at, deployment: runs }, stands: { open: [], scannedAt: null, watchedSince: at, suppressed: true, deploying: [] } },
    { reason: 'a deployment owns one app', value: { watchedSince: at, deployment: { ...runs, services: { checkout: 1 } } }, stands: { open: [], scannedAt: null, watchedSince: at, suppressed: false, deploying: ['checkout'] } },
    { reason: 'it was stored before this was noted: nothing is owed from before', value: {}, stands: { open: [], scannedAt: null, watchedSince: at, suppressed: false, deploying: [] } },
  ])('$reason', async ({ value, stands }) => {
    expect(await standing(value)).toEqual(stands);
  });

  it('is not known of what is not watched', async () => {
    expect(await readDrift({ store: memoryStore(), clock: testClock() })(tenant, 'prod')).toBeNull();
  });
});

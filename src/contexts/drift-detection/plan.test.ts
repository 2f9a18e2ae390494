import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import type { DesiredDrift, DesiredEnvironment, DriftMode, IgnoredPath } from '../../kernel/desired-state.ts';
import { parseTenantId } from '../../kernel/ids.ts';
import type { Change } from '../../kernel/plan.ts';
import { driftPlanner } from './plan.ts';

const replicas = 'properties.template.scale.minReplicas';
const ofOthers: IgnoredPath = { path: replicas, reason: 'the night job sets it' };

function row(path: string, mode: DriftMode, services: readonly string[] | null = null): DesiredDrift['paths'][number] {
  return { path, mode, services, reason: null };
}

/** An environment with services, each with what it leaves to others. */
function declares(drift: DesiredDrift, services: Readonly<Record<string, readonly IgnoredPath[]>> = { checkout: [], catalog: [] }): DesiredEnvironment {
  return desiredEnvironment({ drift, services: Object.entries(services).map(([name, ignores]) => desiredService({ name, ignores })) });
}

const report: DesiredDrift = { mode: 'report', paths: [] };
const both = { checkout: [ofOthers], catalog: [ofOthers] };

async function plan(base: DesiredEnvironment | null, head: DesiredEnvironment | null): Promise<readonly Change[]> {
  const { changes } = await driftPlanner({ tenantId: parseTenantId('7.42.contoso'), environment: 'staging', base, head });
  return changes;
}

describe('the plan of drift', () => {
  test.each([
    { base: declares(report), head: declares({ ...report, mode: 'propose' }), says: 'drift: report → propose', risk: 'low', reason: 'another mode' },
    { base: declares(report), head: declares({ ...report, mode: 'heal' }), says: 'drift: report → heal', risk: 'medium', reason: 'what differs already is put back without being asked' },
    { base: declares(report), head: declares(report, both), says: `drift: leaves ${replicas} of checkout, catalog to others (the night job sets it)`, risk: 'low', reason: 'a place is left to others' },
    { base: declares(report, both), head: declares(report), says: `drift: takes ${replicas} of checkout, catalog back: what differs there is drift, and the next deployment sets it`, risk: 'low', reason: 'a place is taken back' },
    { base: declares(report, both), head: declares(report, { ...both, catalog: [] }), says: `drift: takes ${replicas} of catalog back: what differs there is drift, and the next deployment sets it`, risk: 'low', reason: 'of one service' },
    { base: declares(report), head: declares({ ...report, paths: [row('tags.owner', 'heal', ['checkout'])] }), says: 'drift: tags.owner (checkout): as the rest → heal', risk: 'medium', reason: 'a row that heals' },
    { base: declares({ ...report, paths: [row('tags.owner', 'propose')] }), head: declares(report), says: 'drift: tags.owner: propose → as the rest', risk: 'low', reason: 'a row that goes' },
    { base: declares({ ...report, paths: [row('tags.a', 'heal'), row('tags', 'report')] }), head: declares({ ...report, paths: [row('tags', 'report'), row('tags.a', 'heal')] }), says: 'drift: its rows in another order', risk: 'low', reason: 'the first that fits counts' },
    { base: declares(report), head: declares({ mode: 'propose', paths: [row('tags.a', 'report'), row('tags.b', 'report')] }), says: 'drift: report → propose; tags.a: as the rest → report; 1 more', risk: 'low', reason: 'more than a summary holds' },
    { base: null, head: declares({ ...report, paths: [row('tags.a', 'report')] }), says: 'drift: tags.a: as the rest → report', risk: 'low', reason: 'an environment that comes with rows' },
  ])('$says: $reason', async ({ base, head, says, risk }) => {
    const changes = await plan(base, head);
    expect(changes).toMatchObject([{ context: 'drift-detection', kind: 'RuntimeEnvironment', name: 'staging', action: 'update', effect: 'nothing in Azure', risk, summary: says }]);
    expect(changes[0]?.differences.length).toBeGreaterThan(0);
  });

  test.each([
    { base: declares(report), head: declares(report), reason: 'nothing changed' },
    { base: null, head: declares(report), reason: 'an environment that comes without rows' },
    { base: declares(report, both), head: null, reason: 'an environment that goes' },
    { base: declares(report, both), head: declares(report, { checkout: [ofOthers] }), reason: 'a service goes with what it left to others' },
    { base: declares(report, both), head: declares(report, { ...both, orders: [ofOthers] }), reason: 'a service comes under a row that is there' },
  ])('has no line: $reason', async ({ base, head }) => {
    expect(await plan(base, head)).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { checkoutFile, shopFiles, withText } from '../../../test/support/proposals-world.ts';
import { remediationWorld, type RemediationWorld } from '../../../test/support/remediation-world.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';

const finding = driftFinding({ firstSeenAt: '2026-11-23T22:17:00.000Z' });
const health = (world: RemediationWorld) => world.github.check(world.github.branch('main') ?? '', 'trueup/health (prod)');

async function drifted(open: readonly DriftFinding[] = [finding]): Promise<RemediationWorld> {
  const world = await remediationWorld();
  await world.found(open);
  return world;
}

describe('drift', () => {
  test('of very many services: the riskiest ten are proposed, the others in their turn or when somebody asks', async () => {
    const many = Array.from({ length: 12 }, (_, index) => driftFinding({ id: `n${index}`, service: `other-${String(index).padStart(2, '0')}`, severity: 'high' }));
    const world = await drifted([...many, driftFinding({ ...finding, severity: 'low' })]);
    expect(world.github.proposed.size, 'the others are not declared here').toBe(0);
    await world.settle('ReportHealth', { environment: 'prod' });
    expect(health(world)?.summary).toContain('3 more services drifted, and wait for their pull requests until others are answered: `other-10`, `other-11`, `checkout`.');
    await world.found([...many.slice(3), driftFinding({ ...finding, severity: 'low' })]);
    expect(world.shown()?.title, 'its turn has come').toBe('Drift: checkout in prod (1 change)');
    await world.found([...many, driftFinding({ ...finding, severity: 'low' })]);
    expect(world.open(), 'what is open stays').not.toBeNull();
    const impatient = await drifted([...many, driftFinding({ ...finding, severity: 'low' })]);
    await impatient.asks('keep-git');
    expect(impatient.open()).not.toBeNull();
  });

  test('says in the health check which pull request answers it, or why none does', async () => {
    const world = await drifted();
    expect(health(world)?.summary).toMatch(/To be decided: `checkout` \[#&#8203;\d+\]\(https:/);
    const blocked = await remediationWorld(withText(shopFiles, checkoutFile, 'metadata:', 'metadata: &a'));
    await blocked.found([finding]);
    expect(health(blocked)?.summary).toContain('`checkout` has no pull request: ');
  });
});

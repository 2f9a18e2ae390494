import { describe, expect, test } from 'vitest';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { repositoryTenant } from '../../../test/support/gitops-world.ts';
import { compiled } from '../../../test/support/manifests.ts';
import { catalogFile, checkoutFile, shopFiles, withText } from '../../../test/support/proposals-world.ts';
import { remediationWorld, type RemediationWorld } from '../../../test/support/remediation-world.ts';
import { done } from '../../kernel/outcome.ts';
import { driftId, loadProposal } from '../records/proposal.ts';
import { remediationsAfter } from './asked-after-drift.ts';

const finding = driftFinding({ firstSeenAt: '2026-11-23T22:17:00.000Z' });

async function drifted(files = shopFiles): Promise<RemediationWorld & { readonly number: number }> {
  const world = await remediationWorld(files);
  await world.found([finding]);
  return { ...world, number: world.open() ?? 0 };
}

describe('of a pull request that answers drift', () => {
  test('who closed it is a bot that may write: it decides nothing for people', async () => {
    const world = await drifted();
    world.github.setPermission('trueup[bot]', 'write');
    world.github.changePull(world.number, { state: 'closed' });
    await world.look();
    expect(world.told()).toEqual([]);
  });

  test('it was closed before it showed anything: that acknowledges nothing, least of all everything', async () => {
    const world = await drifted();
    const { value, save } = await loadProposal(world.store, repositoryTenant, driftId('prod', 'checkout'));
    if (value === null || value.remediation === null) throw new Error('there is none');
    world.store.apply(done([save({ ...value, remediation: { ...value.remediation, findings: [] } })]));
    world.github.closeBy(world.number, 'octocat');
    await world.look();
    expect([world.told(), world.open()]).toEqual([[], null]);
  });

  test('it was opened again, and the drift went by itself: the same once more is proposed once more', async () => {
    const world = await drifted();
    world.github.closeBy(world.number, 'octocat');
    await world.look();
    world.github.changePull(world.number, { state: 'open' });
    await world.look();
    await world.gone([finding]);
    expect(world.open()).toBeNull();
    await world.found([finding]);
    expect(world.open()).toBeGreaterThan(world.number);
  });

  test('it was closed: another live value at the same place is proposed, and what a person asks for', async () => {
    const world = await drifted();
    world.github.closeBy(world.number, 'octocat');
    await world.look();
    await world.found([{ ...finding, id: 'f9', live: 'contoso.azurecr.io/checkout:2' }]);
    const next = world.open() ?? 0;
    expect(next).toBeGreaterThan(world.number);
    world.github.closeBy(next, 'octocat');
    await world.look();
    await world.asks('keep-git');
    expect(world.open()).toBeGreaterThan(next);
  });

  test.each([
    { reason: 'counted from the merge, however late it is heard of', mergedBefore: 10, goneBefore: 0, says: '10m after the merge' },
    { reason: 'no time before the merge, where it was gone already', mergedBefore: 5, goneBefore: 8, says: ' 0s after the merge' },
  ])('the comment says how long it took: $reason', async ({ mergedBefore, goneBefore, says }) => {
    const world = await drifted();
    world.clock.advance(60 * 60_000);
    const ago = (minutes: number): string => new Date(world.clock.now() - minutes * 60_000).toISOString();
    world.github.changePull(world.number, { state: 'closed', merged: true, mergedAt: ago(mergedBefore) });
    await world.push(world.proposed());
    world.scanned([], { scannedAt: ago(goneBefore) });
    await world.look();
    expect(world.github.comment(world.number)).toContain(says);
  });
});

describe('what is proposed', () => {
  test('nothing, where somebody asks for Azure and Azure is as Git says again', async () => {
    const world = await remediationWorld();
    world.runs(':1.4.1', ':1.4.1');
    world.scanned([driftFinding({ mode: 'report' })]);
    await world.asks('keep-live');
    expect(world.open()).toBeNull();
    expect((await loadProposal(world.store, repositoryTenant, driftId('prod', 'checkout'))).value?.why).toBe('Git says already what runs');
  });

  test('what is open stays while the service is declared wrongly', async () => {
    const world = await drifted();
    await world.push(withText(shopFiles, checkoutFile, ':1.4.1', ':latest'));
    await world.look();
    expect(world.open()).toBe(world.number);
  });

  test('whom else the version of a secret concerns is said, and not the service itself', async () => {
    const pinned = / {2}version: [0-9a-f]{32}\n/.exec(shopFiles['trueup/SecretBinding.yaml'] ?? '')?.[0] ?? '';
    const files = withText(shopFiles, 'trueup/SecretBinding.yaml', pinned, '');
    const binding = compiled(files).environments.find(({ name }) => name === 'prod')?.secrets[0];
    const moved = driftFinding({ class: 'secret-reference', path: `properties.configuration.secrets[${binding?.appSecretName}].keyVaultUrl`, live: `${binding?.keyVaultUrl}/${'a'.repeat(32)}` });
    const world = await remediationWorld(files);
    await world.found([moved]);
    expect(world.shown()?.body).toContain('- catalog of prod take the same secret');
    const alone = await remediationWorld(withText(files, catalogFile, 'secrets: [payments-api-key]', 'secrets: []'));
    await alone.found([moved]);
    expect(alone.shown()?.body).not.toContain('take the same secret');
  });
});

test('an app that Git does not declare has no manifest to propose anything in', () => {
  const unmanaged = driftFinding({ id: 'u', class: 'unmanaged', service: 'stray', mode: 'report' });
  const asked = remediationsAfter(repositoryTenant, 'prod', { before: [], after: [unmanaged, finding] });
  expect(asked.map(({ payload }) => 'service' in payload && payload.service)).toEqual(['checkout']);
});

import { describe, expect, test } from 'vitest';
import { failOnce, type Faults } from '../../../test/support/delivery.ts';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { ownerTenant, repositoryTenant } from '../../../test/support/gitops-world.ts';
import { compiled } from '../../../test/support/manifests.ts';
import { checkoutFile, shopFiles, withText } from '../../../test/support/proposals-world.ts';
import { driftBranch, driftCheckName, remediationWorld, type RemediationWorld } from '../../../test/support/remediation-world.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';

const finding = driftFinding({ firstSeenAt: '2026-11-23T22:17:00.000Z' });
const other = driftFinding({ id: 'f2', path: 'properties.template.scale.maxReplicas', severity: 'medium', firstSeenAt: '2026-11-23T23:00:00.000Z' });

const reapply = (world: RemediationWorld): string | undefined => /trueup\.dev\/reapply\.prod: "?([^" ]*)/.exec(world.proposed()[checkoutFile] ?? '')?.[1];
const check = (world: RemediationWorld) => world.github.check(world.github.branch(driftBranch) ?? '', driftCheckName);

async function drifted(open: readonly DriftFinding[] = [finding], faults?: Faults): Promise<RemediationWorld> {
  const world = await remediationWorld(shopFiles, faults);
  await world.found(open);
  return world;
}

describe('drift that something is to be done about', () => {
  test('gets one pull request that has Git applied again, with the buttons at its head', async () => {
    const world = await drifted([finding, other]);
    expect(world.shown()).toMatchObject({ title: 'Drift: checkout in prod (2 changes)', branch: driftBranch });
    expect(reapply(world)).toBe(other.firstSeenAt);
    expect(check(world)).toMatchObject({ conclusion: 'neutral', actions: [{ identifier: 'keep-git' }, { identifier: 'keep-live' }, { identifier: 'ack-7d' }] });
    expect(await world.github.repository.firstParent(repositoryTenant, world.github.branch(driftBranch) ?? '')).toBe(world.github.branch('main'));
  });

  test.each<{ reason: string; open: readonly DriftFinding[] }>([
    { reason: 'it was seen once', open: [driftFinding({ observations: 1 })] },
    { reason: 'it is only to be told', open: [driftFinding({ mode: 'report' })] },
    { reason: 'it is put right by itself', open: [driftFinding({ mode: 'heal' })] },
    { reason: 'somebody acknowledged it', open: [driftFinding({ acknowledged: { by: 'octocat', at: '2026-11-24T00:00:00.000Z', until: null, reason: 'on purpose' } })] },
    { reason: 'it was put right again and again', open: [driftFinding({ oscillations: 3 })] },
    { reason: 'nobody declares the app', open: [driftFinding({ class: 'unmanaged', mode: 'report' })] },
    { reason: 'the service is not declared', open: [driftFinding({ service: 'nobody' })] },
  ])('gets none when $reason', async ({ open }) => {
    const world = await drifted(open);
    expect([world.github.proposed.size, world.github.branch(driftBranch)]).toEqual([0, null]);
  });

  test('costs no call when it is the same', async () => {
    const world = await drifted();
    const writes = world.github.writes.length;
    await world.found([finding]);
    await world.look();
    await world.settle('RepositorySynced', { commit: world.github.branch('main') ?? '', environments: [] });
    expect(world.github.writes.slice(writes)).toEqual([]);
  });

  test('is edited in place when more is found, and when who did it is known', async () => {
    const world = await drifted();
    const number = world.open();
    const changed = { who: 'jane@contoso.com', at: '2026-11-23T22:14:00.000Z', source: 'activity-log' as const, operation: null };
    const known = [{ ...finding, changed }, other];
    world.scanned(known);
    await world.settle('RuntimeDriftUpdated', { environment: 'prod', open: known });
    expect([world.open(), world.github.proposed.size, world.shown()?.title]).toEqual([number, 1, 'Drift: checkout in prod (2 changes)']);
    expect(world.shown()?.body).toContain('`jane@contoso.com`, 2026-11-23 22:14 UTC');
  });

  test('of two services are two pull requests, and each is looked at when something of it is known', async () => {
    const world = await drifted([finding, driftFinding({ id: 'c', service: 'catalog' })]);
    expect([...world.github.proposed.values()].map(({ title }) => title)).toEqual(['Drift: catalog in prod (1 change)', 'Drift: checkout in prod (1 change)']);
    const { last } = await world.deliver('RuntimeDriftDetected', { environment: 'prod', open: [finding, driftFinding({ id: 'd', service: 'catalog' })], opened: ['d'] });
    expect(last.emits.flatMap(({ type, payload }) => (type === 'ProposeRemediation' ? [payload] : []))).toMatchObject([{ service: 'catalog' }]);
  });

  test('that is gone by itself: closed without a word', async () => {
    const world = await drifted();
    const number = world.open() ?? 0;
    await world.gone([finding]);
    expect([world.github.isOpen(number), world.told()]).toEqual([false, []]);
    await world.found([finding]);
    expect(world.open(), 'the same once more is proposed once more').toBeGreaterThan(number);
  });

  test('stays as it is while a deployment owns the apps, and before anybody looked', async () => {
    const world = await drifted();
    const writes = world.github.writes.length;
    world.scanned([], { scannedAt: null });
    await world.look();
    for (const over of [{ suppressed: true }, { deploying: ['catalog', 'checkout'] }]) {
      world.scanned([], over);
      await expect(world.look()).rejects.toThrow('still waiting');
    }
    expect([world.github.writes.slice(writes), world.open()]).toEqual([[], expect.any(Number)]);
    world.scanned([], { deploying: ['catalog'] });
    await world.look();
    expect(world.open(), 'a deployment of another service is none of it').toBeNull();
  });

  test('stays as it is while the manifest is wrong, and goes with the declaration', async () => {
    const world = await drifted();
    const number = world.open();
    await world.push(withText(shopFiles, checkoutFile, 'kind: RuntimeService', 'kind: [RuntimeService'));
    await world.look();
    expect(world.open()).toBe(number);
    const { [checkoutFile]: _gone, ...rest } = shopFiles;
    await world.push(rest);
    await world.look();
    expect(world.open()).toBeNull();
  });

  test('is not proposed where Git asks already for it to be applied again, unless a person asks once more', async () => {
    const world = await drifted();
    await world.merge();
    await world.look();
    expect(world.open()).toBeNull();
    await world.asks('keep-git');
    expect(world.open()).not.toBeNull();
    expect(reapply(world)?.slice(0, 16)).toBe('2026-11-24T00:02');
    await world.look();
    expect(world.open(), 'and stays').not.toBeNull();
  });
});

describe('what a person asks for', () => {
  test('is proposed also where it is only to be told, and closed when they acknowledge it later', async () => {
    const told = driftFinding({ mode: 'report', observations: 1 });
    const world = await drifted([told]);
    await world.asks('keep-git');
    expect(world.shown()?.title).toBe('Drift: checkout in prod (1 change)');
    expect(world.shown()?.body).toContain('as `octocat` asked');
    await world.look();
    const later = new Date(world.clock.now() + 1000).toISOString();
    await world.found([{ ...told, acknowledged: { by: 'octocat', at: later, until: null, reason: 'x' } }]);
    expect(world.open()).toBeNull();
  });

  test('an older wish that comes late changes nothing', async () => {
    const world = await drifted();
    await world.asks('keep-git', 'second');
    world.clock.advance(-30_000);
    await world.settle('ProposeRemediation', { environment: 'prod', service: 'checkout', choice: 'keep-live', by: 'first' });
    expect(world.shown()?.body).toContain('as `second` asked');
  });
});

describe('Azure is kept', () => {
  const hotfix = driftFinding({ desired: 'contoso.azurecr.io/checkout:1.4.1', live: 'contoso.azurecr.io/checkout:1.4.9' });

  async function adopted(findings: readonly DriftFinding[], faults?: Faults): Promise<RemediationWorld> {
    const world = await drifted(findings, faults);
    world.runs(':1.4.1', ':1.4.9');
    await world.asks('keep-live');
    return world;
  }

  test('by the same pull request, which has the manifest say what runs and nothing else', async () => {
    const world = await adopted([hotfix]);
    expect(world.github.proposed.size).toBe(1);
    expect(world.proposed()).toEqual(withText(shopFiles, checkoutFile, ':1.4.1', ':1.4.9'));
    expect(world.shown()?.body).toContain('**Keep Azure**, as `octocat` asked: merge this');
    await world.look();
    expect(world.proposed()).toEqual(withText(shopFiles, checkoutFile, ':1.4.1', ':1.4.9'));
  });

  test('and Git again, whichever was asked for last', async () => {
    const world = await adopted([hotfix]);
    await world.asks('keep-git');
    expect([reapply(world), withText(shopFiles, checkoutFile, ':1.4.1', ':1.4.1')]).toEqual([hotfix.firstSeenAt, shopFiles]);
    expect(world.github.proposed.size).toBe(1);
  });

  test('what cannot come into Git is named, and Git is applied again where that is all', async () => {
    const traffic = driftFinding({ id: 't', class: 'unexpected-traffic', path: 'properties.configuration.ingress.traffic' });
    const both = await adopted([hotfix, traffic]);
    expect(both.shown()?.body).toMatch(/\*\*Does not come into Git\*\*.*\n\n- `properties\.configuration\.ingress\.traffic`: the traffic belongs to the rollout/);
    const world = await drifted([traffic]);
    world.runs(':1.4.1', ':1.4.1');
    await world.asks('keep-live');
    expect(world.shown()?.body).toContain('**Azure cannot be kept**');
    expect(reapply(world)).toBe(traffic.firstSeenAt);
  });

  test('merged: nothing is proposed while the next scan is awaited', async () => {
    const world = await adopted([hotfix]);
    await world.merge();
    world.scanned([hotfix]);
    await world.look();
    expect(world.open()).toBeNull();
  });

  test('where a vault went ahead of Git, which only Git can follow, without anybody asking', async () => {
    const files = withText(shopFiles, 'trueup/SecretBinding.yaml', / {2}version: [0-9a-f]{32}\n/.exec(shopFiles['trueup/SecretBinding.yaml'] ?? '')?.[0] ?? '', '');
    const binding = compiled(files).environments.find(({ name }) => name === 'prod')?.secrets[0];
    const version = 'a'.repeat(32);
    const world = await remediationWorld(files);
    await world.found([driftFinding({ class: 'secret-reference', path: `properties.configuration.secrets[${binding?.appSecretName}].keyVaultUrl`, live: `${binding?.keyVaultUrl}/${version}` })]);
    expect(world.proposed()['trueup/SecretBinding.yaml']).toContain(version);
  });
});

describe('what somebody did meanwhile', () => {
  test('closed it: acknowledged until Azure changes, and not proposed again', async () => {
    const world = await drifted([finding, other]);
    const number = world.open() ?? 0;
    world.github.closeBy(number, 'octocat');
    await world.settle('FollowPullRequest', { number });
    expect(world.told()).toMatchObject([{ tenantId: ownerTenant, payload: { environment: 'prod', service: 'checkout', findings: ['f1', 'f2'], by: 'octocat', until: null } }]);
    await world.look();
    expect([world.open(), world.told().length]).toEqual([null, 1]);
    await world.found([driftFinding({ id: 'f3', live: 'contoso.azurecr.io/checkout:2' })]);
    expect(world.open(), 'another live value').toBeGreaterThan(number);
  });

  test.each([
    { reason: 'by a bot, which decides nothing for people', policy: {}, close: (world: RemediationWorld, number: number) => world.github.changePull(number, { state: 'closed' }) },
    { reason: 'by somebody who may close and not write', policy: {}, close: (world: RemediationWorld, number: number) => world.github.closeBy(number, 'triager') },
    { reason: 'by somebody who may not acknowledge there', policy: { '.github/trueup.yml': 'apiVersion: trueup.dev/v1\nkind: RepositoryPolicy\nenvironments: { prod: { approvers: [octocat] } }\n' }, close: (world: RemediationWorld, number: number) => world.github.closeBy(number, 'intern') },
  ])('closed it: not proposed again, and not acknowledged: $reason', async ({ policy, close }) => {
    const world = await remediationWorld({ ...shopFiles, ...policy });
    await world.found([finding]);
    const number = world.open() ?? 0;
    close(world, number);
    await world.settle('FollowPullRequest', { number });
    await world.look();
    expect([world.told(), world.open()]).toEqual([[], null]);
  });

  test('opened it again: it counts again, and is kept up to date', async () => {
    const world = await drifted();
    const number = world.open() ?? 0;
    world.github.closeBy(number, 'octocat');
    await world.settle('FollowPullRequest', { number });
    const acknowledged = { by: 'octocat', at: new Date(world.clock.now()).toISOString(), until: null, reason: 'x' };
    await world.found([{ ...finding, acknowledged }]);
    world.github.changePull(number, { state: 'open' });
    await world.settle('FollowPullRequest', { number });
    expect(world.shown()?.title).toBe('Drift: checkout in prod (1 change)');
    await world.found([{ ...finding, acknowledged }, other]);
    expect([world.open(), world.shown()?.title]).toEqual([number, 'Drift: checkout in prod (2 changes)']);
  });

  test('committed to its branch: it is left as it is, says so, and has the buttons at their commit', async () => {
    const world = await drifted();
    const theirs = world.github.commit(driftBranch, { ...world.proposed(), 'mine.txt': 'x' });
    world.github.changePull(world.open() ?? 0, { headSha: theirs });
    await world.found([finding, other]);
    expect(world.github.branch(driftBranch)).toBe(theirs);
    expect(world.shown()?.body).toContain('Somebody else committed to this branch');
    expect(check(world)?.actions).toHaveLength(3);
    await world.gone([finding, other]);
    const number = world.open() ?? 0;
    expect(number, 'not ours to close').toBeGreaterThan(0);
    await world.found([finding]);
    world.github.closeBy(number, 'octocat');
    await world.settle('FollowPullRequest', { number });
    expect(world.told(), 'and it is they who closed it').toMatchObject([{ payload: { by: 'octocat' } }]);
  });

  test('merged it: the comment says how long it took when the drift is gone', async () => {
    const world = await drifted();
    const number = await world.merge();
    await world.look();
    expect(world.github.comment(number) ?? '').not.toContain('is closed');
    world.clock.advance(6 * 60_000 - 1000);
    await world.gone([finding]);
    expect(world.github.comment(number)).toContain('The drift of `checkout` in `prod` is closed, 6m after the merge; it was open for 1h50m.');
    const writes = world.github.writes.length;
    await world.look();
    expect([world.github.writes.slice(writes), world.told()]).toEqual([[], []]);
  });

  test('a pull request that answers no drift is followed by nobody', async () => {
    const world = await drifted([]);
    const { last } = await world.deliver('FollowPullRequest', { number: 12 });
    expect(last.emits).toEqual([]);
  });
});

describe('each call fails once', () => {
  async function ended(faults: Faults): Promise<unknown> {
    const world = await drifted([finding], faults);
    const opened = [world.open(), world.proposed(), { ...check(world), commit: '' }, [...world.github.proposed]];
    await world.gone([finding]);
    await world.found([finding]);
    return [opened, world.open(), world.told(), [...world.github.proposed]];
  }

  test.each(['before', 'after'] as const)('%s its effect: the same world', async (when) => {
    const calm = failOnce(0, when);
    const wanted = await ended(calm);
    for (let failing = 1; failing <= calm.calls(); failing += 1) expect(await ended(failOnce(failing, when)), `call ${failing}`).toEqual(wanted);
  });
});

import { describe, expect, it } from 'vitest';
import { desiredSecretBinding, desiredService } from '../../../../test/support/desired.ts';
import { driftFinding } from '../../../../test/support/drift-findings.ts';
import { outsideWrite } from '../../../../test/support/outside-writes.ts';
import { replicasToCount } from './replica-suspects.ts';
import { noFindings, type DriftFindings } from './runtime-drift-finding.ts';
import { dueTargets, vaultTargets } from './vault-looks.ts';
import { accessPath, secretPaths } from './vault-sightings.ts';

const named = (names: readonly string[]) => names.map((name) => desiredService({ name, replicas: { min: 1, max: 4 } }));
const letters = [...'abcdefghij'];
const ill: DriftFindings['health'] = { g: { verdict: 'unhealthy', best: 'unhealthy' } };

describe('replicas are counted', () => {
  const counted = (over: Partial<DriftFindings> = {}): string => [...replicasToCount({ ...noFindings, ...over }, named(letters)).services].toSorted().join('');

  it.each([
    { reason: 'of a few, in turn', over: {}, services: 'abc' },
    { reason: 'of the next few', over: { roundAt: 'c' }, services: 'def' },
    { reason: 'past the last from the first again', over: { roundAt: 'i' }, services: 'abj' },
    { reason: 'from where a service was that is gone', over: { roundAt: 'cc' }, services: 'def' },
    { reason: 'where the inventory counted too few', over: { inventory: { g: 0, h: 1, i: 4 } }, services: 'abcg' },
    { reason: 'where the inventory counted too many', over: { inventory: { h: 5 } }, services: 'abch' },
    { reason: 'where it is not well', over: { health: ill }, services: 'abcg' },
    { reason: 'where they were out of bounds the last time', over: { doubted: ['i'] }, services: 'abci' },
    { reason: 'where that is open: nothing else would close it', over: { open: [driftFinding({ class: 'replicas-out-of-bounds', service: 'j' })] }, services: 'abcj' },
    { reason: 'of a service that is gone no more', over: { doubted: ['z'] }, services: 'abc' },
  ])('$reason', ({ over, services }) => {
    expect(counted(over)).toBe(services);
  });

  it('of each in its turn, and of a bounded number at once', () => {
    const services = named(Array.from({ length: 200 }, (_, index) => `s${String(index).padStart(3, '0')}`));
    const everyoneIsOut = Object.fromEntries(services.map(({ name }) => [name, 0]));
    const seen = new Set<string>();
    for (let scan = 0, roundAt = ''; scan < 67; scan += 1) {
      const next = replicasToCount({ ...noFindings, roundAt, inventory: everyoneIsOut }, services);
      expect(next.services.size).toBeLessThanOrEqual(43);
      next.services.forEach((name) => seen.add(name));
      roundAt = next.roundAt;
    }
    expect(seen.size).toBe(200);
  });

  it('of all that are open, however many', () => {
    const services = named(Array.from({ length: 60 }, (_, index) => `s${index}`));
    const open = services.map(({ name }) => driftFinding({ class: 'replicas-out-of-bounds', service: name }));
    expect(replicasToCount({ ...noFindings, open }, services).services.size).toBe(60);
  });
});

describe('vaults are looked at', () => {
  const now = Date.UTC(2026, 10, 24);
  const minute = 60_000;
  const [one, other] = [desiredSecretBinding({ name: 'one', secret: 'one' }), desiredSecretBinding({ name: 'other', secret: 'other' })];
  const services = [desiredService({ name: 'a', secrets: ['one', 'other'] }), desiredService({ name: 'g', secrets: ['one'] })];
  const targets = vaultTargets({ secrets: [one, other] }, services);
  const keys = { one: 'secret|contoso|kv-storefront|one', other: 'secret|contoso|kv-storefront|other', access: 'access|contoso|kv-storefront|id-storefront' };
  const lookedAgo = (minutes: number): Record<string, number> => Object.fromEntries(Object.values(keys).map((key) => [key, now - minutes * minute]));

  it('once for all services that share them', () => {
    expect(targets.map(({ key, uses }) => `${key} ${uses.map(({ service }) => service).join('')}`).toSorted()).toEqual([`${keys.access} aag`, `${keys.one} ag`, `${keys.other} a`]);
  });

  it.each([
    { reason: 'all, when none was', over: {}, due: Object.values(keys) },
    { reason: 'none within the hour', over: { looked: lookedAgo(59) }, due: [] },
    { reason: 'all after the hour', over: { looked: lookedAgo(60) }, due: Object.values(keys) },
    { reason: 'sooner where a service is not well', over: { looked: lookedAgo(10), health: ill }, due: [keys.access, keys.one] },
    { reason: 'always where its reference is open', over: { looked: lookedAgo(1), open: [driftFinding({ class: 'secret-reference', service: 'a', path: secretPaths(other).reference })] }, due: [keys.other] },
    { reason: 'always where its access is open', over: { looked: lookedAgo(1), open: [driftFinding({ class: 'access-lost', service: 'g', path: accessPath(one) })] }, due: [keys.access] },
  ])('$reason', ({ over, due }) => {
    expect(dueTargets(targets, { ...noFindings, ...over }, { others: [] }, now).map(({ key }) => key).toSorted()).toEqual(due.toSorted());
  });

  it.each([
    { reason: 'somebody wrote to the vault', resource: '/x/providers/Microsoft.KeyVault/vaults/KV-Storefront/secrets/one', ago: 1, due: 3 },
    { reason: 'somebody wrote to the identity', resource: '/x/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-storefront', ago: 1, due: 3 },
    { reason: 'that was before the last look', resource: '/x/providers/Microsoft.KeyVault/vaults/kv-storefront', ago: 6, due: 0 },
    { reason: 'it was another vault', resource: '/x/providers/Microsoft.KeyVault/vaults/kv', ago: 1, due: 0 },
    { reason: 'it was another vault whose name begins so', resource: '/x/providers/Microsoft.KeyVault/vaults/kv-storefront-eu', ago: 1, due: 0 },
  ])('at once or not: $reason', ({ resource, ago, due }) => {
    const { app: _app, isOurs: _isOurs, ...write } = outsideWrite({ app: null, resource, at: new Date(now - ago * minute).toISOString() });
    expect(dueTargets(targets, { ...noFindings, looked: lookedAgo(5) }, { others: [write] }, now)).toHaveLength(due);
  });

  it('a bounded number at once, those first that wait longest', () => {
    const many = Array.from({ length: 60 }, (_, index) => desiredSecretBinding({ name: `s${index}`, secret: `s${index}` }));
    const all = vaultTargets({ secrets: many }, [desiredService({ name: 'a', secrets: many.map(({ name }) => name) })]);
    const first = dueTargets(all, noFindings, { others: [] }, now);
    const looked = Object.fromEntries(first.map(({ key }) => [key, now]));
    const second = dueTargets(all, { ...noFindings, looked }, { others: [] }, now + 5 * minute);
    expect([first.length, second.length, second.filter(({ key }) => key in looked).length]).toEqual([20, 20, 0]);
  });
});

import { describe, expect, it } from 'vitest';
import { desiredSecretBinding } from '../../../../test/support/desired.ts';
import type { ObservedSecretVersion } from '../../../kernel/key-vault.ts';
import { lostAccess, secretSightings } from './vault-sightings.ts';

const now = Date.UTC(2026, 10, 24);
const hour = 60 * 60_000;
const time = (hours: number): string => new Date(now + hours * hour).toISOString();
const version = (name: string, over: Partial<ObservedSecretVersion> = {}): ObservedSecretVersion => ({ version: name, enabled: true, notBefore: null, expiresOn: null, createdOn: time(-100), ...over });
const pinned = desiredSecretBinding({ version: 'v1' });
const unpinned = desiredSecretBinding({ version: null });
const reference = `properties.configuration.secrets[${pinned.appSecretName}]`;
const found = (binding: typeof pinned, versions: readonly ObservedSecretVersion[] | null, endedAt = now - 10 * hour) => secretSightings('checkout', binding, { versions, endedAt, now });

describe('a secret reference', () => {
  it.each([
    { reason: 'the version is there', versions: [version('v1')], live: [] },
    { reason: 'its name compares without case', versions: [version('V1')], live: [] },
    { reason: 'a newer version does not matter to one that is pinned', versions: [version('v2', { createdOn: time(-1) }), version('v1')], live: [] },
    { reason: 'it was disabled', versions: [version('v1', { enabled: false })], live: ['the version is disabled'] },
    { reason: 'it was deleted', versions: [version('v2')], live: ['the version is gone'] },
    { reason: 'it expired', versions: [version('v1', { expiresOn: time(-1) })], live: ['the version has expired'] },
    { reason: 'it expires later', versions: [version('v1', { expiresOn: time(1) })], live: [] },
    { reason: 'it is not valid yet', versions: [version('v1', { notBefore: time(1) })], live: ['the version is not valid yet'] },
    { reason: 'it is valid since', versions: [version('v1', { notBefore: time(-1) })], live: [] },
    { reason: 'the secret was deleted', versions: [], live: ['the secret is gone'] },
    { reason: 'the vault was deleted', versions: null, live: ['the Key Vault is gone'] },
  ])('that is pinned: $reason', ({ versions, live }) => {
    const seen = found(pinned, versions);
    expect(seen.map((one) => one.live)).toEqual(live);
    expect(seen.every((one) => one.path === reference && one.class === 'secret-reference')).toBe(true);
  });

  it.each([
    { reason: 'the same as at the last deployment', versions: [version('v1')], endedAt: now - 10 * hour, live: [] },
    { reason: 'another since', versions: [version('v2', { createdOn: time(-1) }), version('v1')], endedAt: now - 10 * hour, live: [`${unpinned.keyVaultUrl}/v2`] },
    { reason: 'another before it', versions: [version('v2', { createdOn: time(-20) }), version('v1')], endedAt: now - 10 * hour, live: [] },
    { reason: 'nobody knows when it was deployed', versions: [version('v2', { createdOn: time(-1) })], endedAt: 0, live: [] },
    { reason: 'the newest was disabled', versions: [version('v2', { enabled: false, createdOn: time(-1) })], endedAt: now - 10 * hour, live: ['the version is disabled'] },
  ])('that follows the latest: $reason', ({ versions, endedAt, live }) => {
    expect(found(unpinned, versions, endedAt).map((one) => one.live)).toEqual(live);
  });

  it('that the vault moved names the place of the reference, so that it can be adopted', () => {
    const [moved] = found(unpinned, [version('v2', { createdOn: time(-1) })]);
    expect(moved).toMatchObject({ path: `properties.configuration.secrets[${unpinned.appSecretName}].keyVaultUrl`, desired: unpinned.keyVaultUrl });
  });
});

describe('access', () => {
  it('that is lost is told by what is gone', () => {
    const [role, identity] = (['role', 'identity'] as const).map((gone) => lostAccess('checkout', pinned, gone));
    expect([role?.live, identity?.live]).toEqual(['the identity may not read the vault', 'the identity is gone']);
    expect(role?.liveDigest).not.toBe(identity?.liveDigest);
    expect(role?.about).toEqual(['/vaults/kv-storefront/', '/userassignedidentities/id-storefront/']);
  });
});

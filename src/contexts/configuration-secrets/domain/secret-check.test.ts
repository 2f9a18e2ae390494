import { describe, expect, test } from 'vitest';
import { desiredSecretBinding } from '../../../../test/support/desired.ts';
import { observedVersion, secretVersion } from '../../../../test/support/memory-vaults.ts';
import type { ObservedSecretVersion } from '../../../kernel/key-vault.ts';
import { checkVersion } from './secret-check.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const other = 'c'.repeat(32);
const pinned = desiredSecretBinding();
const latest = desiredSecretBinding({ version: null });

const rows: { reason: string; binding: typeof pinned; versions: ObservedSecretVersion[]; answer: string }[] = [
  { reason: 'the pinned version is there', binding: pinned, versions: [observedVersion()], answer: secretVersion },
  { reason: 'versions compare without case', binding: pinned, versions: [observedVersion({ version: secretVersion.toUpperCase() })], answer: secretVersion.toUpperCase() },
  { reason: 'the pinned version, not the newest', binding: pinned, versions: [observedVersion({ version: other }), observedVersion()], answer: secretVersion },
  { reason: 'unpinned means the newest', binding: latest, versions: [observedVersion({ version: other }), observedVersion()], answer: other },
  { reason: 'no version at all is no secret', binding: pinned, versions: [], answer: 'secret-not-found at spec.secret' },
  { reason: 'another version only', binding: pinned, versions: [observedVersion({ version: other })], answer: 'version-not-found at spec.version' },
  { reason: 'disabled', binding: pinned, versions: [observedVersion({ enabled: false })], answer: 'version-disabled at spec.version' },
  { reason: 'a disabled newest is what an unpinned reference would follow', binding: latest, versions: [observedVersion({ enabled: false }), observedVersion({ version: other })], answer: 'version-disabled at spec.secret' },
  { reason: 'expired', binding: pinned, versions: [observedVersion({ expiresOn: '2026-11-24T11:59:59Z' })], answer: 'version-expired at spec.version' },
  { reason: 'expires at this very moment', binding: pinned, versions: [observedVersion({ expiresOn: '2026-11-24T12:00:00Z' })], answer: 'version-expired at spec.version' },
  { reason: 'expires later', binding: pinned, versions: [observedVersion({ expiresOn: '2026-11-24T12:00:01Z' })], answer: secretVersion },
  { reason: 'not valid yet', binding: pinned, versions: [observedVersion({ notBefore: '2026-11-25T00:00:00Z' })], answer: 'version-not-valid-yet at spec.version' },
  { reason: 'valid since before', binding: pinned, versions: [observedVersion({ notBefore: '2026-11-23T00:00:00Z' })], answer: secretVersion },
];

describe('a secret’s version', () => {
  test.each(rows)('$reason', ({ binding, versions, answer }) => {
    const check = checkVersion(binding, versions, now);
    expect(check.ok ? check.version.version : `${check.refusal.code} at ${check.refusal.path}`).toBe(answer);
  });

  test('days are named as days', () => {
    const check = checkVersion(pinned, [observedVersion({ expiresOn: '2026-10-01T10:00:00Z' })], now);
    expect(check).toMatchObject({ refusal: { reason: `Version ${secretVersion} of secret payments-api-key in Key Vault kv-storefront expired on 2026-10-01.` } });
  });
});

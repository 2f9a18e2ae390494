import { createHash } from 'node:crypto';
import type { Access } from '../arm/access.ts';
import type { ListedResource } from '../arm/listing.ts';
import { vaultNameOf } from '../http/hosts.ts';
import { sameName } from '../json.ts';
import type { LocalClock, VaultReader } from '../world.ts';

export interface VaultSeed {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly secrets: readonly SecretSeed[];
}

interface SecretSeed {
  readonly name: string;
  /** Oldest first: the last one is the latest. */
  readonly versions: readonly { readonly version: string; readonly value: string; readonly enabled?: boolean; readonly expiresOn?: string | null }[];
}

export interface SecretVersion {
  readonly version: string;
  readonly value: string;
  readonly enabled: boolean;
  /** Milliseconds since the epoch, all of them. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly contentType: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Vault {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  /** By name, lower case; versions oldest first. */
  readonly secrets: Map<string, { readonly name: string; readonly versions: SecretVersion[] }>;
}

export const vaultType = 'Microsoft.KeyVault/vaults';
export const getSecret = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';

export interface VaultStore extends VaultReader {
  find(name: string): Vault | null;
  list(): readonly Vault[];
  /** The same, as ARM's index shows them. */
  resources(): readonly ListedResource[];
}

interface VaultStoreOptions {
  readonly subscription: string;
  readonly clock: Pick<LocalClock, 'now'>;
  readonly access: Access;
  readonly seeds: readonly VaultSeed[];
}

export function vaultStore({ subscription, clock, access, seeds }: VaultStoreOptions): VaultStore {
  const vaults = seeds.map((seed) => vaultOf(subscription, seed, clock.now()));
  const find = (name: string) => vaults.find((vault) => sameName(vault.name, name)) ?? null;
  return {
    find,
    list: () => vaults,
    resources: () => vaults.map(({ id, name, location }) => ({ id, name, type: vaultType, location, tags: {} })),
    read(principalId, url) {
      const { vaultName, secretName, version } = parseSecretUrl(url);
      const vault = find(vaultName);
      if (vault === null) return { ok: false, code: 'VaultNotFound' };
      // Rights come first: who may not read does not learn what is there.
      if (!access.allows(principalId, 'dataActions', getSecret, secretScope(vault, secretName))) return { ok: false, code: 'Forbidden' };
      const found = versionOf(vault, secretName, version);
      if (found === null) return { ok: false, code: 'SecretNotFound' };
      return found.enabled ? { ok: true, value: found.value, version: found.version } : { ok: false, code: 'SecretDisabled' };
    },
  };
}

/** Oldest first; none when there is no such secret. */
export function versionsOf(vault: Vault, secretName: string): SecretVersion[] {
  return vault.secrets.get(secretName.toLowerCase())?.versions ?? [];
}

/** Null when there is no such secret or version; without a version the latest, even if it is disabled. */
export function versionOf(vault: Vault, secretName: string, version: string | null): SecretVersion | null {
  const versions = versionsOf(vault, secretName);
  return (version === null ? versions.at(-1) : versions.find((one) => sameName(one.version, version))) ?? null;
}

export function secretScope(vault: Vault, secretName: string | null): string {
  return secretName === null ? vault.id : `${vault.id}/secrets/${secretName}`;
}

/** Version ids look random, so their order says nothing about age. */
export function newVersionId(vault: Vault, secretName: string, count: number, now: number): string {
  return createHash('sha256').update(`${vault.id}/${secretName}/${count}/${now}`).digest('hex').slice(0, 32);
}

function parseSecretUrl(url: string): { vaultName: string; secretName: string; version: string | null } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const [kind = '', secretName = '', version = null] = (parsed?.pathname ?? '').split('/').filter(Boolean);
  const host = parsed?.hostname ?? '';
  return { vaultName: host.endsWith('.vault.azure.net') && kind === 'secrets' ? vaultNameOf(host) : '', secretName, version };
}

function vaultOf(subscription: string, { name, resourceGroup, location, secrets }: VaultSeed, now: number): Vault {
  return {
    id: `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/${vaultType}/${name}`,
    name,
    resourceGroup,
    location,
    secrets: new Map(secrets.map((secret) => [secret.name.toLowerCase(), { name: secret.name, versions: seededVersions(secret, now) }])),
  };
}

/** A day apart, the latest an hour old. */
function seededVersions({ versions }: SecretSeed, now: number): SecretVersion[] {
  return versions.map(({ version, value, enabled = true, expiresOn = null }, index) => {
    const createdAt = now - 3_600_000 - (versions.length - 1 - index) * 86_400_000;
    const expiresAt = expiresOn === null ? null : Date.parse(expiresOn);
    return { version, value, enabled, createdAt, updatedAt: createdAt, notBefore: null, expiresAt, contentType: null, tags: {} };
  });
}

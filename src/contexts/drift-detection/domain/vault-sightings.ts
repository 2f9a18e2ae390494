import type { DesiredSecretBinding } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import { meantVersion, type MeantVersion, type ObservedSecretVersion } from '../../../kernel/key-vault.ts';
import type { Sighting } from './runtime-drift-finding.ts';
import { bounded } from './shown-text.ts';

type Binding = Pick<DesiredSecretBinding, 'vault' | 'secret' | 'version' | 'identity' | 'appSecretName' | 'keyVaultUrl'>;

/** Where findings about a binding stand: the reference as a whole, and the version that it follows. */
export function secretPaths({ appSecretName }: Pick<Binding, 'appSecretName'>): { readonly reference: string; readonly url: string } {
  const reference = `properties.configuration.secrets[${appSecretName}]`;
  return { reference, url: `${reference}.keyVaultUrl` };
}

export function accessPath({ identity, vault }: Pick<Binding, 'identity' | 'vault'>): string {
  return `identity.userAssignedIdentities[${identity}].vaults[${vault}]`;
}

export interface SecretLook {
  /** Newest first; null when the vault is not there. */
  readonly versions: readonly ObservedSecretVersion[] | null;
  /** Milliseconds since the epoch; when the last deployment of the service ended, 0 when that is not known. */
  readonly endedAt: number;
  readonly now: number;
}

/** A reference that cannot be read any more, or one without a version that follows another than at the last deployment. Never a value. */
export function secretSightings(service: string, binding: Binding, { versions, endedAt, now }: SecretLook): readonly Sighting[] {
  const broken = brokenBy(binding, versions, now);
  if (broken !== null) return [reference(service, binding, broken)];
  const [newest] = versions ?? [];
  const madeAt = Date.parse(newest?.createdOn ?? '');
  if (binding.version !== null || newest === undefined || endedAt === 0 || !(madeAt > endedAt)) return [];
  return [moved(service, binding, newest.version)];
}

function brokenBy({ version: pinned }: Binding, versions: readonly ObservedSecretVersion[] | null, now: number): string | null {
  if (versions === null) return 'the Key Vault is gone';
  const { fault } = meantVersion(versions, pinned, now);
  return fault === null ? null : faultWords[fault];
}

const faultWords: Readonly<Record<NonNullable<MeantVersion['fault']>, string>> = {
  'no-secret': 'the secret is gone',
  'no-version': 'the version is gone',
  disabled: 'the version is disabled',
  expired: 'the version has expired',
  'not-valid-yet': 'the version is not valid yet',
};

function reference(service: string, binding: Binding, live: string): Sighting {
  const { vault, secret, version, keyVaultUrl } = binding;
  return {
    class: 'secret-reference',
    service,
    path: secretPaths(binding).reference,
    desired: bounded(keyVaultUrl),
    live,
    liveDigest: digestOf([version, live]),
    summary: `Secret ${secret} of Key Vault ${vault} cannot be read any more: ${live}`,
    about: aboutVault(vault),
  };
}

function moved(service: string, binding: Binding, version: string): Sighting {
  const { vault, secret, keyVaultUrl } = binding;
  const live = bounded(`${keyVaultUrl.replace(/(?<!\/)\/+$/, '')}/${version}`);
  return {
    class: 'secret-reference',
    service,
    path: secretPaths(binding).url,
    desired: bounded(keyVaultUrl),
    live,
    liveDigest: digestOf(version),
    summary: `Secret ${secret} of Key Vault ${vault} has another version since the last deployment, and no version is pinned`,
    about: aboutVault(vault),
  };
}

/** `identity`: the identity itself is gone. */
export function lostAccess(service: string, { vault, identity }: Binding, gone: 'identity' | 'role'): Sighting {
  const live = gone === 'identity' ? 'the identity is gone' : 'the identity may not read the vault';
  return {
    class: 'access-lost',
    service,
    path: accessPath({ vault, identity }),
    desired: 'may read secrets',
    live,
    liveDigest: digestOf(live),
    summary: gone === 'identity' ? `Identity ${identity} is gone; it read secrets of Key Vault ${vault}` : `Identity ${identity} may not read secrets of Key Vault ${vault} any more`,
    about: [...aboutVault(vault), `/userassignedidentities/${identity.toLowerCase()}/`],
  };
}

function aboutVault(vault: string): readonly string[] {
  return [`/vaults/${vault.toLowerCase()}/`];
}

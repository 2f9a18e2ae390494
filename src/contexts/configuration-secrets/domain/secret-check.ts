import type { DesiredSecretBinding } from '../../../kernel/desired-state.ts';
import { meantVersion, type MeantVersion, type ObservedSecretVersion, type ObservedVault } from '../../../kernel/key-vault.ts';

/** Why a binding cannot be used, and what a person must do. `path` lies in its manifest. */
export interface Refusal {
  readonly code:
    | 'vault-not-found'
    | 'vault-not-readable'
    | 'secret-not-found'
    | 'version-not-found'
    | 'version-disabled'
    | 'version-not-valid-yet'
    | 'version-expired'
    | 'identity-not-found'
    | 'identity-may-not-read'
    | 'access-not-readable';
  readonly path: string;
  readonly reason: string;
  readonly needs: string;
}

type Named = Pick<DesiredSecretBinding, 'vault' | 'secret' | 'version' | 'identity'>;

export type VersionCheck =
  | { readonly ok: true; readonly version: ObservedSecretVersion }
  | { readonly ok: false; readonly refusal: Refusal };

/** The version that the binding means, if it can be used at `now`. Versions come newest first; unpinned means the newest, as for Azure. */
export function checkVersion(binding: Named, versions: readonly ObservedSecretVersion[], now: number): VersionCheck {
  const { vault, secret, version: pinned } = binding;
  const meant = meantVersion(versions, pinned, now);
  if (meant.fault === 'no-secret') {
    return refuse('secret-not-found', 'spec.secret', `Key Vault ${vault} has no secret ${secret}.`, 'Create the secret in the vault, or correct its name.');
  }
  if (meant.fault === 'no-version') {
    return refuse('version-not-found', 'spec.version', `Secret ${secret} of Key Vault ${vault} has no version ${pinned}.`, `Pin a version that exists; az keyvault secret list-versions --vault-name ${vault} --name ${secret} lists them.`);
  }
  return usable(meant, binding);
}

function usable({ fault, version }: Extract<MeantVersion, { version: unknown }>, { vault, secret, version: pinned }: Named): VersionCheck {
  const which = `Version ${version.version} of secret ${secret} in Key Vault ${vault}`;
  const path = pinned === null ? 'spec.secret' : 'spec.version';
  if (fault === 'disabled') return refuse('version-disabled', path, `${which} is disabled.`, 'Enable it in the vault, or pin another version.');
  if (fault === 'expired') return refuse('version-expired', path, `${which} expired on ${day(version.expiresOn)}.`, 'Make a new version in the vault and pin it.');
  if (fault === 'not-valid-yet') {
    return refuse('version-not-valid-yet', path, `${which} is not valid before ${day(version.notBefore)}.`, 'Pin a version that is valid, or merge again when this one is.');
  }
  return { ok: true, version };
}

function refuse(code: Refusal['code'], path: string, reason: string, needs: string): VersionCheck {
  return { ok: false, refusal: { code, path, reason, needs } };
}

function day(time: string | null): string {
  return time === null ? 'an unknown day' : new Date(Date.parse(time)).toISOString().slice(0, 10);
}

export function vaultNotFound({ vault }: Named, subscription: string): Refusal {
  const reason = `There is no Key Vault ${vault} in subscription ${subscription}.`;
  return { code: 'vault-not-found', path: 'spec.vault', reason, needs: 'Create the vault, or correct its name.' };
}

export function vaultNotReadable({ vault }: Named, scope: string | null): Refusal {
  const reason = `Trueup may not read the metadata of Key Vault ${vault}.`;
  const where = scope ?? `<resource id of ${vault}>`;
  const needs = `Let Trueup read metadata, which shows no value: az role assignment create --role "Key Vault Reader" --assignee <Trueup's identity> --scope ${where}`;
  return { code: 'vault-not-readable', path: 'spec.vault', reason, needs };
}

export function accessNotReadable({ vault, identity }: Named, scope: string): Refusal {
  const reason = `Trueup may not see who can read Key Vault ${vault}, so it cannot tell whether identity ${identity} can.`;
  const needs = `Let Trueup read role assignments: az role assignment create --role "Reader" --assignee <Trueup's identity> --scope ${scope}`;
  return { code: 'access-not-readable', path: 'spec.vault', reason, needs };
}

export function identityNotFound({ identity }: Named, environment: string): Refusal {
  const reason = `Identity ${identity} is not in the resource group of ${environment}.`;
  const needs = `Identities are made when ${environment} is provisioned: put right what keeps that from being done, then re-run the check.`;
  return { code: 'identity-not-found', path: 'spec.identity', reason, needs };
}

export function identityMayNotRead({ vault, identity }: Named, { id }: ObservedVault, principalId: string): Refusal {
  const reason = `Identity ${identity} may not read secrets of Key Vault ${vault}, and Trueup may not grant it.`;
  const assignee = `--assignee-object-id ${principalId} --assignee-principal-type ServicePrincipal`;
  const needs = `Grant it, then re-run the check: az role assignment create --role "Key Vault Secrets User" ${assignee} --scope ${id}`;
  return { code: 'identity-may-not-read', path: 'spec.identity', reason, needs };
}

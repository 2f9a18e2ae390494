import type { AbortSignal } from '../../../kernel/context.ts';
import type { DesiredEnvironment, DesiredSecretBinding } from '../../../kernel/desired-state.ts';
import { NotAllowed } from '../../../kernel/errors.ts';
import { tenantIn, type TenantId } from '../../../kernel/ids.ts';
import type { ObservedSecretVersion, ObservedVault } from '../../../kernel/key-vault.ts';
import { accessNotReadable, checkVersion, vaultNotFound, vaultNotReadable, type Refusal } from '../domain/secret-check.ts';
import type { ConfigurationSecretsPorts } from '../ports.ts';

export type SecretLook =
  | { readonly found: false; readonly refusal: Refusal }
  | {
      readonly found: true;
      readonly vault: ObservedVault;
      readonly version: ObservedSecretVersion;
      /** Null: the identity is not there. */
      readonly principalId: string | null;
      /** False, too, when the identity is not there. */
      readonly mayRead: boolean;
    };

type LookPorts = Pick<ConfigurationSecretsPorts, 'clock' | 'vaults' | 'access'>;

export interface Where {
  readonly owner: TenantId;
  readonly environment: DesiredEnvironment;
  readonly signal: AbortSignal;
}

/** Looks at vault, secret, version and identity through metadata. A right that Trueup lacks is an answer, everything else is thrown. */
export async function lookAtSecret(ports: LookPorts, where: Where, binding: DesiredSecretBinding): Promise<SecretLook> {
  const { environment, signal } = where;
  const tenant = tenantIn(where.owner, binding.tenant);
  const { subscription } = environment.azure;
  const vault = await unlessNotAllowed(ports.vaults.vault(tenant, subscription, binding.vault, signal));
  if (vault === notAllowed) return refused(vaultNotReadable(binding, null));
  if (vault === null) return refused(vaultNotFound(binding, subscription));
  const versions = await unlessNotAllowed(ports.vaults.versions(tenant, vault, binding.secret, signal));
  if (versions === notAllowed) return refused(vaultNotReadable(binding, vault.id));
  const check = checkVersion(binding, versions, ports.clock.now());
  if (!check.ok) return refused(check.refusal);
  const principalId = await ports.access.principal(tenant, environment.azure, binding.identity, signal);
  if (principalId === null) return { found: true, vault, version: check.version, principalId, mayRead: false };
  const mayRead = await unlessNotAllowed(ports.access.mayRead(tenant, vault, principalId, signal));
  if (mayRead === notAllowed) return refused(accessNotReadable(binding, vault.id));
  return { found: true, vault, version: check.version, principalId, mayRead };
}

function refused(refusal: Refusal): SecretLook {
  return { found: false, refusal };
}

export const notAllowed = Symbol('not allowed');

export async function unlessNotAllowed<T>(call: Promise<T>): Promise<T | typeof notAllowed> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof NotAllowed) return notAllowed;
    throw error;
  }
}

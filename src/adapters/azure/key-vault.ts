import type { VaultMetadata } from '../../contexts/configuration-secrets/ports.ts';
import type { ObservedSecretVersion, ObservedVault } from '../../kernel/key-vault.ts';
import { Rejected } from '../../kernel/errors.ts';
import { orNull, type Call, type Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { parseArmId, sameName } from './names.ts';
import type { Touched } from './tenant-check.ts';
import { unexpectedAnswer } from './translate.ts';

const vaultType = 'microsoft.keyvault/vaults';
const vaultName = /^[a-zA-Z](?:[a-zA-Z0-9]|-(?!-)){1,22}[a-zA-Z0-9]$/;
const secretName = /^[a-zA-Z0-9-]{1,127}$/;

/** Key Vault through metadata: the role Key Vault Reader is enough, and `getSecret` is called nowhere. */
export function vaultMetadata(clients: Clients, calls: Calls): VaultMetadata {
  return {
    async vault(tenant, subscription, name, signal) {
      const call: Call = { operation: 'vaults.find', tenant, touches: { subscription, vault: name }, signal };
      // The name becomes part of a filter expression and of a host name.
      if (!vaultName.test(name)) throw new Rejected('Not the name of a key vault', { code: 'InvalidName' });
      const filter = `resourceType eq 'Microsoft.KeyVault/vaults' and name eq '${name}'`;
      const ids = await calls(call, async (options) => {
        const found: string[] = [];
        for await (const resource of clients.of(subscription).resources.resources.list({ filter, ...options })) found.push(resource.id ?? '');
        return found;
      });
      return ids.map(vaultOf).find((vault) => vault !== null && sameName(vault.name, name) && sameName(vault.subscription, subscription)) ?? null;
    },
    async versions(tenant, vault, secret, signal) {
      const call: Call = { operation: 'secrets.versions', tenant, touches: touchedBy(vault), signal, service: 'vault' };
      if (!secretName.test(secret)) throw new Rejected('Not the name of a secret', { code: 'InvalidName' });
      return (await calls(call, (options) => orNull(readVersions(clients, vault.name, secret, options)))) ?? [];
    },
  };
}

/** What a vault's id says that a call about it touches. @throws Unavailable for what is no vault's id. */
export function touchedBy(vault: ObservedVault): Touched & { readonly subscription: string } {
  const found = vaultOf(vault.id);
  if (found === null || !sameName(found.name, vault.name) || !vaultName.test(vault.name)) throw unexpectedAnswer('vaults.find');
  return { subscription: found.subscription, vault: found.name };
}

function vaultOf(id: string): (ObservedVault & { readonly subscription: string }) | null {
  const parsed = parseArmId(id);
  return parsed?.type === vaultType ? { id, name: parsed.name, subscription: parsed.subscription } : null;
}

async function readVersions(clients: Clients, vault: string, secret: string, options: object): Promise<readonly ObservedSecretVersion[]> {
  const versions: ObservedSecretVersion[] = [];
  for await (const properties of clients.secrets(vault).listPropertiesOfSecretVersions(secret, options)) {
    versions.push({
      version: properties.version ?? '',
      enabled: properties.enabled ?? false,
      notBefore: properties.notBefore?.toISOString() ?? null,
      expiresOn: properties.expiresOn?.toISOString() ?? null,
      createdOn: properties.createdOn?.toISOString() ?? null,
    });
  }
  return versions.filter(({ version }) => version !== '').sort((a, b) => (b.createdOn ?? '').localeCompare(a.createdOn ?? ''));
}

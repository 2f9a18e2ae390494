import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import type { AzurePlace, JsonObject } from '../../../kernel/desired-state.ts';
import { identityNameOf, listOf, variablesOf } from './live-fields.ts';

/** A variable that comes from a Key Vault secret, in the words of a SecretBinding. */
export interface LiveBinding {
  readonly env: string;
  readonly vault: string;
  readonly secret: string;
  readonly version: string | null;
  readonly identity: string;
  /** Name of the container app's secret. */
  readonly appSecret: string;
}

export interface LiveSecrets {
  readonly bindings: readonly LiveBinding[];
  /** Secrets that no binding can say, each with the reason and what is left to do. */
  readonly unbound: readonly { readonly name: string; readonly why: string }[];
}

const address = /^https:\/\/([a-z](?:[a-z0-9]|-(?=[a-z0-9])){2,23})\.vault\.azure\.net\/secrets\/([0-9a-zA-Z-]{1,127})(?:\/([0-9a-f]{1,32})?)?$/i;

/** The parts of a secret's address; null where it is none of a public vault. */
export function vaultSecretOf(keyVaultUrl: unknown): { readonly vault: string; readonly secret: string; readonly version: string | null } | null {
  const [, vault, secret, version = null] = (typeof keyVaultUrl === 'string' ? address.exec(keyVaultUrl) : null) ?? [];
  return vault === undefined || secret === undefined ? null : { vault: vault.toLowerCase(), secret, version: version?.toLowerCase() ?? null };
}

/** Values of secrets never come back from Azure, so only references to a vault can come into Git. */
export function liveSecrets(body: JsonObject, container: JsonObject, place: Pick<AzurePlace, 'subscription' | 'resourceGroup'>): LiveSecrets {
  const secrets = listOf(fieldsOf(fieldsOf(body['properties'])['configuration'])['secrets']);
  const variables = variablesOf(container);
  const each = secrets.map((secret) => bindingOf(secret, variables.flatMap(({ name, secretRef }) => (secretRef === secret['name'] ? [name] : [])), place));
  return { bindings: each.flatMap((one) => ('env' in one ? [one] : [])), unbound: each.flatMap((one) => ('why' in one ? [one] : [])) };
}

function bindingOf({ name, keyVaultUrl, identity }: JsonObject, env: readonly string[], place: Pick<AzurePlace, 'subscription' | 'resourceGroup'>): LiveBinding | LiveSecrets['unbound'][number] {
  const appSecret = typeof name === 'string' ? name : '';
  const left = (why: string): LiveSecrets['unbound'][number] => ({ name: appSecret, why });
  if (typeof keyVaultUrl !== 'string' || keyVaultUrl === '') {
    return left('its value lies in Azure alone and cannot be read; put it into a Key Vault and declare a SecretBinding, until then it stays in the container app as it is');
  }
  const parts = vaultSecretOf(keyVaultUrl);
  if (parts === null) return left('its address is not that of a secret in a vault of the public cloud');
  const named = typeof identity === 'string' ? identityNameOf(identity, place) : null;
  if (named === null) return left("it is read with an identity that is not a user-assigned one in the environment's resource group; give it one and declare a SecretBinding");
  const [variable, ...others] = env;
  if (variable === undefined || others.length > 0) return left('a SecretBinding is one environment variable, and this one is none or several; it stays in the container app as it is');
  return { env: variable, ...parts, identity: named, appSecret };
}

import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import type { Problem } from '../../../kernel/problem.ts';
import type { OtherGrant } from '../ports.ts';
import { breach, secretDocument, serviceDocument } from './breach.ts';
import { coversVault } from './grant.ts';
import { tenantsOf } from './placement.ts';

/** In a vault that others may use too, a secret's name says whose it is; who else uses it in this environment does not matter. */
export function secretNameProblems(environment: DesiredEnvironment, tenant: string, others: readonly OtherGrant[]): Problem[] {
  return environment.secrets
    .filter((secret) => secret.tenant === tenant && !isOwnSecret(environment, tenant, others, secret))
    .map((secret) =>
      breach(secretDocument(secret), {
        code: 'secret-without-prefix',
        path: 'spec.secret',
        message: `Key Vault ${secret.vault} is shared with another tenant, and the name ${secret.secret} does not say that the secret belongs to tenant ${tenant}.`,
        expected: `a name that starts with ${tenant}-`,
        hint: `Rename the secret, or give tenant ${tenant} a vault of its own.`,
      }),
    );
}

/** The vaults of a silo are its tenant's alone, whatever names are in them. */
export function siloVaultProblems(environment: DesiredEnvironment, tenant: string, others: readonly OtherGrant[]): Problem[] {
  const own = environment.secrets.filter((secret) => secret.tenant === tenant);
  const words = (vault: string) => ({
    code: 'silo-vault-is-shared',
    message: `Key Vault ${vault} is granted to another tenant as well, and ${environment.name} is the silo of tenant ${tenant}.`,
    hint: `Use a vault that only tenant ${tenant} is granted, or ask the operator of this Trueup to take the other grant back.`,
  });
  const bound = own.filter(({ vault }) => isShared(vault, others)).map((secret) => breach(secretDocument(secret), { ...words(secret.vault), path: 'spec.vault' }));
  const named = new Set(own.map(({ vault }) => vault.toLowerCase()));
  const raw = environment.services
    .filter((service) => service.tenant === tenant)
    .flatMap((service) => {
      const vaults = vaultReferences(service).flatMap((reference) => (reference === null || named.has(reference.vault.toLowerCase()) ? [] : reference.vault));
      const shared = [...new Set(vaults)].filter((vault) => isShared(vault, others));
      return shared.map((vault) => breach(serviceDocument(service), { ...words(vault), path: 'spec.azure.configuration.secrets' }));
    });
  return [...bound, ...raw];
}

interface SecretOfVault {
  readonly vault: string;
  readonly secret: string;
}

/** Whether the secret is surely not another's. The longest slug counts: `contoso-eu-key` belongs to `contoso-eu`, not to `contoso`. */
export function isOwnSecret(environment: DesiredEnvironment, tenant: string, others: readonly OtherGrant[], { vault, secret }: SecretOfVault): boolean {
  const sharers = sharersOf(vault, others);
  if (sharers.length === 0) return true;
  const name = secret.toLowerCase();
  const claims = [...new Set([...tenantsOf(environment), ...sharers])].filter((slug) => name.startsWith(`${slug}-`));
  return claims.sort((a, b) => b.length - a.length)[0] === tenant;
}

function isShared(vault: string, others: readonly OtherGrant[]): boolean {
  return sharersOf(vault, others).length > 0;
}

/** Slugs of whoever else may use the vault; the tenant's own slug when that is it in another repository. */
function sharersOf(vault: string, others: readonly OtherGrant[]): readonly string[] {
  return others.filter(({ vaults }) => coversVault(vaults, vault)).map(({ tenant }) => tenant);
}

/** What the others of the environment use, for who has no grants at hand. */
export function othersIn(environment: DesiredEnvironment, tenant: string): readonly OtherGrant[] {
  return environment.secrets.filter((one) => one.tenant !== tenant).map((one) => ({ tenant: one.tenant, vaults: [one.vault] }));
}

const secretAddress = /^https:\/\/([a-z0-9-]+)\.vault\.azure\.net\/secrets\/([a-z0-9-]+)(\/[a-z0-9]+)?\/?$/i;

/** The Key Vault references of the app as it would be sent; null for one that is not the address of a secret in Azure Key Vault. */
export function vaultReferences({ app }: DesiredService): readonly (SecretOfVault | null)[] {
  const secrets = app.properties.configuration['secrets'];
  const urls = (Array.isArray(secrets) ? secrets : []).flatMap((secret: unknown) => keyVaultUrlOf(secret));
  return urls.map((url) => {
    const [, vault, secret] = secretAddress.exec(url) ?? [];
    return vault === undefined || secret === undefined ? null : { vault, secret };
  });
}

function keyVaultUrlOf(secret: unknown): string[] {
  const url = typeof secret === 'object' && secret !== null && 'keyVaultUrl' in secret ? secret.keyVaultUrl : null;
  return typeof url === 'string' && url !== '' ? [url] : [];
}

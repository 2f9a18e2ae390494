import type { SecretAccess, VaultMetadata } from '../../src/contexts/configuration-secrets/ports.ts';
import type { ObservedSecretVersion } from '../../src/kernel/key-vault.ts';
import { NotAllowed } from '../../src/kernel/errors.ts';
import { assertWriting } from './write-scope.ts';

export interface MemoryVaults {
  readonly vaults: VaultMetadata;
  readonly access: SecretAccess;
  /** Secrets by vault; newest version first. */
  readonly secrets: Map<string, Map<string, ObservedSecretVersion[]>>;
  /** Principal ids by the identity's name. */
  readonly principals: Map<string, string>;
  /** `vault principal` of each identity that may read. */
  readonly readers: Set<string>;
  /** What the bot itself may not do. */
  readonly denied: Set<'vault' | 'versions' | 'mayRead' | 'grantRead'>;
  readonly writes: string[];
  readonly calls: string[];
  /** Looks at access before a grant shows. */
  lag: number;
}

export const secretVersion = '3f0c2a5b6d7e8f901a2b3c4d5e6f7081';

export function observedVersion(overrides: Partial<ObservedSecretVersion> = {}): ObservedSecretVersion {
  return { version: secretVersion, enabled: true, notBefore: null, expiresOn: null, createdOn: '2026-11-01T00:00:00.000Z', ...overrides };
}

/** One vault with one secret and one identity that may not read yet, and a bot that may grant it. */
export function memoryVaults(): MemoryVaults {
  const secrets = new Map([['kv-storefront', new Map([['payments-api-key', [observedVersion()]]])]]);
  const principals = new Map([['id-storefront', 'principal-id-storefront']]);
  const readers = new Set<string>();
  const denied: MemoryVaults['denied'] = new Set();
  const writes: string[] = [];
  const calls: string[] = [];
  let hidden = 0;

  function called(name: 'vault' | 'versions' | 'mayRead' | 'grantRead' | 'principal'): void {
    calls.push(name);
    if (name !== 'principal' && denied.has(name)) throw new NotAllowed(`${name} is denied`, { code: 'Forbidden' });
  }

  const world: MemoryVaults = {
    secrets,
    principals,
    readers,
    denied,
    writes,
    calls,
    lag: 1,
    vaults: {
      async vault(_tenant, _subscription, name) {
        called('vault');
        return secrets.has(name) ? { id: `/vaults/${name}`, name } : null;
      },
      async versions(_tenant, vault, secret) {
        called('versions');
        return secrets.get(vault.name)?.get(secret) ?? [];
      },
    },
    access: {
      async principal(_tenant, _place, identity) {
        called('principal');
        return principals.get(identity) ?? null;
      },
      async mayRead(_tenant, vault, principalId) {
        called('mayRead');
        if (!readers.has(`${vault.name} ${principalId}`)) return false;
        hidden -= 1;
        return hidden < 0;
      },
      async grantRead(_tenant, vault, principalId) {
        assertWriting('grantRead');
        called('grantRead');
        const reader = `${vault.name} ${principalId}`;
        if (!readers.has(reader)) hidden = world.lag;
        writes.push(`grantRead ${reader}`);
        readers.add(reader);
      },
    },
  };
  return world;
}

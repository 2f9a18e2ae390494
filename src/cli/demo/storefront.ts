import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

/** The repository that the demo starts from: `examples/storefront`, byte for byte. */
const storefrontFolder = join(import.meta.dirname, '../../../examples/storefront');

export const subscription = '00000000-0000-0000-0000-000000000000';
export const environments = ['staging', 'prod'] as const;
export const services = ['gateway', 'checkout', 'catalog', 'fulfilment'] as const;

export function storefrontFiles(): Readonly<Record<string, string>> {
  const entries = readdirSync(storefrontFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(storefrontFolder.length + 1), readFileSync(file, 'utf8')];
    }),
  );
}

interface SeededSecret {
  readonly name: string;
  readonly versions: readonly string[];
}

const secrets: readonly { readonly vault: string; readonly secrets: readonly SeededSecret[] }[] = [
  {
    vault: 'kv-storefront',
    secrets: [
      { name: 'payments-api-key', versions: ['3f0c2a5b6d7e8f901a2b3c4d5e6f7081', '7d0a1c93b85e4f2a96d1e3c05b7f8a24'] },
      { name: 'catalog-database', versions: ['b51e6f0d2c7a4983ae10f4d29c6b3e57'] },
    ],
  },
  { vault: 'kv-fabrikam', secrets: [{ name: 'carrier-token', versions: ['0c94e7d1a2f84b6b9e35d7c81f60a2b9'] }] },
];

/** The vaults that exist before Trueup comes, each version with a value of its own that nobody ever shows. */
export function vaultSeeds() {
  return secrets.map(({ vault, secrets }) => ({
    name: vault,
    resourceGroup: 'rg-vaults',
    location: 'westeurope',
    secrets: secrets.map(({ name, versions }) => ({ name, versions: versions.map((version) => ({ version, value: randomBytes(24).toString('base64url') })) })),
  }));
}

/** What the operator of this Trueup allows the two tenants of exactly this repository. */
export function grantsFor(installation: number, repository: number): string {
  const place = { installation, repository, subscriptions: [subscription], resourceGroups: ['rg-storefront-*'] };
  const tenants = [
    { ...place, tenant: 'contoso', vaults: ['kv-storefront'] },
    { ...place, tenant: 'fabrikam', vaults: ['kv-fabrikam'] },
  ];
  return `${JSON.stringify({ tenants }, null, 2)}\n`;
}

export const releasedImages = { gateway: 'contoso.azurecr.io/gateway:2.1.0', checkout: 'contoso.azurecr.io/checkout:1.5.0' } as const;

/** Gateway and checkout move on; in production checkout also takes the newer key. */
export const release: Readonly<Record<string, (text: string) => string>> = {
  'trueup/services/gateway.yaml': (text) => text.replace('contoso.azurecr.io/gateway:2.0.3', releasedImages.gateway),
  'trueup/services/checkout.yaml': (text) =>
    text.replaceAll(/contoso\.azurecr\.io\/checkout:1\.4\.[12]/g, releasedImages.checkout).replace('min: 2, max: 20', 'min: 2, max: 24'),
  'trueup/settings/storefront.yaml': (text) => text.replace('prod: { version: 3f0c2a5b6d7e8f901a2b3c4d5e6f7081 }', 'prod: { version: 7d0a1c93b85e4f2a96d1e3c05b7f8a24 }'),
};

/** What a person puts into production past Git. */
export const hotfix = 'contoso.azurecr.io/checkout:1.5.0-hotfix';

/** Replicas of checkout in production: as the release declares it, and as a person sets it past Git. */
export const most = { declared: 24, live: 30 } as const;

/** Of every hundred requests it answers twenty with 500: ready, and bad. */
export const badImage = 'contoso.azurecr.io/gateway:2.2.0-5xx-20';

export const badRelease: typeof release = {
  'trueup/services/gateway.yaml': (text) => text.replace('    prod:\n', `    prod:\n      image: ${badImage}\n`),
};

import { readGrants } from '../../src/adapters/grants/grants-file.ts';
import type { Grants } from '../../src/contexts/tenant-isolation/ports.ts';
import { tenantId, type TenantId } from '../../src/kernel/ids.ts';

/** One of two customers of the same Trueup. Everything that is one's alone holds the slug or an id of its own, so that it is known wherever it turns up. */
export interface Customer {
  readonly slug: string;
  readonly installation: number;
  readonly repository: number;
  readonly subscription: string;
  readonly workspace: string;
  readonly id: TenantId;
}

function customer(slug: string, installation: number, repository: number, digit: string): Customer {
  return { slug, installation, repository, subscription: `${digit.repeat(8)}-0000-4000-8000-000000000001`, workspace: `${digit.repeat(8)}-0000-4000-8000-000000000002`, id: tenantId(installation, repository, slug) };
}

export const contoso = customer('contoso', 100, 7, 'a');
export const fabrikam = customer('fabrikam', 200, 9, 'b');

/** A subscription and a vault that both were granted: there only the names say whose something is. */
export const sharedSubscription = 'cccccccc-0000-4000-8000-000000000001';
export const sharedVault = 'kv-everybody';

/** As the operator's file says it. */
export const bothGrants: Grants = readGrants(
  JSON.stringify({
    tenants: [contoso, fabrikam].map(({ slug, installation, repository, subscription, workspace }) => ({
      installation,
      repository,
      tenant: slug,
      subscriptions: [subscription, sharedSubscription],
      resourceGroups: [`rg-${slug}`, `rg-${slug}-*`],
      vaults: [`kv-${slug}`, sharedVault],
      workspaces: [workspace],
      gateHosts: [`gates.${slug}.io`],
    })),
  }),
  'the grants of the two tenants',
);

/** Texts that only something of this customer's holds, in lower case. */
export function marksOf({ slug, subscription, workspace }: Customer): readonly string[] {
  return [slug, subscription, workspace];
}

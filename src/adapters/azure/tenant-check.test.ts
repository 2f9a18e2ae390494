import { describe, expect, test } from 'vitest';
import { tenantId } from '../../kernel/ids.ts';
import { tenantCheck } from './tenant-check.ts';

const contoso = tenantId(100, 7, 'contoso');
const subscription = '00000000-0000-0000-0000-00000000000A';
const check = tenantCheck({
  of: (tenant) => (tenant === contoso ? { subscriptions: [subscription], resourceGroups: ['rg-storefront-*', 'rg-shared'], vaults: ['kv-storefront'] } : null),
});

describe('what a tenant may touch', () => {
  test.each([
    { reason: 'exactly what is granted', touched: { subscription, resourceGroup: 'rg-shared' } },
    { reason: 'by prefix', touched: { subscription, resourceGroup: 'rg-storefront-prod' } },
    { reason: 'names compare without case', touched: { subscription: subscription.toLowerCase(), resourceGroup: 'RG-Storefront-Prod' } },
    { reason: 'a vault, wherever its group is', touched: { subscription, vault: 'KV-storefront' } },
  ])('passes: $reason', ({ touched }) => {
    expect(() => check(contoso, touched)).not.toThrow();
  });

  test.each([
    { reason: 'another subscription', tenant: contoso, touched: { subscription: '00000000-0000-0000-0000-00000000000B', resourceGroup: 'rg-shared' } },
    { reason: 'another group', tenant: contoso, touched: { subscription, resourceGroup: 'rg-shared-2' } },
    { reason: 'another vault', tenant: contoso, touched: { subscription, vault: 'kv-storefront-2' } },
    { reason: 'an empty name is not everything', tenant: contoso, touched: { subscription, resourceGroup: '' } },
    { reason: 'a path that only begins like a granted name', tenant: contoso, touched: { subscription, resourceGroup: 'rg-storefront-/../rg-other' } },
    { reason: 'an encoded path', tenant: contoso, touched: { subscription, resourceGroup: 'rg-storefront-%2e%2e' } },
    { reason: 'a tenant without a grant', tenant: tenantId(100, 7, 'fabrikam'), touched: {} },
    { reason: 'the same slug in another repository', tenant: tenantId(100, 8, 'contoso'), touched: { subscription, resourceGroup: 'rg-shared' } },
  ])('refuses: $reason', ({ tenant, touched }) => {
    expect(() => check(tenant, touched)).toThrow(expect.objectContaining({ name: 'NotAllowed', code: 'OutsideGrant' }));
  });
});

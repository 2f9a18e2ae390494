import { describe, expect, test } from 'vitest';
import { tenantId } from '../../kernel/ids.ts';
import { tenantCheck } from './tenant-check.ts';

const contoso = tenantId(100, 7, 'contoso');
const subscription = '00000000-0000-0000-0000-00000000000A';
const workspace = '0a1b2c3d-0000-4000-8000-00000000000A';
const check = tenantCheck({
  of: (tenant) => (tenant === contoso ? { subscriptions: [subscription], resourceGroups: ['rg-storefront-*', 'rg-shared'], vaults: ['kv-storefront'], workspaces: [workspace], gateHosts: ['desk.example.com', '*.gates.example.com'] } : null),
});

describe('what a tenant may touch', () => {
  test.each([
    { reason: 'exactly what is granted', touched: { subscription, resourceGroup: 'rg-shared' } },
    { reason: 'by prefix', touched: { subscription, resourceGroup: 'rg-storefront-prod' } },
    { reason: 'names compare without case', touched: { subscription: subscription.toLowerCase(), resourceGroup: 'RG-Storefront-Prod' } },
    { reason: 'a vault, wherever its group is', touched: { subscription, vault: 'KV-storefront' } },
    { reason: 'a workspace', touched: { workspace: workspace.toLowerCase() } },
    { reason: 'a host of a gate', touched: { gateHost: 'Desk.example.com' } },
    { reason: 'a host below one', touched: { gateHost: 'eu.gates.example.com' } },
  ])('passes: $reason', ({ touched }) => {
    expect(() => check(contoso, touched)).not.toThrow();
  });

  test.each([
    { reason: 'another subscription', tenant: contoso, touched: { subscription: '00000000-0000-0000-0000-00000000000B', resourceGroup: 'rg-shared' } },
    { reason: 'another group', tenant: contoso, touched: { subscription, resourceGroup: 'rg-shared-2' } },
    { reason: 'another vault', tenant: contoso, touched: { subscription, vault: 'kv-storefront-2' } },
    { reason: 'another workspace', tenant: contoso, touched: { workspace: '0a1b2c3d-0000-4000-8000-00000000000b' } },
    { reason: 'another host', tenant: contoso, touched: { gateHost: 'desk.example.org' } },
    { reason: 'a host below one that is granted alone', tenant: contoso, touched: { gateHost: 'a.desk.example.com' } },
    { reason: 'the host above those that are granted', tenant: contoso, touched: { gateHost: 'gates.example.com' } },
    { reason: 'a host that only ends alike', tenant: contoso, touched: { gateHost: 'evilgates.example.com' } },
    { reason: 'no host', tenant: contoso, touched: { gateHost: '' } },
    { reason: 'an empty name is not everything', tenant: contoso, touched: { subscription, resourceGroup: '' } },
    { reason: 'a path that only begins like a granted name', tenant: contoso, touched: { subscription, resourceGroup: 'rg-storefront-/../rg-other' } },
    { reason: 'an encoded path', tenant: contoso, touched: { subscription, resourceGroup: 'rg-storefront-%2e%2e' } },
    { reason: 'a tenant without a grant', tenant: tenantId(100, 7, 'fabrikam'), touched: {} },
    { reason: 'the same slug in another repository', tenant: tenantId(100, 8, 'contoso'), touched: { subscription, resourceGroup: 'rg-shared' } },
  ])('refuses: $reason', ({ tenant, touched }) => {
    expect(() => check(tenant, touched)).toThrow(expect.objectContaining({ name: 'NotAllowed', code: 'OutsideGrant' }));
  });
});

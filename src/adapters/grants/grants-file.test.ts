import { describe, expect, test } from 'vitest';
import { tenantId } from '../../kernel/ids.ts';
import { readGrants } from './grants-file.ts';

const entry = {
  installation: 100,
  repository: 7,
  tenant: 'contoso',
  subscriptions: ['00000000-0000-0000-0000-000000000000'],
  resourceGroups: ['rg-storefront-*'],
  vaults: ['kv-storefront'],
};

function grants(file: object) {
  return readGrants(JSON.stringify(file), 'grants.json');
}

describe('a grants file', () => {
  test('grants to the tenant that it names and to nobody else', () => {
    const read = grants({ tenants: [entry] });
    expect(read.of(tenantId(100, 7, 'contoso'))).toEqual({ subscriptions: entry.subscriptions, resourceGroups: entry.resourceGroups, vaults: entry.vaults, workspaces: [], gateHosts: [] });
    expect(read.of(tenantId(100, 8, 'contoso'))).toBeNull();
    expect(read.of(tenantId(101, 7, 'contoso'))).toBeNull();
    expect(read.of(tenantId(100, 7, 'fabrikam'))).toBeNull();
  });

  test('grants workspaces and hosts of gates where it says so', () => {
    const workspaces = ['00000000-0000-4000-8000-00000000000A'];
    const gateHosts = ['desk.example.com', '*.gates.example.com'];
    expect(grants({ tenants: [{ ...entry, workspaces, gateHosts }] }).of(tenantId(100, 7, 'contoso'))).toMatchObject({ workspaces, gateHosts });
  });

  test('grants nothing to an id that names no tenant', () => {
    const read = grants({ allowAnyRepository: true, tenants: [{ ...entry, installation: '*', repository: '*' }] });
    expect(read.of(tenantId(100, 7))).toBeNull();
    expect(read.of(tenantId(100))).toBeNull();
    expect(read.of(tenantId(3, 4, 'contoso'))).not.toBeNull();
  });

  test('lets the entry of a repository replace the one for any', () => {
    const read = grants({ allowAnyRepository: true, tenants: [{ ...entry, repository: '*' }, { ...entry, vaults: [] }] });
    expect(read.of(tenantId(100, 7, 'contoso'))?.vaults).toEqual([]);
    expect(read.of(tenantId(100, 8, 'contoso'))?.vaults).toEqual(['kv-storefront']);
  });

  const others: { reason: string; entries: object[]; vaults: string[] }[] = [
    { reason: 'nobody', entries: [], vaults: [] },
    { reason: 'another tenant of the repository', entries: [{ ...entry, tenant: 'fabrikam', vaults: ['kv-f'] }], vaults: ['fabrikam kv-f'] },
    { reason: 'another tenant of another repository and installation', entries: [{ ...entry, installation: 101, repository: 8, tenant: 'fabrikam', vaults: ['kv-f', 'kv-g*'] }], vaults: ['fabrikam kv-f kv-g*'] },
    { reason: 'another tenant of any repository', entries: [{ ...entry, repository: '*', tenant: 'fabrikam', vaults: ['kv-f'] }], vaults: ['fabrikam kv-f'] },
    { reason: 'the same name in another repository', entries: [{ ...entry, repository: 8 }], vaults: ['contoso kv-storefront'] },
    { reason: 'not the same name in any repository, which is this one too', entries: [{ ...entry, repository: '*' }], vaults: [] },
  ];

  test.each(others)('says what others are granted: $reason', ({ entries, vaults }) => {
    const read = grants({ allowAnyRepository: true, tenants: [entry, ...entries] });
    expect(read.others(tenantId(100, 7, 'contoso')).map((other) => [other.tenant, ...other.vaults].join(' '))).toEqual(vaults);
  });

  test.each([
    { reason: 'any repository without the switch', file: { tenants: [{ ...entry, repository: '*' }] }, path: 'tenants.0.repository' },
    { reason: 'any installation without the switch', file: { tenants: [{ ...entry, installation: '*' }] }, path: 'tenants.0.installation' },
    { reason: 'a field that it does not know', file: { tenants: [{ ...entry, vault: 'kv' }] }, path: 'tenants.0' },
    { reason: 'a switch that it does not know', file: { allowAll: true, tenants: [] }, path: 'allowAll' },
    { reason: 'an empty prefix of nothing', file: { tenants: [{ ...entry, resourceGroups: [''] }] }, path: 'tenants.0.resourceGroups.0' },
    { reason: 'a star in the middle', file: { tenants: [{ ...entry, resourceGroups: ['rg-*-prod'] }] }, path: 'tenants.0.resourceGroups.0' },
    { reason: 'a subscription by name', file: { tenants: [{ ...entry, subscriptions: ['production'] }] }, path: 'tenants.0.subscriptions.0' },
    { reason: 'a workspace by name', file: { tenants: [{ ...entry, workspaces: ['law-shop'] }] }, path: 'tenants.0.workspaces.0' },
    { reason: 'every host', file: { tenants: [{ ...entry, gateHosts: ['*'] }] }, path: 'tenants.0.gateHosts.0' },
    { reason: 'a whole top-level domain', file: { tenants: [{ ...entry, gateHosts: ['*.com'] }] }, path: 'tenants.0.gateHosts.0' },
    { reason: 'an address for a host', file: { tenants: [{ ...entry, gateHosts: ['https://desk.example.com'] }] }, path: 'tenants.0.gateHosts.0' },
    { reason: 'a host with a port', file: { tenants: [{ ...entry, gateHosts: ['desk.example.com:8443'] }] }, path: 'tenants.0.gateHosts.0' },
    { reason: 'an IP address', file: { tenants: [{ ...entry, gateHosts: ['10.0.0.1'] }] }, path: 'tenants.0.gateHosts.0' },
    { reason: 'a repository by name', file: { tenants: [{ ...entry, repository: 'contoso/shop' }] }, path: 'tenants.0.repository' },
    { reason: 'two entries for one tenant', file: { tenants: [entry, entry] }, path: 'tenants.1' },
    { reason: 'no list', file: {}, path: 'tenants' },
  ])('is refused, with the path: $reason', ({ file, path }) => {
    expect(() => grants(file)).toThrow(path);
    expect(() => grants(file)).toThrow('grants.json');
  });

  test('is refused when it is not JSON', () => {
    expect(() => readGrants('tenants: []', 'grants.json')).toThrow('grants.json is not JSON');
  });
});

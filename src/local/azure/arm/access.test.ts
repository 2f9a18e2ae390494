import { describe, expect, test } from 'vitest';
import { access, isWithin } from './access.ts';
import { armOperation, armPath } from './arm-path.ts';
import { grants, roles } from './role-definitions.ts';

const group = '/subscriptions/s/resourceGroups/rg';
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv`;

describe('roles', () => {
  test.each([
    { reason: 'a contributor writes apps', role: roles.contributor, kind: 'actions', action: 'Microsoft.App/containerApps/write', allowed: true },
    { reason: 'a contributor even lists an app\'s secrets', role: roles.contributor, kind: 'actions', action: 'Microsoft.App/containerApps/listSecrets/action', allowed: true },
    { reason: 'a contributor gives nobody a role', role: roles.contributor, kind: 'actions', action: 'Microsoft.Authorization/roleAssignments/write', allowed: false },
    { reason: 'a contributor reads roles', role: roles.contributor, kind: 'actions', action: 'Microsoft.Authorization/roleAssignments/read', allowed: true },
    { reason: 'an owner of the plane reads no data', role: roles.owner, kind: 'dataActions', action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action', allowed: false },
    { reason: 'a vault reader sees metadata', role: roles.vaultReader, kind: 'dataActions', action: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action', allowed: true },
    { reason: 'a vault reader sees no value', role: roles.vaultReader, kind: 'dataActions', action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action', allowed: false },
    { reason: 'a secrets user sees values', role: roles.secretsUser, kind: 'dataActions', action: 'microsoft.keyvault/vaults/secrets/GETSECRET/action', allowed: true },
    { reason: 'a secrets user writes none', role: roles.secretsUser, kind: 'dataActions', action: 'Microsoft.KeyVault/vaults/secrets/setSecret/action', allowed: false },
    { reason: 'a reader writes nothing', role: roles.reader, kind: 'actions', action: 'Microsoft.App/containerApps/write', allowed: false },
  ] as const)('$reason', ({ role, kind, action, allowed }) => {
    expect(grants(role, kind, action)).toBe(allowed);
  });
});

describe('scopes', () => {
  test.each([
    { reason: 'the scope itself', scope: group, above: group, within: true },
    { reason: 'a resource of the group', scope: vault, above: group, within: true },
    { reason: 'whatever the case', scope: vault.toUpperCase(), above: group, within: true },
    { reason: 'a group whose name starts alike', scope: `${group}-2`, above: group, within: false },
    { reason: 'the group above a resource', scope: group, above: vault, within: false },
    { reason: 'everything below the root', scope: vault, above: '/', within: true },
  ])('$reason', ({ scope, above, within }) => {
    expect(isWithin(scope, above)).toBe(within);
  });

  test('hold for those who were given the role, and only below it', () => {
    const rights = access(() => 0);
    rights.grant('me', roles.secretsUser, vault);
    const may = (principal: string, scope: string) => rights.allows(principal, 'dataActions', 'Microsoft.KeyVault/vaults/secrets/getSecret/action', scope);
    expect([may('ME', `${vault}/secrets/a`), may('other', `${vault}/secrets/a`), may('me', group)]).toEqual([true, false, false]);
  });
});

describe('operations', () => {
  test.each([
    { reason: 'a read', method: 'GET', path: vault, action: 'Microsoft.KeyVault/vaults/read', scope: vault },
    { reason: 'a list', method: 'GET', path: `${group}/providers/Microsoft.App/containerApps`, action: 'Microsoft.App/containerApps/read', scope: `${group}/providers/Microsoft.App/containerApps` },
    { reason: 'a deep write', method: 'PATCH', path: `${group}/providers/Microsoft.App/a/1/b/2`, action: 'Microsoft.App/a/b/write', scope: `${group}/providers/Microsoft.App/a/1/b/2` },
    { reason: 'an action', method: 'POST', path: `${group}/providers/Microsoft.App/a/1/b/2/restart`, action: 'Microsoft.App/a/b/restart/action', scope: `${group}/providers/Microsoft.App/a/1/b/2` },
    { reason: 'a group', method: 'PUT', path: group, action: 'Microsoft.Resources/subscriptions/resourceGroups/write', scope: group },
    {
      reason: 'an extension of another resource',
      method: 'DELETE',
      path: `${vault}/providers/Microsoft.Authorization/roleAssignments/x`,
      action: 'Microsoft.Authorization/roleAssignments/delete',
      scope: `${vault}/providers/Microsoft.Authorization/roleAssignments/x`,
    },
  ])('name $reason', ({ method, path, action, scope }) => {
    expect(armOperation(method, path.split('/').filter(Boolean))).toEqual({ action, scope });
  });

  test('are told from the path', () => {
    const { subscription, resourceGroup, provider, rest, parent } = armPath(`${vault}/providers/Microsoft.Insights/metrics`.split('/').filter(Boolean));
    expect({ subscription, resourceGroup, provider, rest, parent }).toEqual({ subscription: 's', resourceGroup: 'rg', provider: 'microsoft.insights', rest: ['metrics'], parent: vault });
  });
});

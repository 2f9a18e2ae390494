/** A role: which operations it allows. https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
export interface RoleDefinition {
  readonly id: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
}

const vaultActions = [
  'Microsoft.Authorization/*/read',
  'Microsoft.KeyVault/checkNameAvailability/read',
  'Microsoft.KeyVault/deletedVaults/read',
  'Microsoft.KeyVault/locations/*/read',
  'Microsoft.KeyVault/vaults/*/read',
  'Microsoft.KeyVault/vaults/read',
  'Microsoft.KeyVault/operations/read',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
];

function role(id: string, name: string, permissions: Partial<Pick<RoleDefinition, 'actions' | 'notActions' | 'dataActions'>>): RoleDefinition {
  return { id, name, actions: [], notActions: [], dataActions: [], ...permissions };
}

export const roles = {
  owner: role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', { actions: ['*'] }),
  contributor: role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', {
    actions: ['*'],
    notActions: ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write', 'Microsoft.Authorization/elevateAccess/Action'],
  }),
  reader: role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', { actions: ['*/read'] }),
  userAccessAdministrator: role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', { actions: ['*/read', 'Microsoft.Authorization/*'] }),
  accessAdministrator: role('f58310d9-a9f6-439a-9e8d-f62e7b46a168', 'Role Based Access Control Administrator', {
    actions: ['Microsoft.Authorization/roleAssignments/write', 'Microsoft.Authorization/roleAssignments/delete', '*/read'],
  }),
  vaultReader: role('21090545-7ca7-4776-b22c-e363652d74d2', 'Key Vault Reader', {
    actions: vaultActions,
    dataActions: ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'],
  }),
  secretsUser: role('4633458b-17de-408a-b874-0445c86b69e6', 'Key Vault Secrets User', {
    dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'],
  }),
  secretsOfficer: role('b86a8fe4-44ce-4948-aee5-eccb2c155cd7', 'Key Vault Secrets Officer', { actions: vaultActions, dataActions: ['Microsoft.KeyVault/vaults/secrets/*'] }),
  vaultAdministrator: role('00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator', { actions: vaultActions, dataActions: ['Microsoft.KeyVault/vaults/*'] }),
  identityOperator: role('f1a07417-d97a-45cb-824c-7a7467783830', 'Managed Identity Operator', {
    actions: ['Microsoft.ManagedIdentity/userAssignedIdentities/*/read', 'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action'],
  }),
  monitoringReader: role('43d0d8ad-25c7-4714-9337-8ba259a9fe05', 'Monitoring Reader', { actions: ['*/read'] }),
  registryPull: role('7f951dda-4ed3-4680-a7ca-43fe172d538d', 'AcrPull', { actions: ['Microsoft.ContainerRegistry/registries/pull/read'] }),
} as const;

/** Null for a role that the local Azure does not know. */
export function roleById(id: string): RoleDefinition | null {
  return Object.values(roles).find((definition) => definition.id === id.toLowerCase()) ?? null;
}

export function grants(definition: RoleDefinition, kind: 'actions' | 'dataActions', action: string): boolean {
  const allowed = definition[kind].some((pattern) => fits(pattern, action));
  return allowed && !(kind === 'actions' && definition.notActions.some((pattern) => fits(pattern, action)));
}

/** `*` stands for anything, slashes too; case does not count. */
function fits(pattern: string, action: string): boolean {
  const expression = pattern.split('*').map((part) => part.replaceAll(/[.\\/+?()[\]{}^$|]/g, String.raw`\$&`)).join('.*');
  return new RegExp(`^${expression}$`, 'i').test(action);
}

import { createHash } from 'node:crypto';
import type { RoleAssignment } from '@azure/arm-authorization';
import type { SecretAccess } from '../../contexts/configuration-secrets/ports.ts';
import type { ObservedVault } from '../../kernel/key-vault.ts';
import type { EnvironmentResources } from '../../contexts/environment-inventory/ports.ts';
import { Rejected } from '../../kernel/errors.ts';
import type { Call, Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { touchedBy } from './key-vault.ts';
import { errorOf, failureOf } from './translate.ts';

const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';

/** Built-in roles with `secrets/getSecret/action`. https://learn.microsoft.com/azure/key-vault/general/rbac-guide */
const readingRoles = new Set([
  secretsUser,
  // Key Vault Secrets Officer
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
  // Key Vault Administrator
  '00482a5a-887f-4fb3-b363-3b7fe8e74483',
]);

export function secretAccess(clients: Clients, calls: Calls, resources: Pick<EnvironmentResources, 'identity'>): SecretAccess {
  return {
    async principal(tenant, place, identity, signal) {
      return (await resources.identity(tenant, place, identity, signal))?.principalId ?? null;
    },
    async mayRead(tenant, vault, principalId, signal) {
      const touches = touchedBy(vault);
      const call: Call = { operation: 'roleAssignments.list', tenant, touches, signal };
      const filter = `assignedTo('${checkedPrincipal(principalId)}')`;
      return calls(call, async (options) => {
        const assignments = clients.of(touches.subscription).authorization.roleAssignments.listForScope(vault.id, { filter, ...options });
        for await (const assignment of assignments) if (letsRead(assignment, vault)) return true;
        return false;
      });
    },
    async grantRead(tenant, vault, principalId, signal) {
      const touches = touchedBy(vault);
      const { subscription } = touches;
      const call: Call = { operation: 'roleAssignments.create', tenant, touches, signal };
      const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${secretsUser}`;
      // Naming the type lets Azure accept an identity that Entra has not copied everywhere yet.
      const parameters = { roleDefinitionId, principalId: checkedPrincipal(principalId), principalType: 'ServicePrincipal' };
      await calls(call, (options) =>
        unlessAssigned(clients.of(subscription).authorization.roleAssignments.create(vault.id, assignmentName(vault, principalId), parameters, options)),
      );
    },
  };
}

/** The list also holds assignments below the vault, on single secrets, and ones that a condition narrows. */
function letsRead({ scope, roleDefinitionId, condition }: RoleAssignment, vault: ObservedVault): boolean {
  const role = roleDefinitionId?.split('/').at(-1)?.toLowerCase() ?? '';
  const above = `${(scope ?? '').replace(/\/$/, '')}/`.toLowerCase();
  return readingRoles.has(role) && !condition && scope !== undefined && `${vault.id}/`.toLowerCase().startsWith(above);
}

/** The same for the same vault and principal, so that a repeated grant is the same assignment. */
export function assignmentName(vault: ObservedVault, principalId: string): string {
  const hash = createHash('sha256').update(`${vault.id}|${principalId}|${secretsUser}`.toLowerCase()).digest('hex');
  // Shaped as a UUID of version 8, the one for own schemes (RFC 9562).
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `a${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}

async function unlessAssigned(create: Promise<unknown>): Promise<void> {
  try {
    await create;
  } catch (error) {
    const failure = failureOf(error);
    if (failure && errorOf(failure.text).code === 'RoleAssignmentExists') return;
    throw error;
  }
}

/** It becomes part of a filter expression. */
function checkedPrincipal(principalId: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(principalId)) throw new Rejected('Not the id of a principal', { code: 'InvalidPrincipal' });
  return principalId;
}

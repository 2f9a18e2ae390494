import { badRequest, ok, refused } from '../answers.ts';
import type { Principals } from '../entra/principals.ts';
import { objectAt, sameName, textAt } from '../json.ts';
import { azureTime } from '../times.ts';
import type { AzureAnswer, AzureRequest, LocalClock } from '../world.ts';
import { isWithin, type Access, type RoleAssignment } from './access.ts';
import { armPath } from './arm-path.ts';
import { holds, parseFilter, type FilterLeaf } from './filter.ts';
import { paged } from './listing.ts';
import { roleById } from './role-definitions.ts';

interface RoleAssignmentsOptions {
  readonly subscription: string;
  readonly tenantId: string;
  readonly clock: Pick<LocalClock, 'now'>;
  readonly access: Access;
  readonly principals: Principals;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function roleAssignments(options: RoleAssignmentsOptions): (request: AzureRequest) => AzureAnswer | null {
  const { subscription, access } = options;
  return (request) => {
    const { rest, parent: scope } = armPath(request.segments);
    const [kind = '', name, ...more] = rest;
    if (!sameName(kind, 'roleAssignments') || more.length > 0) return null;
    if (name === undefined) return request.method === 'GET' ? list(request, scope, options) : null;
    switch (request.method) {
      case 'PUT':
        return create(request, scope, name, options);
      case 'GET': {
        const found = access.find(scope, name);
        return found ? ok(shown(found, subscription)) : refused(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
      }
      case 'DELETE': {
        const removed = access.remove(scope, name);
        return removed ? ok(shown(removed, subscription)) : { status: 204 };
      }
      default:
        return null;
    }
  };
}

function create({ body, principalId: createdBy }: AzureRequest, scope: string, name: string, options: RoleAssignmentsOptions): AzureAnswer {
  const { subscription, access, clock } = options;
  const properties = objectAt(body, 'properties');
  const wanted: RoleAssignment = {
    name,
    scope,
    roleId: textAt(properties, 'roleDefinitionId')?.split('/').at(-1)?.toLowerCase() ?? '',
    principalId: textAt(properties, 'principalId') ?? '',
    principalType: textAt(properties, 'principalType') || (options.principals.byObjectId(textAt(properties, 'principalId') ?? '')?.kind ?? ''),
    condition: textAt(properties, 'condition'),
    createdAt: clock.now(),
    createdBy,
  };
  const existing = access.find(scope, name);
  if (existing && isSame(existing, wanted)) return ok(shown(existing, subscription), 201);
  const refusal = refusalOf(wanted, existing, options);
  if (refusal) return refusal;
  access.add(wanted);
  return ok(shown(wanted, subscription), 201);
}

function refusalOf(wanted: RoleAssignment, existing: RoleAssignment | null, { access, tenantId }: RoleAssignmentsOptions): AzureAnswer | null {
  const { name, principalId, roleId } = wanted;
  if (!guid.test(name)) return refused(400, 'InvalidRoleAssignmentId', `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`);
  if (!guid.test(principalId)) return refused(400, 'InvalidPrincipalId', `A valid principal ID must be provided for role assignment.`);
  if (roleById(roleId) === null) return refused(400, 'RoleDefinitionDoesNotExist', `The specified role definition with ID '${roleId.replaceAll('-', '')}' does not exist.`);
  // Entra copies new principals with delay; a request that names the type is taken on trust.
  if (wanted.principalType === '') {
    const message = `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${tenantId}. Check that you have the correct principal ID.`;
    return refused(400, 'PrincipalNotFound', message);
  }
  if (existing) return refused(409, 'RoleAssignmentUpdateNotPermitted', 'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.');
  const twin = access.list().find((one) => isSame(one, wanted));
  if (twin) return refused(409, 'RoleAssignmentExists', `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll('-', '')}.`);
  return null;
}

function isSame(one: RoleAssignment, other: RoleAssignment): boolean {
  return sameName(one.scope, other.scope) && sameName(one.principalId, other.principalId) && one.roleId === other.roleId;
}

/** Without `atScope()` the list also holds what is assigned below the scope. */
function list(request: AzureRequest, scope: string, { access, subscription }: RoleAssignmentsOptions): AzureAnswer {
  const text = request.query.get('$filter') ?? '';
  const filter = text === '' ? null : parseFilter(text);
  if (text !== '' && filter === null) return badRequest(`The filter '${text}' is not valid.`);
  const found: RoleAssignment[] = [];
  for (const assignment of access.list()) {
    if (!isWithin(scope, assignment.scope) && !isWithin(assignment.scope, scope)) continue;
    const fits = filter === null || holds(filter, (leaf) => matches(leaf, assignment, scope));
    if (fits === null) return badRequest(`The filter '${text}' is not supported. Supported filters are either 'atScope()', 'assignedTo('{value}')' or 'principalId eq '{value}''.`);
    if (fits) found.push(assignment);
  }
  return paged(request, found.map((assignment) => shown(assignment, subscription)), 200);
}

function matches(leaf: FilterLeaf, { principalId, scope: assignedAt }: RoleAssignment, scope: string): boolean | null {
  if (leaf.kind === 'compare') return sameName(leaf.field, 'principalId') && leaf.operator === 'eq' ? sameName(leaf.value, principalId) : null;
  if (sameName(leaf.name, 'atScope')) return isWithin(scope, assignedAt);
  return sameName(leaf.name, 'assignedTo') ? sameName(leaf.arguments[0] ?? '', principalId) : null;
}

function shown({ name, scope, roleId, principalId, principalType, condition, createdAt, createdBy }: RoleAssignment, subscription: string): object {
  const time = `${azureTime(createdAt)}Z`;
  return {
    properties: {
      roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
      principalId,
      principalType,
      scope,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      createdOn: time,
      updatedOn: time,
      createdBy,
      updatedBy: createdBy,
      delegatedManagedIdentityResourceId: null,
      description: null,
    },
    id: `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name,
  };
}

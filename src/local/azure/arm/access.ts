import { randomUUID } from 'node:crypto';
import { sameName } from '../json.ts';
import { grants, roleById, type RoleDefinition } from './role-definitions.ts';

export interface RoleAssignment {
  /** A GUID, chosen by who creates it. */
  readonly name: string;
  readonly scope: string;
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly condition: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** Who may do what where. */
export interface Access {
  allows(principalId: string, kind: 'actions' | 'dataActions', action: string, scope: string): boolean;
  grant(principalId: string, role: RoleDefinition, scope: string): void;
  add(assignment: RoleAssignment): void;
  /** @returns whether there was one. */
  remove(scope: string, name: string): RoleAssignment | null;
  find(scope: string, name: string): RoleAssignment | null;
  list(): readonly RoleAssignment[];
}

export function access(now: () => number): Access {
  let assignments: RoleAssignment[] = [];
  const find = (scope: string, name: string) => assignments.find((one) => sameName(one.name, name) && sameName(one.scope, scope)) ?? null;
  return {
    allows: (principalId, kind, action, scope) =>
      assignments.some((one) => {
        if (!sameName(one.principalId, principalId) || !isWithin(scope, one.scope)) return false;
        const role = roleById(one.roleId);
        return role !== null && grants(role, kind, action);
      }),
    grant(principalId, role, scope) {
      const principalType = 'ServicePrincipal';
      assignments.push({ name: randomUUID(), scope, roleId: role.id, principalId, principalType, condition: null, createdAt: now(), createdBy: principalId });
    },
    add: (assignment) => void assignments.push(assignment),
    remove(scope, name) {
      const found = find(scope, name);
      assignments = assignments.filter((one) => one !== found);
      return found;
    },
    find,
    list: () => assignments,
  };
}

/** Whether `scope` is `above` or lies below it. */
export function isWithin(scope: string, above: string): boolean {
  return `${scope}/`.toLowerCase().startsWith(`${above}/`.toLowerCase().replace(/^\/+$/, '/'));
}

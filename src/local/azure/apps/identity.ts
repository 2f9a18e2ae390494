import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { World } from '../world.ts';
import { sameName } from '../json.ts';
import { ArmError } from './arm-error.ts';
import { guid } from './names.ts';
import { objectAt, textAt } from './reading.ts';

/** An app's identities as the service shows them; null for none. @throws ArmError for a user-assigned identity that is not there. */
export function settledIdentity(world: World, appId: string, sent: JsonObject | null): JsonObject | null {
  const kinds = (textAt(sent, 'type') ?? 'None').toLowerCase().split(',').map((kind) => kind.trim());
  const hasSystem = kinds.includes('systemassigned');
  const hasUser = kinds.includes('userassigned');
  if (!hasSystem && !hasUser) return null;
  const users = Object.entries(objectAt(sent, 'userAssignedIdentities') ?? {}).filter(([, value]) => isObject(value));
  const found = users.map(([id]) => {
    const identity = world.identities.byId(id);
    if (identity === null) throw unknownIdentity(appId, id);
    // The identity service writes this segment in lower case.
    return [identity.id.replace(/\/resourceGroups\//i, '/resourcegroups/'), { principalId: identity.principalId, clientId: identity.clientId }] as const;
  });
  return {
    type: [hasSystem ? 'SystemAssigned' : null, hasUser ? 'UserAssigned' : null].filter((kind) => kind !== null).join(', '),
    ...(hasSystem && { principalId: systemPrincipal(appId), tenantId: world.directory }),
    ...(hasUser && { userAssignedIdentities: Object.fromEntries(found) }),
  };
}

/** Who a secret's `identity` is: `system` or a resource id of an identity that the app has. Null when it has not. */
export function principalOf(appId: string, identity: JsonObject | null, named: string): string | null {
  const type = textAt(identity, 'type') ?? '';
  if (named.toLowerCase() === 'system') return type.includes('SystemAssigned') ? systemPrincipal(appId) : null;
  const users = Object.entries(objectAt(identity, 'userAssignedIdentities') ?? {});
  const own = users.find(([id]) => sameName(id, named));
  return own === undefined ? null : textAt(own[1], 'principalId');
}

/** A patch whose identity ids are written as they are stored: ids compare without case, keys of a merge patch do not. */
export function withKnownIdentities(patch: unknown, stored: JsonObject | null): unknown {
  const named = objectAt(objectAt(patch, 'identity'), 'userAssignedIdentities');
  if (!isObject(patch) || named === null) return patch;
  const known = Object.keys(objectAt(stored, 'userAssignedIdentities') ?? {});
  const users = Object.entries(named).map(([id, value]) => [known.find((one) => sameName(one, id)) ?? id, value]);
  return { ...patch, identity: { ...objectAt(patch, 'identity'), userAssignedIdentities: Object.fromEntries(users) } };
}

function systemPrincipal(appId: string): string {
  return guid(`${appId.toLowerCase()}/system`);
}

function unknownIdentity(appId: string, id: string): ArmError {
  const inner = JSON.stringify({ error: { code: 'BadRequest', message: `Resource '${id}' was not found.` } });
  const message = `Identity operation for resource '${appId}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '${inner}'.'.`;
  return new ArmError(400, 'FailedIdentityOperation', message, false);
}

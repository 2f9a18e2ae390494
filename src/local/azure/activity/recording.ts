import { randomUUID } from 'node:crypto';
import { armOperation, armPath } from '../arm/arm-path.ts';
import type { Principals } from '../entra/principals.ts';
import type { AzureAnswer, AzureRequest, AzureService } from '../world.ts';
import type { ActivityLog, Caller, Write } from './activity-log.ts';

const writes = ['PUT', 'PATCH', 'POST', 'DELETE'];

/** Resource Manager with its Activity Log: every write of a resource is noted with its caller, and reads are not. */
export function recorded(arm: AzureService, log: ActivityLog, principals: Principals): AzureService {
  return async (request) => {
    if (!writes.includes(request.method) || armPath(request.segments).subscription === null) return arm(request);
    const write = writeOf(request, callerOf(principals, request.principalId));
    const answer = await arm(request);
    if (answer === null || isUnheard(request, answer)) return answer;
    log.started(write);
    log.answered(write, answer.status, operationOf(answer));
    return { ...answer, headers: { 'x-ms-correlation-request-id': write.correlationId, ...answer.headers } };
  };
}

/** What no provider got to hear of, and the deletion of what is not there. */
function isUnheard({ method }: AzureRequest, { status }: AzureAnswer): boolean {
  return status === 404 || status === 415 || (method === 'DELETE' && status === 204);
}

/** Id of the operation that an answer leads to. */
function operationOf({ headers = {} }: AzureAnswer): string | null {
  const address = headers['azure-asyncoperation'] ?? headers['location'] ?? '';
  return /\/\w+operation(?:statuses|results)\/([^/?]+)/i.exec(address)?.[1]?.toLowerCase() ?? null;
}

function callerOf(principals: Principals, principalId: string): Caller {
  const found = principals.byObjectId(principalId);
  return { principalId, clientId: found?.clientId ?? principalId, name: found?.kind === 'User' ? found.name : null };
}

function writeOf({ method, segments, headers }: AzureRequest, caller: Caller): Write {
  const { action, scope } = armOperation(method, segments.map(canonical));
  const [provider = '', ...types] = action.split('/');
  const sent = (name: string): string => headers[name]?.toString() ?? randomUUID();
  return {
    action,
    resourceId: scope,
    resourceGroup: armPath(segments).resourceGroup ?? '',
    provider,
    resourceType: [provider, ...types.slice(0, method === 'POST' ? -2 : -1)].join('/'),
    method,
    clientRequestId: sent('x-ms-client-request-id'),
    correlationId: sent('x-ms-correlation-request-id'),
    caller,
  };
}

const words = [
  'subscriptions', 'resourceGroups', 'providers', 'Microsoft.App', 'Microsoft.ManagedIdentity', 'Microsoft.Authorization', 'Microsoft.KeyVault',
  'containerApps', 'managedEnvironments', 'storages', 'revisions', 'userAssignedIdentities', 'roleAssignments', 'vaults',
];
const canonicalWords = new Map(words.map((word) => [word.toLowerCase(), word]));

/** Clients write the fixed words of an address in any case; the log has the provider's own. */
function canonical(segment: string, index: number): string {
  // Names stand at the odd places.
  return index % 2 === 0 || segment.includes('.') ? (canonicalWords.get(segment.toLowerCase()) ?? segment) : segment;
}

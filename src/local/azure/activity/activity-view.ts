import { azureTime } from '../times.ts';
import type { ActivityEvent, Caller } from './activity-log.ts';

interface ViewOptions {
  readonly subscription: string;
  readonly tenantId: string;
}

/** An event as the service shows it. https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema#administrative-category */
export function activityView({ id, at, submittedAt, status, answered, write }: ActivityEvent, { subscription, tenantId }: ViewOptions): Readonly<Record<string, unknown>> {
  const { action, resourceId, resourceGroup, provider, resourceType, method, clientRequestId, correlationId, caller } = write;
  const begun = status === 'Started';
  return {
    authorization: { action, scope: resourceId },
    caller: caller.name ?? caller.principalId,
    channels: 'Operation',
    claims: claimsOf(caller, tenantId),
    correlationId,
    description: '',
    eventDataId: id,
    eventName: { value: begun ? 'BeginRequest' : 'EndRequest', localizedValue: begun ? 'Begin request' : 'End request' },
    category: same('Administrative'),
    httpRequest: { clientRequestId, clientIpAddress: '127.0.0.1', method },
    id: `${resourceId}/events/${id}/ticks/${ticksOf(at)}`,
    level: status === 'Failed' ? 'Error' : 'Informational',
    resourceGroupName: resourceGroup,
    resourceProviderName: same(provider),
    resourceId,
    resourceType: same(resourceType),
    operationId: correlationId,
    operationName: same(action),
    properties: { eventCategory: 'Administrative', entity: resourceId, message: action, hierarchy: subscription },
    status: same(status),
    subStatus: subStatusOf(answered),
    eventTimestamp: `${azureTime(at)}Z`,
    submissionTimestamp: `${azureTime(submittedAt)}Z`,
    subscriptionId: subscription,
    tenantId,
  };
}

/** Only what was asked for; an empty list asks for all of it. */
export function selected(view: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  if (names.length === 0) return view;
  const wanted = names.map((name) => name.trim().toLowerCase());
  return Object.fromEntries(Object.entries(view).filter(([key]) => wanted.includes(key.toLowerCase())));
}

function same(value: string): object {
  return { value, localizedValue: value };
}

const reasons: Readonly<Record<number, readonly [value: string, words: string]>> = {
  200: ['OK', 'OK'],
  201: ['Created', 'Created'],
  202: ['Accepted', 'Accepted'],
  204: ['NoContent', 'No Content'],
  400: ['BadRequest', 'Bad Request'],
  403: ['Forbidden', 'Forbidden'],
  409: ['Conflict', 'Conflict'],
  500: ['InternalServerError', 'Internal Server Error'],
};

function subStatusOf(answered: number | null): object {
  if (answered === null) return { value: '', localizedValue: '' };
  const [value, words] = reasons[answered] ?? [String(answered), String(answered)];
  return { value, localizedValue: `${words} (HTTP Status Code: ${answered})` };
}

/** Of the token that came along. */
function claimsOf({ principalId, clientId, name }: Caller, tenantId: string): object {
  const person = name === null ? { idtyp: 'app' } : { 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name': name, 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': name, idtyp: 'user' };
  return {
    aud: 'https://management.azure.com',
    appid: clientId,
    'http://schemas.microsoft.com/identity/claims/objectidentifier': principalId,
    'http://schemas.microsoft.com/identity/claims/tenantid': tenantId,
    ...person,
  };
}

/** Hundreds of nanoseconds since the year 1. */
function ticksOf(at: number): string {
  return String(BigInt(at) * 10_000n + 621_355_968_000_000_000n);
}

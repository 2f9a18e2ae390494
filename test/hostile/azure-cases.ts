import type { ScriptedAnswer } from '../support/scripted-azure.ts';

/**
 * What Azure may answer, and what becomes of it: first at the adapters, where nothing of the answer's own words goes on, then in a whole
 * deployment. What a job does after an error, and that a breaker holds back who goes on asking, has its tests in `jobs` and `outage`.
 */
export interface AzureCase {
  readonly reason: string;
  /** Which call meets the answer. */
  readonly call: 'read' | 'write' | 'operation';
  readonly answer: ScriptedAnswer | null;
  /** The error, or what the call gives. */
  readonly is: object | null;
}

/** Stands in answers where a secret of a user may stand. */
export const leaked = `hunter2-${'aB3dE6gH9'.repeat(3)}`;

const html = { headers: { 'content-type': 'text/html' }, body: `<html><body>Sign in, ${leaked}</body></html>` };
const error = (code: string): ScriptedAnswer['body'] => ({ error: { code, message: `The value ${leaked} is wrong`, details: [{ code: leaked, message: leaked }] } });
const unreadable = { name: 'Unavailable', code: 'UnexpectedAnswer' };
const huge = 'x'.repeat(10_000_000);

export const azureCases: readonly AzureCase[] = [
  { reason: '200 with HTML', call: 'read', answer: { status: 200, ...html }, is: unreadable },
  { reason: '200 with nothing', call: 'read', answer: { status: 200 }, is: unreadable },
  { reason: '200 with another app', call: 'read', answer: { status: 200, body: { id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.App/containerApps/other', name: 'other', properties: {} } }, is: unreadable },
  { reason: '200 with JSON of another shape', call: 'read', answer: { status: 200, body: ['x'] }, is: unreadable },
  { reason: '200 with half of its JSON', call: 'read', answer: { status: 200, body: '{"id":"/subscr' }, is: unreadable },
  { reason: '204 for a read', call: 'read', answer: { status: 204 }, is: unreadable },
  { reason: 'a redirect', call: 'read', answer: { status: 302, headers: { location: 'https://evil.example/' } }, is: unreadable },
  { reason: '404 is an answer', call: 'read', answer: { status: 404, body: error('ResourceNotFound') }, is: null },
  { reason: '404 that means a right', call: 'read', answer: { status: 404, body: error('SubscriptionNotFound') }, is: { name: 'NotAllowed' } },
  { reason: '500 with HTML', call: 'read', answer: { status: 500, ...html }, is: { name: 'Unavailable', code: null } },
  { reason: '403 with a secret in its words', call: 'read', answer: { status: 403, body: error('AuthorizationFailed') }, is: { name: 'NotAllowed', code: 'AuthorizationFailed' } },
  { reason: '401 after a role was taken away', call: 'read', answer: { status: 401, headers: { 'www-authenticate': `Bearer error="${leaked}"` }, body: error('InvalidAuthenticationToken') }, is: { name: 'NotAllowed' } },
  { reason: '10 MB of nothing known', call: 'read', answer: { status: 200, body: { huge } }, is: unreadable },
  { reason: '10 MB of an error', call: 'write', answer: { status: 400, body: { error: { code: 'InvalidParameterValueInContainerTemplate', message: `${leaked}${huge}` } } }, is: { name: 'Rejected', code: 'InvalidParameterValueInContainerTemplate' } },
  { reason: 'a connection that ends within the body', call: 'read', answer: { status: 200, body: { id: leaked }, cut: true }, is: { name: 'Unavailable' } },
  { reason: 'a connection that ends within the answer to a write', call: 'write', answer: { status: 202, body: { id: leaked }, cut: true }, is: { name: 'Unavailable' } },
  { reason: 'a connection that ends at once', call: 'write', answer: null, is: { name: 'Unavailable' } },
  { reason: 'a secret in an error, and as its code', call: 'write', answer: { status: 400, body: { error: { code: `${leaked} ${leaked}`, message: `Field '${leaked} x' is invalid: ${leaked}` } } }, is: { name: 'Rejected', code: null, field: null } },
  { reason: '409', call: 'write', answer: { status: 409, body: error('ContainerAppOperationInProgress') }, is: { name: 'Conflict', code: 'ContainerAppOperationInProgress' } },
  { reason: '412', call: 'write', answer: { status: 412, body: error('PreconditionFailed') }, is: { name: 'Conflict' } },
  { reason: '429 without a Retry-After', call: 'write', answer: { status: 429, body: error('TooManyRequests') }, is: { name: 'Throttled', retryAfterMs: 30_000 } },
  { reason: '429 with an hour: it is asked again after a quarter', call: 'write', answer: { status: 429, headers: { 'retry-after': '3600' } }, is: { name: 'Throttled', retryAfterMs: 15 * 60_000 } },
  { reason: '429 with a Retry-After of yesterday, by a clock that is ahead', call: 'write', answer: { status: 429, headers: { 'retry-after': 'Mon, 23 Nov 2026 00:00:00 GMT' } }, is: { name: 'Throttled', retryAfterMs: 0 } },
  { reason: '429 with a Retry-After of tomorrow, by a clock that is behind', call: 'write', answer: { status: 429, headers: { 'retry-after': 'Wed, 25 Nov 2026 00:00:00 GMT', date: 'Wed, 25 Nov 2026 00:00:00 GMT' } }, is: { name: 'Throttled', retryAfterMs: 15 * 60_000 } },
  { reason: '429 with a Retry-After that is no time', call: 'write', answer: { status: 429, headers: { 'retry-after': '1e9' } }, is: { name: 'Throttled', retryAfterMs: 30_000 } },
  { reason: '201 without a header: the app itself is asked', call: 'operation', answer: { status: 200, body: { properties: { provisioningState: 'InProgress' } } }, is: { status: 'running', lookAgainMs: 5000 } },
  { reason: '404 after 201: nothing is known of it', call: 'operation', answer: { status: 404, body: error('ResourceNotFound') }, is: { status: 'unknown' } },
  { reason: '201 and then HTML', call: 'operation', answer: { status: 200, ...html }, is: unreadable },
  { reason: '201 and then a state that nobody knows', call: 'operation', answer: { status: 200, body: { properties: { provisioningState: leaked } } }, is: { status: 'running', lookAgainMs: 5000 } },
  { reason: '201 and then patience of an hour', call: 'operation', answer: { status: 200, headers: { 'retry-after': '3600' }, body: { properties: { provisioningState: 'InProgress' } } }, is: { status: 'running', lookAgainMs: 15 * 60_000 } },
  { reason: '201 and then no patience at all', call: 'operation', answer: { status: 200, headers: { 'retry-after': '0' }, body: { properties: { provisioningState: 'InProgress' } } }, is: { status: 'running', lookAgainMs: 5000 } },
];

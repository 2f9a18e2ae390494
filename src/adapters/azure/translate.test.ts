import { describe, expect, test } from 'vitest';
import { Conflict, NotAllowed, Rejected, Throttled, Unavailable } from '../../kernel/errors.ts';
import { retryAfterMs } from './retry-after.ts';
import { isAbsent, translateFailure } from './translate.ts';

const now = Date.UTC(2026, 10, 24, 12);
const secret = 'hunter2-do-not-repeat';

function failure(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return { status, text: typeof body === 'string' ? body : JSON.stringify(body), header: (name: string) => headers[name] };
}

function arm(code: string, message = `Something about ${secret}`): object {
  return { error: { code, message } };
}

describe('what Azure refuses', () => {
  test.each([
    { reason: 'an expired or wrong token', status: 401, body: arm('ExpiredAuthenticationToken'), kind: NotAllowed, code: 'ExpiredAuthenticationToken' },
    { reason: 'a missing role', status: 403, body: arm('AuthorizationFailed'), kind: NotAllowed, code: 'AuthorizationFailed' },
    { reason: 'a subscription that the identity may not see answers 404', status: 404, body: arm('SubscriptionNotFound'), kind: NotAllowed, code: 'SubscriptionNotFound' },
    { reason: 'a write to what is gone', status: 404, body: arm('ResourceNotFound'), kind: Conflict, code: 'ResourceNotFound' },
    { reason: 'another write runs', status: 409, body: arm('ContainerAppOperationInProgress'), kind: Conflict, code: 'ContainerAppOperationInProgress' },
    { reason: 'a lost precondition', status: 412, body: '', kind: Conflict, code: null },
    { reason: 'throttled', status: 429, body: arm('SubscriptionRequestsThrottled'), kind: Throttled, code: 'SubscriptionRequestsThrottled' },
    { reason: 'an identity that Entra has not copied yet is a matter of time', status: 400, body: arm('PrincipalNotFound'), kind: Unavailable, code: 'PrincipalNotFound' },
    { reason: 'a user error', status: 400, body: arm('ContainerAppImageRequired'), kind: Rejected, code: 'ContainerAppImageRequired' },
    { reason: 'an older service answers without the wrapper', status: 400, body: { code: '100026', message: secret }, kind: Rejected, code: '100026' },
    { reason: 'a gateway answers with a page', status: 502, body: '<html>bad gateway</html>', kind: Unavailable, code: null },
    { reason: 'a request time-out', status: 408, body: '', kind: Unavailable, code: null },
    { reason: 'a code that is no code is dropped', status: 400, body: arm(`Bad ${secret}`), kind: Rejected, code: null },
    { reason: 'a redirect is never expected', status: 302, body: '', kind: Unavailable, code: 'UnexpectedAnswer' },
  ])('$reason', ({ status, body, kind, code }) => {
    const error = translateFailure(failure(status, body, { 'x-ms-request-id': 'req-1' }), 'containerApps.patch', now);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code });
    expect(error.message).toContain('containerApps.patch');
    expect(JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause })).not.toContain(secret);
  });

  test('the field that Azure names is kept, its sentence is not', () => {
    const message = `Field 'template.containers.main.image' is invalid with details: 'Invalid value: "r.azurecr.io/${secret}": MANIFEST_UNKNOWN'`;
    const error = translateFailure(failure(400, arm('InvalidParameterValueInContainerTemplate', message)), 'containerApps.create', now);
    expect(error).toMatchObject({ field: 'template.containers.main.image', code: 'InvalidParameterValueInContainerTemplate' });
    expect(error.message).not.toContain(secret);
  });

  test('the request id is kept, to be quoted to support', () => {
    expect(translateFailure(failure(500, '', { 'x-ms-correlation-request-id': 'corr-1' }), 'x', now)).toMatchObject({ requestId: 'corr-1' });
  });

  test.each([
    { reason: 'not there', status: 404, body: arm('ResourceNotFound'), absent: true },
    { reason: 'its group is not there', status: 404, body: arm('ResourceGroupNotFound'), absent: true },
    { reason: 'no body at all', status: 404, body: '', absent: true },
    { reason: 'hidden, which is not absent', status: 404, body: arm('SubscriptionNotFound'), absent: false },
    { reason: 'forbidden', status: 403, body: arm('AuthorizationFailed'), absent: false },
  ])('absent: $reason', ({ status, body, absent }) => {
    expect(isAbsent(failure(status, body))).toBe(absent);
  });
});

describe('when to come back', () => {
  test.each([
    { reason: 'seconds', headers: { 'retry-after': '17' }, ms: 17_000 },
    { reason: 'zero seconds', headers: { 'retry-after': '0' }, ms: 0 },
    { reason: 'milliseconds come first', headers: { 'retry-after-ms': '250', 'retry-after': '17' }, ms: 250 },
    { reason: "Azure's own name for them", headers: { 'x-ms-retry-after-ms': '300' }, ms: 300 },
    { reason: 'a date', headers: { 'retry-after': 'Tue, 24 Nov 2026 12:00:20 GMT' }, ms: 20_000 },
    { reason: 'a date that has passed', headers: { 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, ms: 0 },
    { reason: 'a day is capped', headers: { 'retry-after': '86400' }, ms: 900_000 },
    { reason: 'nothing readable', headers: { 'retry-after': 'soon' }, ms: null },
    { reason: 'no header', headers: {}, ms: null },
  ])('$reason', ({ headers, ms }) => {
    const named: Readonly<Record<string, string | undefined>> = headers;
    expect(retryAfterMs((name) => named[name], now)).toBe(ms);
  });

  test('a 429 without the header waits all the same', () => {
    expect(translateFailure(failure(429, ''), 'x', now)).toMatchObject({ retryAfterMs: 30_000 });
  });
});

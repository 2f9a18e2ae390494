import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { secondsTime } from '../times.ts';
import type { AzureAnswer } from '../world.ts';

/** @returns the body's text. */
export function writeAnswer(response: ServerResponse, answer: AzureAnswer, headers: Readonly<Record<string, string>>): string {
  const body = prepareAnswer(response, answer, headers);
  response.end(body);
  return body;
}

/**
 * Everything but the sending. An absent body is an empty one: the real service answers 202 and 204 so, and SDKs must stand it.
 * @returns the body's text.
 */
export function prepareAnswer(response: ServerResponse, answer: AzureAnswer, headers: Readonly<Record<string, string>>): string {
  const body = answer.body === undefined || answer.body === null ? '' : JSON.stringify(answer.body);
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries({ ...headers, ...answer.headers })) response.setHeader(name, value);
  if (body !== '' && !response.hasHeader('content-type')) response.setHeader('content-type', 'application/json; charset=utf-8');
  if (answer.status !== 204) response.setHeader('content-length', Buffer.byteLength(body));
  return body;
}

/** What every Azure front end adds. */
export function tracingHeaders(headers: IncomingHttpHeaders, now: number): Record<string, string> {
  const requestId = randomUUID();
  const sent = headers['x-ms-correlation-request-id'];
  const correlationId = typeof sent === 'string' ? sent : requestId;
  const clientId = headers['x-ms-client-request-id'];
  const time = `${secondsTime(now).replaceAll(/[-:]/g, '')}Z`;
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': correlationId,
    'x-ms-routing-request-id': `LOCAL:${time}:${requestId}`,
    ...(headers['x-ms-return-client-request-id'] === 'true' && typeof clientId === 'string' && { 'x-ms-client-request-id': clientId }),
  };
}

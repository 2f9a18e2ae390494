import { isRestError, type RestError } from '@azure/core-rest-pipeline';
import * as z from 'zod';
import { Conflict, NotAllowed, Rejected, Throttled, Unavailable } from '../../kernel/errors.ts';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import { retryAfterMs } from './retry-after.ts';

/** What Azure answered when it did not do what was asked. */
export interface AzureFailure {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** As received. */
  readonly text: string;
}

/** ARM's throttling says when to come back nearly always; where it does not, a bucket has refilled by then. */
const defaultRetryAfterMs = 30_000;

type Kind = 'not-allowed' | 'gone' | 'conflict' | 'throttled' | 'unavailable' | 'not-yet' | 'rejected' | 'unreadable';

/** Codes whose status does not say what they mean. */
const kindOfCode: ReadonlyMap<string, Kind> = new Map([
  // 400, but true only until Entra has copied a new identity everywhere.
  ['PrincipalNotFound', 'not-yet'],
  // 404, but what is missing is a right: ARM hides subscriptions that the credential may not see.
  ['SubscriptionNotFound', 'not-allowed'],
]);

const kindOfStatus: ReadonlyMap<number, Kind> = new Map([
  [401, 'not-allowed'],
  [403, 'not-allowed'],
  [404, 'gone'],
  [408, 'unavailable'],
  [409, 'conflict'],
  [410, 'gone'],
  [412, 'conflict'],
  [429, 'throttled'],
]);

function kindOf(status: number, code: string | null): Kind {
  const kind = kindOfCode.get(code ?? '') ?? kindOfStatus.get(status);
  if (kind) return kind;
  if (status >= 500) return 'unavailable';
  return status >= 400 ? 'rejected' : 'unreadable';
}

/** @returns the error of `kernel/errors.ts` that says it best. Azure's own words stay behind: they may hold a secret or anything that a tenant typed. */
export function translateFailure(failure: AzureFailure, call: string, now: number): Error {
  const { code, field } = errorOf(failure.text);
  const requestId = failure.header('x-ms-request-id') ?? failure.header('x-ms-correlation-request-id');
  const details = { ...(code && { code }), ...(requestId && { requestId: requestId.slice(0, 100) }) };
  switch (kindOf(failure.status, code)) {
    case 'not-allowed':
      return new NotAllowed(`Trueup's identity lacks the right for this call (${call})`, details);
    case 'gone':
      // A write met a resource that is not there: what was observed before is out of date.
      return new Conflict(`What this call needs is not there any more (${call})`, details);
    case 'conflict':
      return new Conflict(`Somebody else is writing to this resource (${call})`, details);
    case 'throttled':
      return new Throttled(`Azure asks to slow down (${call})`, { ...details, retryAfterMs: retryAfterMs(failure.header, now) ?? defaultRetryAfterMs });
    case 'unavailable':
      return new Unavailable(`Azure could not answer (${call})`, details);
    case 'not-yet':
      return new Unavailable(`Azure does not know yet what this call names (${call})`, details);
    case 'rejected':
      return new Rejected(`Azure refuses what was sent (${call})`, { ...details, ...(field && { field }) });
    case 'unreadable':
      return unexpectedAnswer(call);
  }
}

/** Whatever an SDK client throws. What is not Azure's doing is given back as it is. */
export function translateError(error: unknown, call: string, now: number): unknown {
  if (isRestError(error)) return ofRestError(error, call, now);
  if (!(error instanceof Error)) return error;
  switch (error.name) {
    case 'AbortError':
      return new Unavailable(`The call was cut off before Azure answered (${call})`, { code: 'Aborted' });
    case 'AuthenticationError':
    case 'AuthenticationRequiredError':
    case 'CredentialUnavailableError':
      return ofIdentityError(error, call);
    default:
      return error;
  }
}

/** The answer has not the shape that it must have. */
export function unexpectedAnswer(call: string): Unavailable {
  return new Unavailable(`Azure's answer cannot be read (${call})`, { code: 'UnexpectedAnswer' });
}

/** @throws Unavailable when the body has not the shape that it must have. */
export function readAs<T>(schema: z.ZodType<T>, body: unknown, call: string): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw unexpectedAnswer(call);
  return parsed.data;
}

/** The answer inside of what an SDK client threw; null when there was none. */
export function failureOf(error: unknown): AzureFailure | null {
  if (!isRestError(error) || !error.response) return null;
  const { code, message, response } = error;
  // The newer clients parse the body of an error, keep code and message of it and drop the text.
  const text = response.bodyAsText ?? JSON.stringify({ code, message });
  return { status: response.status, header: (name) => response.headers.get(name), text };
}

/** "Not there", and Azure means it. */
export function isAbsent(failure: Pick<AzureFailure, 'status' | 'text'>): boolean {
  return failure.status === 404 && kindOf(failure.status, errorOf(failure.text).code) === 'gone';
}

function ofRestError(error: RestError, call: string, now: number): Error {
  const failure = failureOf(error);
  if (failure) return translateFailure(failure, call, now);
  return new Unavailable(`Azure could not be reached (${call})`, { ...(error.code && { code: safeCode(error.code) ?? 'NetworkError' }) });
}

const identityError = z.object({
  statusCode: z.number().optional(),
  cause: z.object({ status: z.number().optional(), statusCode: z.number().optional() }).optional().catch(undefined),
});

/** The status hides at different places, by the credential and by the way that a token was refused. */
function ofIdentityError(error: Error, call: string): Error {
  const { statusCode, cause } = identityError.safeParse({ ...error, cause: error.cause }).data ?? {};
  const status = statusCode ?? cause?.status ?? cause?.statusCode ?? 0;
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return new NotAllowed(`Trueup's identity was refused (${call})`, { code: 'AuthenticationFailed' });
  return new Unavailable(`Trueup's identity got no token (${call})`, { code: 'CredentialUnavailable' });
}

const errorBody = z.object({ code: z.string().nullish(), message: z.string().nullish() });
const wrappedBody = z.object({ error: errorBody });

/** Code and field of `{error:{code,message}}`, of the bare form of older services, or of an operation's status. */
export function errorOf(text: string): { readonly code: string | null; readonly field: string | null } {
  const json = jsonOrNull(text);
  const body = wrappedBody.safeParse(json).data?.error ?? errorBody.safeParse(json).data;
  const field = /Field '([\w.[\]-]{1,200})'/.exec(body?.message ?? '')?.[1] ?? null;
  return { code: safeCode(body?.code ?? ''), field };
}

function safeCode(code: string): string | null {
  return /^[\w.-]{1,80}$/.test(code) ? code : null;
}

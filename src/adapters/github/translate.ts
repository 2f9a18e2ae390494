import { z } from 'zod';
import { Conflict, NotAllowed, Rejected, Throttled, Unavailable, isOutsideFailure } from '../../kernel/errors.ts';

const requestError = z.object({
  name: z.literal('HttpError'),
  status: z.number(),
  response: z.object({ headers: z.record(z.string(), z.unknown()), data: z.object({ message: z.string() }).optional().catch(undefined) }).optional(),
});

/** A GitHub that asks for more, by mistake or not, must not stop a tenant for days: its hourly limit is over by then. */
const longestWaitMs = 65 * 60_000;

type Headers = Readonly<Record<string, unknown>>;

/** GitHub's answer to a wait without a time is "at least a minute". */
const defaultWaitMs = 60_000;

/**
 * An error of Octokit as one of `kernel/errors.ts`, with a sentence of our own. What is no answer of GitHub's is passed on as it is when
 * it is a bug, and as Unavailable when it is the network.
 */
export function translated(error: unknown, what: string, now: number): unknown {
  // Thrown where the request leaves, or refused before it does: Octokit takes both for a broken network.
  if (error instanceof Error && isOutsideFailure(error.cause)) return error.cause;
  const parsed = requestError.safeParse(error);
  if (!parsed.success) return isAbort(error) ? new Unavailable(`cut off before GitHub answered: ${what}`, { code: 'Aborted' }, error) : error;
  return ofAnswer(parsed.data, error, what, now);
}

function ofAnswer({ status, response }: z.infer<typeof requestError>, error: unknown, what: string, now: number): Error {
  const headers = response?.headers ?? {};
  const requestId = headers['x-github-request-id'];
  const details = { code: `GitHub${status}`, ...(typeof requestId === 'string' && { requestId }) };
  const wait = waitOf(status, headers, now) ?? waitSaid(status, response?.data?.message);
  if (wait !== null) return new Throttled(`GitHub limits the rate: ${what}`, { ...details, retryAfterMs: Math.min(wait, longestWaitMs) }, error);
  if (status === 401 || status === 403) return new NotAllowed(`GitHub does not allow it: ${what}`, details, error);
  if (status === 409) return new Conflict(`GitHub is busy with the same thing: ${what}`, details, error);
  // Octokit gives 500 to a request that got no answer at all.
  if (status >= 500 || status === 408) return new Unavailable(`GitHub did not answer: ${what}`, details, error);
  return new Rejected(`GitHub refused it: ${what}`, details, error);
}

/** Octokit passes on a caller's own signal as it came. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Milliseconds to wait when this is a rate limit, primary or secondary; null when it is not. */
function waitOf(status: number, headers: Headers, now: number): number | null {
  const retryAfter = numberOf(headers['retry-after']);
  if (status === 429) return retryAfter === null ? (untilReset(headers, now) ?? defaultWaitMs) : retryAfter * 1000;
  if (status !== 403) return null;
  if (retryAfter !== null) return retryAfter * 1000;
  return numberOf(headers['x-ratelimit-remaining']) === 0 ? (untilReset(headers, now) ?? defaultWaitMs) : null;
}

/**
 * The only mark of a secondary limit that GitHub sends without a time is its sentence; Octokit's own throttling goes by it too.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function waitSaid(status: number, message = ''): number | null {
  return status === 403 && /\bsecondary rate\b/i.test(message) ? defaultWaitMs : null;
}

function untilReset(headers: Headers, now: number): number | null {
  const reset = numberOf(headers['x-ratelimit-reset']);
  return reset === null ? null : Math.max(1000, reset * 1000 - now);
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export function isStatus(error: unknown, status: number): boolean {
  const parsed = requestError.safeParse(error);
  return parsed.success && parsed.data.status === status;
}

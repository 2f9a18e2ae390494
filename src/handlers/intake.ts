import type { IncomingMessage, ServerResponse } from 'node:http';
import { atMost } from '../at-most.ts';
import { isObject } from '../kernel/comparison/canonical.ts';
import type { Secret } from '../kernel/secret.ts';
import type { Telemetry } from '../kernel/telemetry.ts';
import { isDeep } from './json-depth.ts';
import { bodyLimits, bodyReader, type BodyFault, type BodyLimits } from './read-body.ts';
import { isSigned } from './signature.ts';

/** A delivery whose signature was checked. Its payload is still only a hint. */
interface VerifiedDelivery {
  /** GitHub's GUID: the same on a redelivery. It is not signed. */
  readonly id: string;
  readonly event: string;
  readonly payload: object;
}

interface IntakeOptions {
  /** The current secret and, while it is being rotated, the previous one. */
  readonly secrets: readonly Secret<string>[];
  /** Resolves once the work is stored; a rejection is answered with 503, so that GitHub shows the delivery as failed. */
  readonly receive: (delivery: VerifiedDelivery) => Promise<void>;
  readonly log: { warn(fields: object, message: string): void };
  readonly telemetry: Telemetry;
  readonly limits?: BodyLimits;
  /** Milliseconds from the headers on. GitHub waits 10 s; what is not stored after this long counts as not stored. */
  readonly answerWithinMs?: number;
}

const lingerMs = 250;

export type Intake = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

const bodyRefusals: Record<BodyFault, Refusal> = {
  'too-large': { status: 413, reason: 'the body is larger than 25 MiB' },
  'too-slow': { status: 408, reason: 'the body came too slowly' },
  'too-many': { status: 503, reason: 'too many bodies are being read' },
  cut: { status: 400, reason: 'the body was cut off' },
};

/**
 * The webhook endpoint, in front of Probot: size, time and signature are checked on the bytes before anything is parsed or logged, and
 * a 2xx means that the delivery is stored.
 * @throws {RangeError} when there is no secret: an empty one would let everybody in.
 */
export function webhookIntake({ secrets, receive, log, telemetry, limits = bodyLimits, answerWithinMs = 3000 }: IntakeOptions): Intake {
  if (secrets.length === 0 || secrets.some((secret) => secret.reveal().length < 32)) throw new RangeError('a webhook secret of at least 32 characters is needed');
  const readBody = bodyReader(limits);

  const refuse = (request: IncomingMessage, response: ServerResponse, { status, reason }: Refusal, bytes = 0): void => {
    telemetry.count('trueup_webhooks_total', { result: 'refused' });
    log.warn({ status, reason, bytes, from: request.socket.remoteAddress, delivery: textHeader(request, 'x-github-delivery')?.slice(0, 64) }, 'A webhook was refused');
    refuseBody(request, response, status, reason);
  };

  return async (request, response) => {
    const began = performance.now();
    const early = refusalOfHeaders(request);
    if (early !== null) return refuse(request, response, early);
    const body = await readBody(request);
    if (typeof body === 'string') return refuse(request, response, bodyRefusals[body]);
    const bytes = body.reduce((sum, chunk) => sum + chunk.length, 0);
    if (!isSigned(body, textHeader(request, 'x-hub-signature-256') ?? '', secrets)) {
      return refuse(request, response, { status: 401, reason: 'the signature does not fit the body' }, bytes);
    }
    const payload = parse(body);
    if (payload === null) return refuse(request, response, { status: 400, reason: 'the body is not a JSON object' }, bytes);
    const about = { id: textHeader(request, 'x-github-delivery') ?? '', event: textHeader(request, 'x-github-event') ?? '' };
    const stored = await atMost(answerWithinMs - (performance.now() - began), receive({ ...about, payload })).catch((error: unknown) => {
      log.warn({ err: error, delivery: about.id, event: about.event }, 'A webhook could not be stored');
      return null;
    });
    if (stored === false) log.warn({ delivery: about.id, event: about.event, answerWithinMs }, 'A webhook was not stored in time');
    if (!stored) telemetry.count('trueup_webhooks_total', { result: 'failed' });
    answer(response, stored ? 202 : 503, stored ? 'stored' : 'not stored; deliver it again');
  };
}

function refusalOfHeaders(request: IncomingMessage): Refusal | null {
  if (request.method !== 'POST') return { status: 405, reason: 'expected POST' };
  if (!/^application\/json\s*(;|$)/i.test(textHeader(request, 'content-type') ?? '')) return { status: 415, reason: 'expected application/json' };
  if (textHeader(request, 'content-encoding') !== null) return { status: 415, reason: 'expected a body without content-encoding' };
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(textHeader(request, 'x-github-delivery') ?? '')) return { status: 400, reason: 'expected a delivery GUID' };
  if (!/^[a-z][a-z0-9_]{1,63}$/.test(textHeader(request, 'x-github-event') ?? '')) return { status: 400, reason: 'expected an event name' };
  if (!/^sha256=[0-9a-f]{64}$/.test(textHeader(request, 'x-hub-signature-256') ?? '')) return { status: 401, reason: 'expected one X-Hub-Signature-256' };
  return null;
}

function textHeader(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

function parse(body: readonly Uint8Array[]): object | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(body));
    if (isDeep(text)) return null;
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Answers a request whose body nobody reads any more. Closing with bytes unread resets the connection, which may take the answer with it:
 * the sender gets a moment to read it first. What still comes waits in the kernel; reading it only to throw it away is what a flood wants.
 */
function refuseBody(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  if (request.complete) return answer(response, status, message);
  response.write(headed(response, status, message));
  const end = setTimeout(() => {
    response.end();
    request.destroy();
  }, lingerMs);
  response.once('close', () => clearTimeout(end));
}

function answer(response: ServerResponse, status: number, message: string): void {
  if (!response.headersSent) response.end(headed(response, status, message));
}

/** @returns the body that belongs to the head. */
function headed(response: ServerResponse, status: number, message: string): string {
  const body = JSON.stringify({ message });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...(status === 405 && { allow: 'POST' }), ...(status >= 400 && { connection: 'close' }) });
  return body;
}

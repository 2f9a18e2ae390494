import type { IncomingMessage, ServerResponse } from 'node:http';
import { refused } from '../answers.ts';
import { faultAnswer, type LocalFaults } from '../control/faults.ts';
import type { JournalEntry } from '../control/journal.ts';
import type { AzureAnswer, LocalClock } from '../world.ts';
import { hostKind, hostName, type HostKind } from './hosts.ts';
import { observation, type AzureObserver } from './observation.ts';
import { readRequest, type ReadRequest } from './read-request.ts';
import { prepareAnswer, tracingHeaders, writeAnswer } from './write-answer.ts';

/** An answer, and who was told from the token. */
export interface Served {
  readonly answer: AzureAnswer | null;
  readonly principalId: string | null;
}

interface ExchangeOptions {
  readonly clock: Pick<LocalClock, 'now'>;
  readonly faults: LocalFaults;
  readonly journal: { add(entry: JournalEntry): void };
  readonly log: (line: object) => void;
  readonly observe: AzureObserver | null;
  readonly ingress: (request: IncomingMessage, response: ServerResponse) => void;
  readonly control: (request: ReadRequest) => AzureAnswer | null;
  readonly services: Readonly<Record<Exclude<HostKind, 'ingress'>, (request: ReadRequest) => Promise<Served>>>;
}

/** One request and its answer: read, find the service by host, let a fault come first, write, note it down. */
export function exchange(options: ExchangeOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { ingress, clock, log, journal } = options;
  return (incoming, response) => {
    const host = hostName(incoming.headers.host);
    const kind = hostKind(host);
    if (kind === 'ingress') return ingress(incoming, response);
    const startedAt = clock.now();
    let noted = false;
    const note = (status: number, principalId: string | null) => {
      if (noted) return;
      noted = true;
      const entry = { at: startedAt, method: incoming.method ?? 'GET', host, path: pathOf(incoming), status, ms: clock.now() - startedAt, principalId, requestId: requestIdOf(response) };
      journal.add(entry);
      log(entry);
    };
    serve(kind, incoming, response, options).then(
      (served) => served && note(response.statusCode, served.principalId),
      (error: unknown) => {
        log({ message: 'request failed', path: pathOf(incoming), error: error instanceof Error ? error.stack : String(error) });
        if (response.headersSent || response.destroyed) return response.destroy();
        const text = writeAnswer(response, refused(500, 'InternalServerError', 'Encountered internal server error.'), {});
        if (kind !== 'login') options.observe?.(observation(incoming, null, response, text));
        note(500, null);
      },
    );
    response.once('close', () => note(response.writableEnded ? response.statusCode : 0, null));
  };
}

/** Null when the connection was cut or is held, which is noted when it closes. */
async function serve(kind: Exclude<HostKind, 'ingress'> | null, incoming: IncomingMessage, response: ServerResponse, options: ExchangeOptions): Promise<Served | null> {
  const { clock, faults, control, services, observe } = options;
  const read = await readRequest(incoming);
  const headers = tracingHeaders(incoming.headers, clock.now());
  const controls = kind === 'management' && 'request' in read && read.request.segments[0] === 'local';
  const observed = controls || kind === 'login' ? null : observe;
  const shownAs = (write: typeof writeAnswer, { answer, principalId }: Served): Served => {
    const written = answer ?? refused(501, 'NotModelled', `The local Azure does not model ${incoming.method} ${pathOf(incoming)}`);
    const text = write(response, written, headers);
    observed?.(observation(incoming, 'request' in read ? read.request.body : null, response, text));
    return { answer: written, principalId };
  };
  const answered = (served: Served): Served => shownAs(writeAnswer, served);
  if ('refusal' in read) return answered({ answer: read.refusal, principalId: null });
  const { request } = read;
  if (kind === null) return answered({ answer: refused(421, 'MisdirectedRequest', `No service for the host '${request.host}'.`), principalId: null });
  if (controls) return answered({ answer: control(request), principalId: null });
  const fault = kind === 'login' ? null : faults.nextRequestFault(request);
  const shown = fault && faultAnswer(fault, faults.echoOf(request));
  if (shown === null) return answered(await services[kind](request));
  if ('status' in shown) return answered({ answer: shown, principalId: null });
  if (shown.isCarriedOut) shownAs(prepareAnswer, await services[kind](request));
  if (shown.connection === 'cut') incoming.socket.destroy();
  return null;
}

/** As sent, without query. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function requestIdOf(response: ServerResponse): string | null {
  const id = response.getHeader('x-ms-request-id');
  return typeof id === 'string' ? id : null;
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Scrubber } from '../kernel/scrubbing/scrubber.ts';
import type { Intake } from './intake.ts';

export const webhookPath = '/api/github/webhooks';

interface ServerOptions {
  /** Null for a process that takes no webhooks. */
  readonly intake: Intake | null;
  /** What operators read at `/metrics`; null where the internet can ask. */
  readonly metrics: (() => Promise<{ readonly contentType: string; readonly text: string }>) | null;
  /** Sentence that says why not, null when it is. Never asks the world outside: an outage must not restart every process. */
  readonly notAlive: () => string | null;
  readonly notReady: () => Promise<string | null>;
  /** Goes over every answer of this server but the webhooks', which say fixed sentences. */
  readonly scrubber: Pick<Scrubber, 'text'>;
  readonly host: string;
  readonly port: number;
}

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
}

/** More than GitHub and every probe need; each costs memory before it has said anything. */
const maxConnections = 1000;

/** The webhook endpoint, `/livez`, `/readyz` and `/metrics`, as far as they are served here; everything else is 404. Connections that bring nothing are cut. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000, connectionsCheckingInterval: 1000 }, (request, response) => {
    void route(options, request, response).catch(() => plain(options, response, 500, 'failed'));
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    [Symbol.asyncDispose]: () => closed(server),
  };
}

async function route(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { intake, metrics, notAlive, notReady } = options;
  const path = request.url?.split('?', 1)[0];
  if (path === webhookPath && intake !== null) return intake(request, response);
  if (path === '/livez') return verdict(options, response, notAlive());
  if (path === '/readyz') return verdict(options, response, await notReady().catch(() => 'not ready'));
  if (path === '/metrics' && metrics !== null) {
    const { contentType, text } = await metrics();
    return plain(options, response, 200, text, contentType);
  }
  plain(options, response, 404, 'not found');
}

function verdict(options: ServerOptions, response: ServerResponse, fault: string | null): void {
  plain(options, response, fault === null ? 200 : 503, fault ?? 'ok');
}

function plain({ scrubber }: ServerOptions, response: ServerResponse, status: number, said: string, contentType = 'text/plain'): void {
  if (response.headersSent) return;
  // Else Node reads what is left of a body nobody asked for, as fast as it comes.
  response.once('finish', () => {
    if (status === 404 || !response.req.complete) response.req.destroy();
  });
  const text = scrubber.text(said);
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 3000).unref();
  });
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Intake } from './intake.ts';

export const webhookPath = '/api/github/webhooks';

interface ServerOptions {
  /** Null for a process that takes no webhooks. */
  readonly intake: Intake | null;
  /** Sentence that says why not, null when it is. Never asks the world outside: an outage must not restart every process. */
  readonly notAlive: () => string | null;
  readonly notReady: () => Promise<string | null>;
  readonly host: string;
  readonly port: number;
}

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
}

/** The webhook endpoint, `/livez` and `/readyz`; everything else is 404. Connections that bring nothing are cut. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000, connectionsCheckingInterval: 1000 }, (request, response) => {
    void route(options, request, response).catch(() => plain(response, 500, 'failed'));
  });
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

async function route({ intake, notAlive, notReady }: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?', 1)[0];
  if (path === webhookPath && intake !== null) return intake(request, response);
  if (path === '/livez') return verdict(response, notAlive());
  if (path === '/readyz') return verdict(response, await notReady().catch(() => 'not ready'));
  plain(response, 404, 'not found');
  response.once('finish', () => request.destroy());
}

function verdict(response: ServerResponse, fault: string | null): void {
  plain(response, fault === null ? 200 : 503, fault ?? 'ok');
}

function plain(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 3000).unref();
  });
}

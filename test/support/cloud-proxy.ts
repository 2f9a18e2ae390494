import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { Agent as TlsAgent, createServer as createTlsServer, request as tlsRequest } from 'node:https';
import { callbackify } from 'node:util';
import type { CertificateAuthority } from '../../src/local/azure/http/certificates.ts';
import { portOf } from './adapters-bench.ts';

export interface AskedOfCloud {
  readonly method: string;
  /** Without a port. */
  readonly host: string;
  readonly path: string;
}

/** What becomes of a request: the cloud answers, nobody ever does, the connection is reset, or this answer. */
export type CloudAnswer = 'pass' | 'hang' | 'reset' | { readonly status: number; readonly headers?: OutgoingHttpHeaders };

/** Where the requests go in the end, on this machine. */
interface Target {
  readonly port: number;
  /** PEM, of a cloud that is asked by https. */
  readonly ca: string | null;
}

interface CloudProxyOptions {
  /** Issues what a cloud that is asked by https shows. */
  readonly authority: CertificateAuthority | null;
  readonly target: () => Target;
  readonly answer: (asked: AskedOfCloud) => CloudAnswer;
  /** A name that the cloud knows by another one: texts of the same length, exchanged on the way in and back. */
  readonly alias?: { readonly outside: string; readonly inside: string };
}

export interface CloudProxy extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
}

/** Stands between Trueup and a local cloud, for outages of a part of it and for a second subscription where the cloud has one. */
export async function cloudProxy(options: CloudProxyOptions): Promise<CloudProxy> {
  const { authority } = options;
  const agent = authority === null ? new Agent({ keepAlive: true }) : new TlsAgent({ keepAlive: true });
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => void handled(options, agent, incoming, response).catch(() => incoming.socket.destroy());
  const server: Server = authority === null ? createServer(handle) : createTlsServer({ SNICallback: callbackify((name: string) => authority.contextFor(name)) }, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}

async function handled({ target, answer, alias }: CloudProxyOptions, agent: Agent, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const body = await bytesOf(incoming);
  const decided = answer({ method, host: (headers.host ?? '').replace(/:\d+$/, ''), path: url });
  if (decided === 'hang') return;
  if (decided === 'reset') return void incoming.socket.resetAndDestroy();
  if (decided !== 'pass') return void response.writeHead(decided.status, { 'content-type': 'application/json', ...decided.headers }).end(JSON.stringify({ message: 'planted', error: { code: 'Planted', message: 'planted' } }));
  const isAliased = alias !== undefined && url.toLowerCase().includes(alias.outside);
  const inward = (text: string): string => (isAliased ? text.replaceAll(alias.outside, alias.inside) : text);
  const outward = (text: string): string => (isAliased ? text.replaceAll(alias.inside, alias.outside) : text);
  const { port, ca } = target();
  const asked = { host: '127.0.0.1', port, agent, method, path: inward(url), headers };
  const upstream = ca === null ? httpRequest(asked) : tlsRequest({ ...asked, ca, servername: (headers.host ?? '').replace(/:\d+$/, '') });
  const answered = new Promise<IncomingMessage>((resolve, reject) => upstream.once('response', resolve).once('error', reject));
  upstream.end(isAliased ? inward(body.toString()) : body);
  const from = await answered;
  const text = await bytesOf(from);
  response.writeHead(from.statusCode ?? 502, outwardHeaders(from.headers, outward)).end(isAliased ? outward(text.toString()) : text);
}

function outwardHeaders(headers: IncomingHttpHeaders, outward: (text: string) => string): OutgoingHttpHeaders {
  const { connection: _connection, 'transfer-encoding': _encoding, ...rest } = headers;
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, typeof value === 'string' ? outward(value) : value]));
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer); // no encoding is set, so it is bytes
  return Buffer.concat(chunks);
}

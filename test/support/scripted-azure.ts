import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ScriptedRequest {
  readonly method: string;
  /** The host that a connection was asked for. */
  readonly host: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  /** The connection ends within the body. */
  readonly cut?: true;
}

export interface ScriptedAzure extends AsyncDisposable {
  readonly agent: https.Agent;
  /** Every host that a connection was opened to. */
  readonly connected: readonly string[];
  readonly requests: readonly ScriptedRequest[];
}

/** What an adapter meets under the real SDK clients: every host leads here, without TLS, and what it answers is the test's. */
export async function scriptedAzure(answer: (request: ScriptedRequest) => ScriptedAnswer | null): Promise<ScriptedAzure> {
  const connected: string[] = [];
  const requests: ScriptedRequest[] = [];
  const server = http.createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const request = {
      method: message.method ?? '',
      host: message.headers.host ?? '',
      path: message.url ?? '',
      authorization: message.headers.authorization ?? null,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    requests.push(request);
    const answered = answer(request);
    if (answered === null) return void message.socket.destroy();
    const { status, headers, body, cut = false } = answered;
    response.writeHead(status, { 'content-type': 'application/json', ...(cut && { 'content-length': '1000000' }), ...headers });
    if (cut) return void response.write(JSON.stringify(body), () => message.socket.destroy());
    response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new (class extends https.Agent {
    override createConnection(options: https.RequestOptions): Duplex {
      connected.push(String(options.host));
      return net.connect(port, '127.0.0.1');
    }
  })({ keepAlive: false });
  return {
    agent,
    connected,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A credential that hands out one token for everything. */
export const scriptedCredential = { getToken: async () => ({ token: 'the-token', expiresOnTimestamp: Date.now() + 3_600_000 }) };

import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CertificateAuthority } from './certificates.ts';

export interface TlsServer extends AsyncDisposable {
  readonly port: number;
}

interface TlsServerOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly authority: CertificateAuthority;
  /** Whether a name that a client asks for exists; the handshake fails for others. */
  readonly isServed: (host: string) => boolean;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

/** One listener on the loopback for all host names; each gets its own certificate. */
export async function tlsServer({ port, authority, isServed, handle }: TlsServerOptions): Promise<TlsServer> {
  // Clients that connect to an address send no name.
  const { certificate: cert, key } = await authority.issue(['localhost', '127.0.0.1']);
  const server = https.createServer({
    cert,
    key,
    SNICallback: (name, answer) => {
      if (!isServed(name)) return answer(new Error(`No such host: ${name}`));
      authority.contextFor(name.toLowerCase()).then((context) => answer(null, context), answer);
    },
  });
  server.on('request', handle);
  // A client that leaves in the middle of a handshake or a header is no fault of ours.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  // An address and a port, because it listens on TCP.
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

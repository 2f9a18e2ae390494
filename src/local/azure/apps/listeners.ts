import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** The loopback servers of all replicas. */
export interface Listeners {
  open(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Listener>;
  /** Cuts every connection. */
  closeAll(): Promise<void>;
}

export interface Listener {
  readonly port: number;
  /** Takes no more connections; what is being answered is answered. */
  close(): void;
}

export function listenersOf(): Listeners {
  const servers = new Set<Server>();
  return {
    async open(handler) {
      const server = createServer(handler);
      servers.add(server);
      server.once('close', () => servers.delete(server));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      // A TCP server's address is never a pipe's name, and it listens.
      const { port } = server.address() as AddressInfo;
      return { port, close: () => server.close() };
    },
    async closeAll() {
      await Promise.all(
        [...servers].map(async (server) => {
          const closed = once(server, 'close');
          server.close();
          server.closeAllConnections();
          await closed;
        }),
      );
    },
  };
}

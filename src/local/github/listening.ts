import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** On the loopback. @returns the port, a free one for 0. @throws EADDRINUSE */
export function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // A listening TCP server has an address with a port.
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

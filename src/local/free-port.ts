import { createServer } from 'node:net';

const given = new Set<number>();

/** A port of loopback that was free a moment ago and was not given out before. Start what uses it before anything else asks for a port. */
export async function freePort(): Promise<number> {
  const port = await probe();
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

function probe(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

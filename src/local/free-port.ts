import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below what Linux (32768) and macOS (49152) hand out by themselves: while the process that listens here is started again, nobody's
 * outgoing connection and no server that takes any port can get in its place.
 */
const range = { from: 20_000, to: 32_000 };

const given = new Set<number>();

/** A port of loopback that was free a moment ago and was not given out before. Start what uses it before anything else asks for a port. */
export async function freePort(): Promise<number> {
  const port = randomInt(range.from, range.to);
  if (given.has(port)) return freePort();
  // Before it is looked at: who asks meanwhile must get another one.
  given.add(port);
  return (await isFree(port)) ? port : freePort();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

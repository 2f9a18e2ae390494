import type { IncomingMessage } from 'node:http';

export type BodyFault = 'too-large' | 'too-slow' | 'too-many' | 'cut';

export interface BodyLimits {
  readonly maxBytes: number;
  /** For one body, from its headers on. */
  readonly maxMs: number;
  /** Of all bodies that are being read: nobody has shown a signature yet. */
  readonly maxBytesAtOnce: number;
}

/** GitHub sends at most 25 MiB and does not deliver what is larger. */
export const bodyLimits: BodyLimits = { maxBytes: 25 * 2 ** 20, maxMs: 2500, maxBytesAtOnce: 64 * 2 ** 20 };

/** Reads bodies of unknown senders within bounds of size, time and sum. */
export function bodyReader({ maxBytes, maxMs, maxBytesAtOnce }: BodyLimits): (request: IncomingMessage) => Promise<readonly Uint8Array[] | BodyFault> {
  let held = 0;
  return (request) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve('too-large');
    const chunks: Uint8Array[] = [];
    let size = 0;
    return new Promise((resolve) => {
      const end = (result: readonly Uint8Array[] | BodyFault): void => {
        clearTimeout(timer);
        held -= size;
        size = 0;
        request.removeAllListeners('data');
        if (typeof result === 'string') request.pause();
        resolve(result);
      };
      const timer = setTimeout(() => end('too-slow'), maxMs);
      request.on('data', (chunk: Uint8Array) => {
        size += chunk.length;
        held += chunk.length;
        chunks.push(chunk);
        if (size > maxBytes) end('too-large');
        else if (held > maxBytesAtOnce) end('too-many');
      });
      request.once('end', () => end(chunks));
      request.once('close', () => end('cut'));
      request.once('error', () => end('cut'));
    });
  };
}

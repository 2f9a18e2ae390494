import type { IncomingMessage } from 'node:http';
import { pacer } from './pacer.ts';

export type BodyFault = 'too-large' | 'too-slow' | 'too-many' | 'cut';

export interface BodyLimits {
  readonly maxBytes: number;
  /** For one body, from its headers on. */
  readonly maxMs: number;
  /** Of all bodies that are being read: nobody has shown a signature yet. */
  readonly maxBytesAtOnce: number;
  /** Of each body, read as fast as it comes. GitHub's are hardly ever larger. */
  readonly bytesUnpaced: number;
  /** Of all that is beyond that: what is read and thrown away costs processor time and garbage, too. */
  readonly bytesPerSecond: number;
}

/** GitHub sends at most 25 MiB and does not deliver what is larger. */
export const bodyLimits: BodyLimits = { maxBytes: 25 * 2 ** 20, maxMs: 2500, maxBytesAtOnce: 26 * 2 ** 20, bytesUnpaced: 64 * 2 ** 10, bytesPerSecond: 32 * 2 ** 20 };

interface Reading {
  readonly size: number;
  end(result: readonly Uint8Array[] | BodyFault): void;
}

/** Shorter than a timer can wait. */
const notWorthWaitingMs = 2;

/**
 * Reads bodies of unknown senders within bounds of size, time, sum and pace. Where the sum is too large the largest body goes: who floods
 * us with large ones crowds out themselves, and what GitHub mostly sends is small.
 */
export function bodyReader(limits: BodyLimits): (request: IncomingMessage) => Promise<readonly Uint8Array[] | BodyFault> {
  const { maxBytes, maxBytesAtOnce, bytesUnpaced, bytesPerSecond } = limits;
  const pace = pacer(bytesPerSecond);
  const all = new Set<Reading>();
  let held = 0;
  const takeIn = (reading: Reading, bytes: number): number => {
    held += bytes;
    if (reading.size > maxBytes) reading.end('too-large');
    // The largest is at least as large as what has just come: one makes room.
    if (held > maxBytesAtOnce) [...all].reduce((largest, one) => (one.size > largest.size ? one : largest)).end('too-many');
    return reading.size > bytesUnpaced ? pace(bytes) : 0;
  };
  const letGo = (reading: Reading): boolean => {
    if (!all.delete(reading)) return false;
    held -= reading.size;
    return true;
  };
  return (request) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve('too-large');
    return new Promise((resolve) => all.add(reading(request, { takeIn, letGo, resolve, maxMs: limits.maxMs })));
  };
}

interface ReadingOptions {
  /** @returns milliseconds before more is to be read. */
  readonly takeIn: (reading: Reading, bytes: number) => number;
  /** @returns whether it was held until now. */
  readonly letGo: (reading: Reading) => boolean;
  readonly resolve: (result: readonly Uint8Array[] | BodyFault) => void;
  readonly maxMs: number;
}

function reading(request: IncomingMessage, { takeIn, letGo, resolve, maxMs }: ReadingOptions): Reading {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let resume: NodeJS.Timeout | undefined;
  const self: Reading = {
    get size() {
      return size;
    },
    end(result) {
      if (!letGo(self)) return;
      clearTimeout(late);
      clearTimeout(resume);
      request.removeAllListeners('data');
      if (typeof result === 'string') request.pause();
      chunks = [];
      resolve(result);
    },
  };
  const late = setTimeout(() => self.end('too-slow'), maxMs);
  request.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    chunks.push(chunk);
    const waitMs = takeIn(self, chunk.length);
    if (waitMs < notWorthWaitingMs) return;
    request.pause();
    clearTimeout(resume);
    resume = setTimeout(() => request.resume(), waitMs);
  });
  request.once('end', () => self.end(chunks));
  request.once('close', () => self.end('cut'));
  request.once('error', () => self.end('cut'));
  return self;
}

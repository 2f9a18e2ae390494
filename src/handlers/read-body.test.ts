import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { bodyLimits, bodyReader, type BodyLimits } from './read-body.ts';

/** A body that its test writes. */
class Body extends PassThrough {
  readonly headers = {};
  asRequest(): IncomingMessage {
    return this as unknown as IncomingMessage; // headers and a stream are all that is read of it
  }
}

const limits: BodyLimits = { ...bodyLimits, maxBytes: 1000, maxBytesAtOnce: 1000, maxMs: 60_000 };

/** What became of each body so far: `open`, a fault or its length. */
function read(given: Partial<BodyLimits>, count: number) {
  const reader = bodyReader({ ...limits, ...given });
  const bodies = Array.from({ length: count }, () => new Body());
  const ends: (string | number)[] = bodies.map(() => 'open');
  bodies.forEach((body, index) => void reader(body.asRequest()).then((result) => (ends[index] = typeof result === 'string' ? result : Buffer.concat(result).length)));
  return { bodies, ends, write: (index: number, bytes: number) => bodies[index]?.write(Buffer.alloc(bytes)), end: (index: number) => bodies[index]?.end() };
}

describe('bodies of unknown senders', () => {
  test('where the sum is too large the largest goes, whoever came last, and the small ones are read', async () => {
    const { ends, write, end } = read({}, 3);
    write(0, 100);
    write(1, 700);
    await expect.poll(() => ends).toEqual(['open', 'open', 'open']);
    write(2, 300);
    await expect.poll(() => ends).toEqual(['open', 'too-many', 'open']);
    end(0);
    end(2);
    await expect.poll(() => ends).toEqual([100, 'too-many', 300]);
  });

  test('what has ended makes room', async () => {
    const { ends, write, end } = read({}, 2);
    write(0, 900);
    end(0);
    await expect.poll(() => ends[0]).toBe(900);
    write(1, 900);
    end(1);
    await expect.poll(() => ends[1]).toBe(900);
  });

  test.each([
    { reason: 'a byte more than is taken', act: ({ write }: ReturnType<typeof read>) => write(0, 1001), fault: 'too-large' },
    { reason: 'a sender that goes away', act: ({ bodies }: ReturnType<typeof read>) => bodies[0]?.destroy(), fault: 'cut' },
    { reason: 'a connection that fails', act: ({ bodies }: ReturnType<typeof read>) => bodies[0]?.destroy(new Error('reset')), fault: 'cut' },
  ])('$reason: $fault', async ({ act, fault }) => {
    const reading = read({ maxBytesAtOnce: 5000 }, 1);
    act(reading);
    await expect.poll(() => reading.ends).toEqual([fault]);
  });

  test('one that sends nothing is let go', async () => {
    const { ends } = read({ maxMs: 20 }, 1);
    await expect.poll(() => ends).toEqual(['too-slow']);
  });

  test('a large one is read at a pace, and a small one beside it is not made to wait', async () => {
    const { bodies, ends, write, end } = read({ maxBytes: 10_000, maxBytesAtOnce: 20_000, bytesUnpaced: 500, bytesPerSecond: 10 }, 2);
    write(0, 600);
    await expect.poll(() => bodies[0]?.isPaused()).toBe(true);
    write(1, 400);
    end(1);
    await expect.poll(() => ends).toEqual(['open', 400]);
    expect(bodies[0]?.isPaused()).toBe(true);
    bodies[0]?.destroy();
  });
});

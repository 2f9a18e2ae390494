import { describe, expect, test } from 'vitest';
import { broken, type PromiseProof } from '../promises/promise.ts';

/** The seed of `npm test`; `npm run promises` takes others. */
const seed = 20_261_124;

/** The short form of a proof as a test: its figures as one JSON line, and its thresholds. */
export function provesShort(proof: PromiseProof, withinMs = 120_000): void {
  describe(`${proof.id}: ${proof.promise}`, () => {
    test('holds in its short form', { timeout: withinMs }, async () => {
      const began = performance.now();
      const { run, figures } = await proof.run({ seed, size: 'short', tell: () => undefined });
      process.stdout.write(`${JSON.stringify({ promise: proof.id, size: 'short', seed, run, figures, seconds: Math.round((performance.now() - began) / 100) / 10 })}\n`);
      expect(broken(proof, 'short', figures)).toEqual([]);
    });
  });
}

import type { Part } from './fleet.ts';
import { judgedPart, type Judged } from './fleet-judged.ts';
import { shortFleet } from './fleet-short.ts';
import type { ProofOptions } from './promise.ts';

const environments = 40;
const part: Part = { generations: 25, kills: 200, pauses: 0, terminations: 0, lockMs: 4000, pushes: 'each' };

const runs = new Map<number, Promise<Judged>>();

/** Deployments one after the other while workers are killed: P4 looks at what became of them, P14 at what the audit says of the same writes. */
export async function crashedFleet({ seed, size, tell }: ProofOptions): Promise<Judged> {
  if (size === 'short') return (await shortFleet(seed, tell)).crashed;
  const run = runs.get(seed) ?? judgedPart(environments, part, seed, tell);
  runs.set(seed, run);
  return await run;
}

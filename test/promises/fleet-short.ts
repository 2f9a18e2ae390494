import { fleetFor, replaceWorkers, runPart, type Part, type PartRun } from './fleet.ts';
import { judgedOf, type Judged } from './fleet-judged.ts';

export interface ShortFleet {
  /** Workers are terminated while they work. */
  readonly drained: Judged;
  /** Workers are killed and stopped while generations supersede each other. */
  readonly crashed: Judged;
}

const environments = 3;
const drained: Part = { generations: 1, kills: 0, pauses: 0, terminations: 2, lockMs: 30_000, pushes: 'each' };
const crashed: Part = { generations: 3, kills: 3, pauses: 1, terminations: 0, lockMs: 4000, pushes: { withinMs: 2000 } };

const runs = new Map<number, Promise<ShortFleet>>();

/** The short forms of all promises of the fleet are one run, made once. */
export function shortFleet(seed: number, tell: (line: string) => void): Promise<ShortFleet> {
  const run = runs.get(seed) ?? makeRun(seed, tell);
  runs.set(seed, run);
  return run;
}

async function makeRun(seed: number, tell: (line: string) => void): Promise<ShortFleet> {
  await using fleet = await fleetFor(environments, drained);
  const first = await runPart(fleet, drained, seed, tell);
  const exits = await replaceWorkers(fleet, crashed);
  const withAll: PartRun = { ...first, exits: [...first.exits, ...exits], ended: Date.now() };
  const calm = await judgedOf(fleet, withAll);
  return { drained: calm, crashed: await judgedOf(fleet, await runPart(fleet, crashed, seed + 1, tell)) };
}

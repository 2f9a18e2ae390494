import { seededChance } from '../support/chance.ts';
import { diceOf } from './p15-dice.ts';
import { gate } from './p15-gates.ts';
import { planners } from './p15-planners.ts';
import { deploy, evaluation, health, plan, push, type Told } from './p15-worlds.ts';
import type { PromiseProof, ProofOptions, Proved } from './promise.ts';

const worlds = { plan, push, deploy, health, evaluation, gate, planners };
const casesEach: Record<ProofOptions['size'], number> = { short: 300, full: 5000 };
/** Ways in which something can be unknown, over all worlds. */
const kindsWanted = 48;

export const p15: PromiseProof = {
  id: 'P15',
  promise: 'Zero work is never green, unknown is never healthy',
  how: 'Random worlds in which something was not read, not measured, not found or not done, and some in which all is well, go through the real checks of plans, pushes, deployments and health, the evaluation of what Azure shows, the gates of a stage and the planners of a pull request. What is counted is every green answer where the world gave a reason against it; every kind of reason has to come up, and every part has to be green where nothing speaks against it.',
  limits: null,
  thresholds: { greenWithoutWork: { atMost: 0 }, kindsOfUnknown: { atLeast: kindsWanted }, rarestKind: { atLeast: 3 }, rarestGreen: { atLeast: 3 } },
  run,
};

async function run({ seed, size, tell }: ProofOptions): Promise<Proved> {
  const dice = diceOf(seededChance(seed));
  const unknown = new Map<string, number>();
  const green = new Map<string, number>();
  const wrong = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  const note = (world: string, told: Told): void => {
    for (const kind of told.unknown) count(unknown, kind);
    if (told.isGreen && told.unknown.length > 0) count(wrong, `${world}: ${told.unknown.join(', ')}`);
    if (told.isGreen && told.unknown.length === 0) count(green, world);
  };
  let cases = 0;
  for (const [name, world] of Object.entries(worlds)) {
    for (let index = 0; index < casesEach[size]; index += 1) {
      for (const told of await world(dice)) {
        cases += 1;
        note(name, told);
      }
    }
    tell(`${name}: green where nothing speaks against it ${green.get(name) ?? 0} times`);
  }
  for (const [what, times] of wrong) tell(`green all the same, ${times} times: ${what}`);
  const greenWithoutWork = [...wrong.values()].reduce((sum, times) => sum + times, 0);
  // Checks of a push are written only where something is wrong.
  const mayBeGreen = Object.keys(worlds).filter((name) => name !== 'push');
  return {
    run: { cases, worlds: Object.keys(worlds).length },
    figures: { greenWithoutWork, kindsOfUnknown: unknown.size, rarestKind: Math.min(...unknown.values()), rarestGreen: Math.min(...mayBeGreen.map((name) => green.get(name) ?? 0)) },
  };
}

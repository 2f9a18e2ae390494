import { doubledSteps, halfApplied, lostDeployments, noOpRepeats } from './fleet-figures.ts';
import { concurrency } from './fleet.ts';
import { crashedFleet } from './fleet-crashed.ts';
import { sizeOf } from './fleet-judged.ts';
import type { PromiseProof } from './promise.ts';

export const p04: PromiseProof = {
  id: 'P4',
  promise: 'A crash never loses or doubles a deployment',
  how: 'Four workers over the local clouds make 1,000 deployments, 25 one after the other in each of 40 environments, while a worker is killed 200 times. Doubled is a step (template of a generation, traffic to a revision, end of a revision, each resource before them) that changed something in Azure more than once; an identical write is counted apart. Half applied is a green check without all of its steps, or Azure in between two releases at the end.',
  limits: null,
  thresholds: { lost: { atMost: 0 }, deadLetters: { atMost: 0 }, doubled: { atMost: 0 }, halfApplied: { atMost: 0 }, noOpRepeatsOverBound: { atMost: 0 } },
  async run({ seed, size, tell }) {
    const judged = await crashedFleet({ seed, size, tell });
    const { evidence, run, stalled } = judged;
    const [lost, doubled, half] = [lostDeployments(evidence, run.part.pushes === 'each'), doubledSteps(evidence), halfApplied(evidence)];
    for (const line of [...lost, ...doubled, ...half]) tell(line);
    const repeats = noOpRepeats(evidence);
    return {
      run: sizeOf(judged),
      figures: {
        lost: lost.length,
        deadLetters: judged.deadLetters,
        doubled: doubled.length,
        halfApplied: half.length,
        noOpRepeats: repeats,
        noOpRepeatsOverBound: Math.max(0, repeats - (run.kills + run.pauses) * concurrency),
        takenUpAgain: stalled,
        stateChangingWrites: evidence.writes.filter(({ effect }) => effect === 'changed').length,
      },
    };
  },
};

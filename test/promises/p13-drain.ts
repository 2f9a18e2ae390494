import { doubledSteps, lostDeployments } from './fleet-figures.ts';
import type { Part } from './fleet.ts';
import { judgedPart, sizeOf } from './fleet-judged.ts';
import { shortFleet } from './fleet-short.ts';
import type { PromiseProof } from './promise.ts';

const environments = 40;
const part: Part = { generations: 25, kills: 0, pauses: 0, terminations: 200, lockMs: 30_000, pushes: 'each' };

export const p13: PromiseProof = {
  id: 'P13',
  promise: 'An upgrade or a scale-in loses nothing and stalls nothing',
  how: 'Four workers over the local clouds make 1,000 deployments, 25 one after the other in each of 40 environments, while each worker is terminated 50 times and started again. A stalled job is a delivery that was taken from a worker because its lock ran out, as BullMQ says it in its events; the lock is 30 s for 60 s.',
  limits: null,
  thresholds: { stalledJobs: { atMost: 0 }, slowestExitMs: { atMost: 30_000 }, lost: { atMost: 0 }, deadLetters: { atMost: 0 }, killedBecauseLate: { atMost: 0 }, failedExits: { atMost: 0 } },
  async run({ seed, size, tell }) {
    const judged = size === 'short' ? (await shortFleet(seed, tell)).drained : await judgedPart(environments, part, seed, tell);
    const { evidence, run: { exits }, stalled } = judged;
    const lost = lostDeployments(evidence, true);
    for (const line of lost) tell(line);
    return {
      run: sizeOf(judged),
      figures: {
        stalledJobs: stalled,
        slowestExitMs: Math.round(Math.max(0, ...exits.map(({ ms }) => ms))),
        lost: lost.length,
        deadLetters: judged.deadLetters,
        killedBecauseLate: exits.filter(({ signal }) => signal === 'SIGKILL').length,
        failedExits: exits.filter(({ code, signal }) => signal === null && code !== 0).length,
        doubledSteps: doubledSteps(evidence).length,
      },
    };
  },
};

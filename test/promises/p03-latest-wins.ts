import { doubledSteps, noOpRepeats, staleOverwrites, withoutTerminalCheck } from './fleet-figures.ts';
import type { Part } from './fleet.ts';
import { judgedPart, sizeOf } from './fleet-judged.ts';
import { shortFleet } from './fleet-short.ts';
import type { PromiseProof } from './promise.ts';

const environments = 20;
const part: Part = { generations: 50, kills: 200, pauses: 60, terminations: 0, lockMs: 4000, pushes: { withinMs: 8000 } };

export const p03: PromiseProof = {
  id: 'P3',
  promise: 'The latest merged version wins, and every generation ends in a visible state',
  how: 'Four workers and one web process over the local clouds; 20 environments of a repository each get 50 generations, faster than they are deployed (a generation is a commit that was read while it was the head of the default branch: each is pushed once the one before was read), while workers are killed 200 times and stopped 60 times for one and a half to two locks (4 s for 60 s, all that follows from it in proportion). So many kills hit the same innocent work three times now and then, which is then set aside for five locks, as if it had ended the process. Azure is read at the end; every write is recorded on the way.',
  limits: 'A commit that another one replaces before Trueup has read it is no generation: nothing of it was begun, what it declares comes with the one that was read, and it has no check of its own. Azure has no fence: a worker that is stopped between its last look at its lease and the write that follows may write late. Such writes are counted as stale overwrites, and are healed by the next deployment or the resync within five minutes.',
  thresholds: { environmentsNotAtLatest: { atMost: 0 }, generationsWithoutTerminalCheck: { atMost: 0 }, staleCommits: { atMost: 0 }, healedMs: { atMost: 330_000 } },
  async run({ seed, size, tell }) {
    const judged = size === 'short' ? (await shortFleet(seed, tell)).crashed : await judgedPart(environments, part, seed, tell);
    const { evidence, run, staleCommits, setAside } = judged;
    const behind = new Set(evidence.differences.map((one) => one.split(':')[0]));
    const stale = staleOverwrites(evidence);
    const open = withoutTerminalCheck(evidence);
    for (const line of [...evidence.differences, ...stale, ...open]) tell(line);
    return {
      run: sizeOf(judged),
      figures: {
        environmentsNotAtLatest: behind.size,
        generationsWithoutTerminalCheck: open.length,
        staleCommits,
        staleOverwrites: stale.length,
        healedMs: run.healedMs,
        superseded: [...evidence.asked.values()].flat().filter((commit) => evidence.check(commit)?.conclusion !== 'success').length,
        doubledSteps: doubledSteps(evidence).length,
        noOpRepeats: noOpRepeats(evidence),
        setAsideAtAnyTime: setAside.ever,
        setAsideInTheEnd: setAside.now,
      },
    };
  },
};

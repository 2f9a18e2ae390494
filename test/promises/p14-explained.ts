import { seededChance } from '../support/chance.ts';
import { crashedFleet } from './fleet-crashed.ts';
import { sizeOf } from './fleet-judged.ts';
import { auditFindings, tamperedFound } from './p14-audit-judge.ts';
import type { PromiseProof } from './promise.ts';

const tampered = { short: 200, full: 5000 };

export const p14: PromiseProof = {
  id: 'P14',
  promise: 'Every change is explained',
  withRunOf: 'P4',
  how: 'In the run of P4, where workers are killed 200 times during 1,000 deployments, each request that Azure or GitHub accepted from Trueup is looked up in the audit by the request id of its answer: one entry must say who, which commit and which policy. Where the worker was killed before the answer came, the entry that was stored before the request left must say it, with the client request id under which Azure logs it. Then single bytes of entries are changed at random, each in a copy of its own, and the chain is checked. Every scenario of `npm test` (plans, canaries, rollbacks, drift that is healed, scaling, secrets) ends with the same judgement of its own writes.',
  limits: 'who can write to Redis can also make the whole chain anew. The lines of the log, and the hash that `trueup audit --verify` prints, are for keeping elsewhere. Of a write to GitHub whose answer was lost no id is known.',
  thresholds: {
    writes: { atLeast: 50 },
    unexplainedWrites: { atMost: 0 },
    auditedThatNobodyMade: { atMost: 0 },
    brokenChains: { atMost: 0 },
    tamperedBytesNotFound: { atMost: 0 },
  },
  async run({ seed, size, tell }) {
    const judged = await crashedFleet({ seed, size, tell });
    const { figures, faults } = auditFindings(judged.audit);
    for (const fault of faults) tell(fault);
    const found = tamperedFound(judged.audit.audits, seededChance(seed), tampered[size]);
    return {
      run: { ...sizeOf(judged), bytesChanged: tampered[size] },
      figures: { ...figures, tamperedBytesNotFound: tampered[size] - found },
    };
  },
};

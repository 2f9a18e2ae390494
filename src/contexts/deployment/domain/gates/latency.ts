import type { OwnRequests } from '../service-rollout.ts';
import { ownGates, type Finding } from './finding.ts';

const fewest = 5;
/** Below it the slowest one alone would decide. */
const enough = 20;

/** Of the gate's own requests: Azure has no response times by revision (facts/azure.md A3). */
export function latency(most: number, { ms }: Pick<OwnRequests, 'ms'>): Finding {
  const about = { gate: ownGates.latency, samples: ms.length, threshold: `<= ${most} ms` };
  if (ms.length < fewest) return { ...about, answer: 'no-data', detail: `${ms.length} of at least ${fewest} own requests were answered` };
  const p95 = ms.toSorted((a, b) => a - b)[Math.ceil(ms.length * 0.95) - 1] ?? 0;
  if (ms.length < enough && ms.filter((one) => one > most).length === 1) return { ...about, answer: 'inconclusive', detail: `One of ${ms.length} own requests took ${p95} ms: fewer than ${enough} cannot tell` };
  return { ...about, answer: p95 <= most ? 'pass' : 'fail', detail: `95 % of ${ms.length} own requests took at most ${p95} ms` };
}

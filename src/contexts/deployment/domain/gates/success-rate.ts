import type { DesiredGate } from '../../../../kernel/desired-state.ts';
import type { StageEvidence } from './evidence.ts';
import { ownGates, type Finding } from './finding.ts';
import { orUnreadable } from './unreadable.ts';

interface NotOfUsers {
  /** The gate's own requests, and how many of them were answered with a server error. */
  readonly sent: number;
  readonly errors: number;
  /** As many as health checks may have sent meanwhile: nobody knows which of the counted ones they are. */
  readonly health: number;
}

type Judged = { readonly successRate: number } & Pick<DesiredGate, 'minSamples'>;

/** Requests of users to the revision: what Azure counts, without Trueup's own. None known is not zero, and too few say nothing. */
export function successRate({ successRate: least, minSamples }: Judged, asked: StageEvidence['requests'], own: NotOfUsers): Finding | null {
  const about = { gate: ownGates.successRate, threshold: `>= ${least} %` };
  return orUnreadable(about, asked, (counted) => {
    if (counted === null) return { ...about, answer: 'no-data', detail: 'Azure has counted no request in this step yet', samples: null };
    const samples = Math.max(0, counted.total - own.sent);
    const ofUsers = Math.max(0, samples - own.health);
    if (ofUsers < minSamples) return { ...about, answer: 'no-data', detail: `${ofUsers} requests of users, at least ${minSamples} are needed`, samples: ofUsers };
    const good = samples - Math.min(samples, Math.max(0, counted.serverErrors - own.errors));
    const rate = (good / samples) * 100;
    const isPass = rate >= least - rounding;
    return { ...about, answer: isPass ? 'pass' : 'fail', detail: `${good} of ${samples} requests without a server error: ${percent(rate, least, isPass)} %`, samples };
  });
}

/** Of floating point numbers: far below one request of a million. */
const rounding = 1e-9;

/** With as few decimals as show on which side of the limit it is. */
function percent(rate: number, least: number, isPass: boolean): number {
  const shown = [1, 2, 3, 4].map((digits) => Number(rate.toFixed(digits)));
  return shown.find((value) => value >= least === isPass) ?? rate;
}

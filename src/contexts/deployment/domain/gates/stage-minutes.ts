import { healthCheckEveryMs } from '../../../../kernel/health-checks.ts';
import type { ServiceRollout } from '../service-rollout.ts';
import { runningStage } from '../stage-moves.ts';

const minuteMs = 60_000;

type Running = Pick<ServiceRollout, 'stages' | 'stage' | 'stageSince'>;

/**
 * From when on Azure's counts, which it keeps by the minute, are of the stage: its first full minute, so that no request of the weight
 * before it, or of an earlier try of the same revision, speaks for it. A stage shorter than a minute has none of its own: it is judged with
 * all of the minute in which it began. Null while its weight is being set.
 */
export function countedFrom(rollout: Running): number | null {
  const { stageSince } = rollout;
  if (stageSince === null) return null;
  const bakeMs = runningStage(rollout)?.bakeMs ?? 0;
  return bakeMs < minuteMs ? stageSince : Math.ceil(stageSince / minuteMs) * minuteMs;
}

/**
 * As many requests as health checks, which ask the app's own address, may have brought to a revision with this percentage of the traffic:
 * the expected number and four standard deviations. One request each: a check asks again only when the answer is bad, and bad ones count.
 */
export function healthRequests(weight: number, ms: number): number {
  const checks = Math.ceil(Math.max(0, ms) / healthCheckEveryMs) + 1;
  const share = weight / 100;
  return Math.ceil(checks * share + 4 * Math.sqrt(checks * share * (1 - share)));
}

import type { DesiredService } from '../../../../kernel/desired-state.ts';
import type { ServiceRollout } from '../service-rollout.ts';
import { runningStage } from '../stage-moves.ts';
import type { Timing } from '../timing.ts';
import { ownGates } from './finding.ts';
import { stageGates, type StageGates } from './stage-gates.ts';

/** A minute at the usual pace: Azure Monitor has no finer grain, and shows nothing sooner (facts/azure.md A3). */
export function seldomMs({ lookMs }: Timing): number {
  return 30 * lookMs;
}

/** Five minutes at the usual pace: what Azure's counts and logs of a stage's beginning take to be there, most of the time (facts/azure.md A3). */
export function lateMs(timing: Timing): number {
  return 5 * seldomMs(timing);
}

/**
 * When an answer may pass the stage: at the end of its bake. A query of logs that nothing has come to yet counts no error, so that it
 * decides only when what the stage began with can be there.
 */
export function decidesFrom(name: string, { logs }: Pick<StageGates, 'logs'>, bakeEnd: number, since: number, timing: Timing): number {
  return logs.some((gate) => gate.name === name) ? Math.max(bakeEnd, since + lateMs(timing)) : bakeEnd;
}

/** Ten seconds at the usual pace: what a thousand bakes at one time may ask of one subscription (facts/azure.md A4). */
function oftenMs({ lookMs }: Timing): number {
  return 5 * lookMs;
}

/** Milliseconds until the next look at the stage that runs: often while the release proves itself, seldom in a bake, and at its end. */
export function nextLookMs(rollout: ServiceRollout, now: number, timing: Timing): number {
  const stage = runningStage(rollout);
  if (stage === null || rollout.stageSince === null) return timing.lookMs;
  const left = rollout.stageSince + stage.bakeMs - now;
  const isProving = stage.purpose === 'ready' && (rollout.gate.successes < timing.gateSuccesses || (left <= 0 && left > -seldomMs(timing)));
  if (isProving) return timing.lookMs;
  if (left <= 0) return waitsForUsersOnly(rollout) ? 3 * oftenMs(timing) : oftenMs(timing);
  return Math.min(left, Math.max(oftenMs(timing), Math.min(seldomMs(timing), stage.bakeMs / 10)));
}

/** Azure Monitor is asked once a minute: looks in between can fail the release, but not pass it. */
function waitsForUsersOnly({ gates }: ServiceRollout): boolean {
  const open = gates.filter(({ answer }) => answer !== 'pass');
  return open.length > 0 && open.every(({ gate }) => gate === ownGates.successRate);
}

/** The sources whose turn it is. */
export interface Due {
  readonly requests: boolean;
  readonly logs: DesiredService['rollout']['gate']['logs'];
  readonly http: DesiredService['rollout']['gate']['http'];
}

/** What comes minutes late is asked once a minute, and everything at the first look and when it may decide. */
export function dueSources(service: Pick<DesiredService, 'rollout'>, rollout: ServiceRollout, now: number, timing: Timing): Due {
  const stage = runningStage(rollout);
  if (stage === null || rollout.stageSince === null) return { requests: false, logs: [], http: [] };
  const { stageSince } = rollout;
  const gates = stageGates(service, stage, rollout.stages);
  const isDue = (name: string, everyMs: number): boolean => {
    const asked = rollout.gates.find(({ gate }) => gate === name)?.at ?? null;
    const decides = decidesFrom(name, gates, stageSince + stage.bakeMs, stageSince, timing);
    return asked === null || now - asked >= everyMs || (asked < decides && now >= decides);
  };
  return {
    requests: gates.requests !== 'not-judged' && isDue(ownGates.successRate, seldomMs(timing)),
    logs: gates.logs.filter(({ name }) => isDue(name, seldomMs(timing))),
    http: gates.http.filter(({ name }) => isDue(name, oftenMs(timing))),
  };
}

import type { DesiredService } from '../../../../kernel/desired-state.ts';
import type { Stage } from '../stages.ts';
import { ownGates } from './finding.ts';

/** The gates of a stage, which all have to pass. */
export interface StageGates {
  readonly own: readonly string[];
  /** `when-known`: enough of them are judged, and nobody waits for them. */
  readonly requests: 'waited-for' | 'when-known' | 'not-judged';
  readonly logs: DesiredService['rollout']['gate']['logs'];
  readonly http: DesiredService['rollout']['gate']['http'];
}

/**
 * While the release proves itself no users are sent to it on purpose, so their requests are judged from the first weight on. Where nothing
 * served before, nobody may have come yet: they are judged when there are enough of them, and not waited for. Logs come minutes late: they
 * say nothing about a first stage that lasts no time.
 */
export function stageGates({ rollout: { gate } }: Pick<DesiredService, 'rollout'>, { purpose, weight, bakeMs }: Stage, stages: readonly Stage[]): StageGates {
  const isJudged = gate.successRate !== null && purpose !== 'ready' && weight > 0;
  const hasServedBefore = stages[0]?.weight === 0;
  return {
    own: [ownGates.revision, ownGates.readiness, ownGates.restarts, ...(gate.latencyP95Ms === null ? [] : [ownGates.latency])],
    requests: !isJudged ? 'not-judged' : hasServedBefore ? 'waited-for' : 'when-known',
    logs: purpose === 'ready' && bakeMs === 0 ? [] : gate.logs,
    http: gate.http,
  };
}

/** By the names of their records. */
export function gateNames({ own, requests, logs, http }: StageGates): readonly string[] {
  return [...own, ...(requests === 'not-judged' ? [] : [ownGates.successRate]), ...logs.map(({ name }) => name), ...http.map(({ name }) => name)];
}

import type { DesiredService } from '../../../kernel/desired-state.ts';
import type { ServiceRollout } from './service-rollout.ts';
import { stagesFrom } from './stages.ts';
import { servesBeside } from './start.ts';

/** Steps in which a service has a plan of stages: it is past the look at its app. */
const inPlan: ReadonlySet<string> = new Set(['creating', 'pinning', 'applying', 'gating', 'ready', 'promoting', 'retiring']);

/** A rollout that was stored before there were stages gets the plan that its steps stood for, so that it comes to an end. */
export function withPlan(rollout: ServiceRollout, service: DesiredService | null, at: number): ServiceRollout {
  if (service === null || rollout.stages.length > 0 || !inPlan.has(rollout.step)) return rollout;
  const { step, previous } = rollout;
  const servesAlready = servesBeside(previous, service);
  const isAtEnd = step === 'promoting' || step === 'retiring';
  const weight = servesAlready && step !== 'retiring' ? 0 : 100;
  const stages = stagesFrom(service, { servesAlready, own: weight });
  return { ...rollout, stages, stage: isAtEnd ? stages.length - 1 : 0, stageSince: step === 'promoting' ? null : at, movingSince: isAtEnd ? at : null, weight };
}

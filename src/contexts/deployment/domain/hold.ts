import type { DesiredFreeze } from '../../../kernel/desired-state.ts';
import { frozenAt } from '../../../kernel/freeze-window.ts';
import type { DeploymentProgress } from '../../../kernel/messages/deployment.ts';
import type { DeploymentQueue } from './deployment-queue.ts';

/** Why nothing moves forward. `until` is ISO-8601; null where a person ends it. */
export type Hold = NonNullable<DeploymentProgress['hold']>;

/** Asked before every write that moves forward, and before none that goes back. `now` in milliseconds since the epoch. */
export function holdOf({ paused }: Pick<DeploymentQueue, 'paused'>, freezes: readonly DesiredFreeze[], now: number): Hold | null {
  if (paused !== null) return { why: 'paused', detail: `Paused by ${paused.by}`, until: null };
  const frozen = frozenAt(freezes, now);
  if (frozen === null) return null;
  const why = frozen.reason === null ? '' : `: ${frozen.reason}`;
  return { why: 'frozen', detail: `Inside a freeze window of the environment${why}`.slice(0, 500), until: new Date(frozen.until).toISOString() };
}

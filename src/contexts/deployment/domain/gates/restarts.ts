import type { ObservedRevision } from '../../../../kernel/container-app.ts';
import type { ServiceRollout } from '../service-rollout.ts';
import { ownGates, type Finding } from './finding.ts';

type Counted = ServiceRollout['gate']['restarts'];

/** The sum at the stage's beginning, moved along when replicas go and take their restarts with them, and at this look. */
export function restartsAt(before: Counted, revision: ObservedRevision | null): Counted {
  if (revision === null) return before;
  const last = revision.containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
  if (before === null) return { first: last, last };
  return { first: before.first + Math.min(0, last - before.last), last };
}

export function hasRestarted(before: Counted, after: Counted): boolean {
  return before !== null && after !== null && after.last > before.last;
}

/** A crash loop is called running by Azure most of the time. `most`: restarts of all its containers within the stage. */
export function restarts(most: number, counted: Counted, isSilent: boolean): Finding {
  const about = { gate: ownGates.restarts, samples: null, threshold: `<= ${most}` };
  const count = counted === null ? 0 : counted.last - counted.first;
  if (count > most) return { ...about, answer: 'fail', detail: `Its containers restarted ${times(count)} in this step` };
  if (counted === null || isSilent) return { ...about, answer: 'no-data', detail: 'No replica runs whose restarts could be counted' };
  return { ...about, answer: 'pass', detail: count === 0 ? 'No restart in this step' : `Its containers restarted ${times(count)} in this step` };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

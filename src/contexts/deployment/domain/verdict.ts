import { durationInWords } from './duration-in-words.ts';
import type { ServiceRollout } from './service-rollout.ts';

/** One sentence for the ledger: what a release that passed its last stage was judged by. */
export function verdictOf({ gates, stages }: Pick<ServiceRollout, 'gates' | 'stages'>): string {
  const passed = gates.filter(({ answer }) => answer === 'pass').map(({ gate, samples }) => (samples === null ? gate : `${gate} (${samples} requests)`));
  const weights = [...new Set(stages.map(({ weight }) => String(weight)))];
  const where = weights.length === 0 ? '' : ` with ${listed(weights)} % of the traffic`;
  const watchMs = stages.at(-1)?.bakeMs ?? 0;
  const watch = watchMs === 0 ? '' : `, watched for ${durationInWords(watchMs)}`;
  return `Passed${where}: ${passed.length === 0 ? 'its revision' : listed(passed)}${watch}`.slice(0, 500);
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

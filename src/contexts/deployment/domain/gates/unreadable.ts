import type { Asked } from './evidence.ts';
import type { Finding } from './finding.ts';

/** A source that gives no answer says nothing about the release; one that can never answer as it is declared fails it. */
export function orUnreadable<T>(about: Pick<Finding, 'gate' | 'threshold'>, asked: Asked<T>, read: (value: T) => Finding): Finding | null {
  if (asked === 'not-asked') return null;
  if ('value' in asked) return read(asked.value);
  return { ...about, answer: asked.isWrong ? 'fail' : 'inconclusive', detail: asked.unreadable, samples: null };
}

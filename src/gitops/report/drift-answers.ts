import type { ProposalRecord } from '../records/proposal.ts';
import { fit } from './budget.ts';
import { code, prose, shortened } from './inert.ts';
import { linksFor } from './links.ts';
import { count } from './plan-text.ts';

/** What answers the drift of a service, or why nothing does. */
export type DriftAnswer = Pick<ProposalRecord, 'pullRequest' | 'why'> & { readonly service: string };

export const nothingToAnswer = 'No drift of it is open that a pull request would answer';
export const waitsWhy = 'Others come first';

/** The pull requests, what keeps others from being opened, and how many wait. */
export function driftAnswers(answers: readonly DriftAnswer[]): readonly string[] {
  const open = answers.flatMap(({ service, pullRequest }) => (pullRequest === null ? [] : [`${code(service)} ${linksFor(pullRequest.url).to(`#${pullRequest.number}`, pullRequest.url)}`]));
  const none = answers.flatMap(({ service, pullRequest, why }) => (pullRequest !== null || why === null || why === waitsWhy || why === nothingToAnswer ? [] : [`- ${code(service)} has no pull request: ${prose(shortened(why, 300))}`]));
  const waiting = answers.filter(({ pullRequest, why }) => pullRequest === null && why === waitsWhy).map(({ service }) => service);
  const list = fit(waiting.map(code), 2000, (left) => `${left} more`).join(', ');
  return [
    ...(open.length === 0 ? [] : [`To be decided: ${fit(open, 2000, (left) => `${left} more`).join(', ')}.`]),
    ...(none.length === 0 ? [] : [fit(none, 8000, (left) => `- … and ${left} more`, 1).join('\n')]),
    ...(waiting.length === 0 ? [] : [`${count(waiting.length, 'more service')} drifted, and wait for their pull requests until others are answered: ${list}. ${code('/trueup reapply SERVICE ENV')} or ${code('/trueup adopt SERVICE ENV')} in a comment opens one at once.`]),
  ];
}

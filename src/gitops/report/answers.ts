import type { Answer, PullRequestAnswers } from '../records/pull-request-answers.ts';
import { fit } from './budget.ts';
import { folded } from './folded.ts';
import { code, prose } from './inert.ts';
import { count } from './plan-text.ts';
import { dayAndTime } from './times.ts';

const space = 14_000;

/** What was asked last and what came of it; what was asked before is folded, the newest first. */
export function answersText({ answers }: PullRequestAnswers): readonly string[] {
  const [newest, ...older] = fit(answers.toReversed().map(answerText), space, (left) => `… and ${count(left, 'older answer')}.`);
  if (newest === undefined) return [];
  return older.length === 0 ? [newest] : [newest, folded('Earlier answers', older.join('\n\n'))];
}

function answerText({ asked, by, at, text }: Answer): string {
  return `${code(asked)} by ${prose(by)}, ${prose(dayAndTime(at))}\n\n${text}`;
}

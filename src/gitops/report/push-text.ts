import { isError } from '../../kernel/problem.ts';
import type { CommitState } from '../desired/commit-reader.ts';
import type { CheckReport } from '../ports.ts';
import { annotationsOf } from './annotations.ts';
import { code, prose } from './inert.ts';
import type { Links } from './links.ts';
import { inPlaceOrder } from './plan-report.ts';
import { problemList } from './plan-tables.ts';
import { count, errorTitle, planCheckName } from './plan-text.ts';

type Pushed = Pick<CommitState, 'commit' | 'problems' | 'documents'> & { readonly policy: Pick<CommitState['policy'], 'problems'> };

/** `trueup/plan` on a head of the default branch that holds errors: nobody else would see them there. */
export function pushCheck({ commit, problems, documents, policy }: Pushed, trace: string, links: Links): CheckReport {
  const sorted = inPlaceOrder(problems);
  return {
    commit,
    name: planCheckName,
    conclusion: 'failure',
    title: errorTitle(sorted),
    summary: [
      policy.problems.some(isError)
        ? 'The policy that chooses the files cannot be read, so nothing of this commit was applied.'
        : 'What is wrong was not applied and stays as it was; everything else was.',
      problemList(sorted, commit, links, 40_000),
      `<sub>${count(documents, 'document')} read at ${links.commit(commit)} · ${prose(trace)}</sub>`,
    ].join('\n\n'),
    text: null,
    annotations: annotationsOf(sorted),
    actions: [],
  };
}

/** `trueup/plan` on a commit that GitHub does not show: nothing is known of it, which is not the same as nothing to do. */
export function unreadableCheck(commit: string, failure: string | null): CheckReport {
  const why = failure === null ? '' : ` (${code(failure)})`;
  return {
    commit,
    name: planCheckName,
    conclusion: 'failure',
    title: 'The commit could not be read',
    summary: `GitHub refused to show the files of this commit${why}, so nothing was planned or applied from it. A tree of more than 100,000 entries is shown only in part, which is not enough.`,
    text: null,
    annotations: [],
    actions: [],
  };
}

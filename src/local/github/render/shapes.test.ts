import type { RestEndpointMethodTypes as Rest } from '@octokit/rest';
import { expectTypeOf, test } from 'vitest';
import type { renderApp, renderInstallation } from './app.ts';
import type { renderAnnotation, renderRun, renderSuite } from './check.ts';
import type { renderCommit, renderCommitDetails, renderGitCommit } from './commit.ts';
import type { renderDeployment, renderDeploymentStatus, renderStatusDetails } from './deployment.ts';
import type { renderComment, renderIssue, renderReaction } from './issue.ts';
import type { renderPull, renderPullDetails } from './pull-request.ts';
import type { renderRepository, renderRepositoryDetails } from './repository.ts';

// The compiler is the judge: `npm run check:types` fails when an answer lacks a field of GitHub's published description.
test('answers have the shapes that GitHub publishes (compile time)', () => {
  expectTypeOf<ReturnType<typeof renderRun>>().toExtend<Rest['checks']['get']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderSuite>>().toExtend<Rest['checks']['getSuite']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderAnnotation>>().toExtend<Rest['checks']['listAnnotations']['response']['data'][number]>();
  expectTypeOf<ReturnType<typeof renderGitCommit>>().toExtend<Rest['git']['getCommit']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderCommit>>().toExtend<Rest['repos']['listCommits']['response']['data'][number]>();
  expectTypeOf<Awaited<ReturnType<typeof renderCommitDetails>>>().toExtend<Rest['repos']['getCommit']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderDeployment>>().toExtend<Rest['repos']['getDeployment']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderDeploymentStatus>>().toExtend<Rest['repos']['getDeploymentStatus']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderStatusDetails>>().toExtend<Rest['repos']['listCommitStatusesForRef']['response']['data'][number]>();
  expectTypeOf<ReturnType<typeof renderComment>>().toExtend<Rest['issues']['getComment']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderReaction>>().toExtend<Rest['reactions']['createForIssueComment']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderIssue>>().toExtend<Rest['issues']['get']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderPull>>().toExtend<Rest['pulls']['list']['response']['data'][number]>();
  expectTypeOf<Awaited<ReturnType<typeof renderPullDetails>>>().toExtend<Rest['pulls']['get']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderRepository>>().toExtend<Rest['apps']['listReposAccessibleToInstallation']['response']['data']['repositories'][number]>();
  expectTypeOf<ReturnType<typeof renderRepositoryDetails>>().toExtend<Rest['repos']['get']['response']['data']>();
  expectTypeOf<ReturnType<typeof renderApp>>().toExtend<NonNullable<Rest['apps']['getAuthenticated']['response']['data']>>();
  expectTypeOf<ReturnType<typeof renderInstallation>>().toExtend<Rest['apps']['getInstallation']['response']['data']>();
});

import type { Proposals, ReportWriter, RepositoryReader } from '../../gitops/ports.ts';
import type { Clock } from '../../kernel/ports.ts';
import { nodeSignal } from '../node-signal.ts';
import { checkConfirmer } from './check-confirmer.ts';
import { checkWriter } from './check-writer.ts';
import type { GitHubClients } from './client.ts';
import { commentWriter } from './comment-writer.ts';
import { deploymentWriter } from './deployment-writer.ts';
import { installationsOf, type Installations } from './installations.ts';
import { pullRequestWriter } from './pull-request-writer.ts';
import { redeliverFailed, type Redelivered } from './redelivery.ts';
import { repositoriesOf } from './repositories.ts';
import { repositoryReader } from './repository-reader.ts';
import type { WriteMemo } from './write-memo.ts';

interface GitHubOptions {
  readonly clients: GitHubClients;
  readonly memo: WriteMemo;
  readonly appId: number;
  readonly clock: Clock;
}

/** GitHub, as gitops asks for it. */
export interface GitHubAdapters {
  readonly repository: RepositoryReader;
  readonly reports: ReportWriter;
  readonly proposals: Proposals;
  readonly installations: Installations;
  readonly redeliverFailed: () => Promise<Redelivered>;
}

export function githubAdapters({ clients, memo, appId, clock }: GitHubOptions): GitHubAdapters {
  const repositories = repositoriesOf(clients, clock);
  const check = checkWriter({ repositories, memo, appId });
  const confirm = checkConfirmer(repositories, appId);
  const comment = commentWriter({ repositories, memo, appId });
  const deployment = deploymentWriter(repositories, memo);
  const pullRequests = pullRequestWriter(repositories, clients);
  return {
    repository: repositoryReader(repositories, appId),
    installations: installationsOf(clients, clock),
    redeliverFailed: () => redeliverFailed(clients, clock),
    proposals: {
      commit: (tenant, change, signal) => pullRequests.commit(tenant, change, nodeSignal(signal)),
      propose: (tenant, proposal, signal) => pullRequests.propose(tenant, proposal, nodeSignal(signal)),
      close: (tenant, number, ours, signal) => pullRequests.close(tenant, number, ours, nodeSignal(signal)),
    },
    reports: {
      check: (tenant, report, signal) => check(tenant, report, nodeSignal(signal)),
      confirmChecks: (tenant, commit, signal) => confirm(tenant, commit, nodeSignal(signal)),
      stickyComment: (tenant, number, kind, body, signal) => comment(tenant, number, kind, body, nodeSignal(signal)),
      deployment: (tenant, report, signal) => deployment(tenant, report, nodeSignal(signal)),
      async react(tenant, commentId, reaction, signal) {
        await repositories.call(tenant, 'reacting to a comment', (client, at) =>
          client.rest.reactions.createForIssueComment({ ...at, comment_id: commentId, content: reaction, request: { signal: nodeSignal(signal) } }),
        );
      },
    },
  };
}

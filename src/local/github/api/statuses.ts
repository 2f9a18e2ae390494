import * as z from 'zod';
import { isoSeconds } from '../git/commits.ts';
import { validationFailed } from '../problem.ts';
import { renderCommit } from '../render/commit.ts';
import { renderStatus, renderStatusDetails } from '../render/deployment.ts';
import { renderRepository, repositoryUrl } from '../render/repository.ts';
import { fullName, type CommitStatus, type Repository } from '../world.ts';
import { created, ok, onRepository, pageOf, parsed, type Answer, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { commitOf } from './lookup.ts';

const read = { app: ['statuses:read'], person: 'read' } as const;

export const statusEndpoints: readonly Endpoint[] = [
  onRepository('POST', '/statuses/:ref', { app: ['statuses:write'], person: 'write' }, create),
  onRepository('GET', '/commits/:ref{.+}/status', read, combined),
  onRepository('GET', '/commits/:ref{.+}/statuses', read, list),
];

const newStatus = z.object({
  state: z.enum(['error', 'failure', 'pending', 'success']),
  context: z.string().min(1).default('default'),
  description: z.string().max(140, 'description is too long (maximum is 140 characters)').nullable().default(null),
  target_url: z.url().nullable().default(null),
});

async function create(call: RepositoryCall): Promise<Answer> {
  const { world, repository, sender } = call;
  const commit = await commitOf(call);
  const request = parsed(newStatus, call.body);
  const already = repository.statuses.filter(({ sha, context }) => sha === commit.sha && context === request.context).length;
  if (already >= world.limits.statusesOfContext) throw validationFailed({ resource: 'Status', field: 'context', code: 'custom', message: 'This SHA and context has reached the maximum number of statuses.' });
  const status: CommitStatus = {
    id: world.nextId(),
    sha: commit.sha,
    state: request.state,
    context: request.context,
    description: request.description,
    targetUrl: request.target_url,
    creator: sender,
    createdAt: isoSeconds(world.now()),
  };
  repository.statuses.push(status);
  world.send({
    name: 'status',
    repository,
    sender,
    payload: {
      id: status.id,
      sha: status.sha,
      name: fullName(repository),
      target_url: status.targetUrl,
      context: status.context,
      description: status.description,
      state: status.state,
      commit: renderCommit(world, repository, commit),
      branches: [],
      created_at: status.createdAt,
      updated_at: status.createdAt,
    },
  });
  return created(renderStatusDetails(world, repository, status));
}

/** Newest first. */
async function list(call: RepositoryCall): Promise<Answer> {
  const { sha } = await commitOf(call);
  const found = call.repository.statuses.filter((status) => status.sha === sha).toReversed();
  return pageOf(call, found, (status) => renderStatusDetails(call.world, call.repository, status));
}

/** The latest of each context. */
export function latestStatuses(repository: Repository, sha: string): CommitStatus[] {
  return [...new Map(repository.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status])).values()];
}

async function combined(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const { sha } = await commitOf(call);
  const latest = latestStatuses(repository, sha);
  const failed = latest.some(({ state }) => state === 'failure' || state === 'error');
  const succeeded = latest.length > 0 && latest.every(({ state }) => state === 'success');
  const url = `${repositoryUrl(world, repository)}/commits/${sha}`;
  return ok({
    state: failed ? 'failure' : succeeded ? 'success' : 'pending',
    statuses: latest.map((status) => renderStatus(world, repository, status)),
    sha,
    total_count: latest.length,
    repository: renderRepository(world, repository),
    commit_url: url,
    url: `${url}/status`,
  });
}

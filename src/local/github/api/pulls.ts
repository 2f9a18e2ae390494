import * as z from 'zod';
import { isoSeconds, listCommits } from '../git/commits.ts';
import { isRefName } from '../git/ref-name.ts';
import { readRef } from '../git/refs.ts';
import { HttpProblem, validationFailed } from '../problem.ts';
import { pullFiles } from '../pull-requests/files.ts';
import { closePull, sendPull } from '../pull-requests/follow.ts';
import { mergePull } from '../pull-requests/merge.ts';
import { openPull } from '../pull-requests/open.ts';
import { reopenPull } from '../pull-requests/reopen.ts';
import { renderCommit, renderFile } from '../render/commit.ts';
import { renderPull, renderPullDetails } from '../render/pull-request.ts';
import type { PullRequest } from '../world.ts';
import { created, noContent, ok, onRepository, pageOf, parsed, type Answer, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { pullOf, storedCommit } from './lookup.ts';

const read = { app: ['pull_requests:read'], person: 'read' } as const;
const write = { app: ['pull_requests:write'], person: 'read' } as const;

export const pullEndpoints: readonly Endpoint[] = [
  onRepository('GET', '/pulls', read, list),
  onRepository('POST', '/pulls', write, create),
  onRepository('GET', '/pulls/:number', read, async (call) => ok(await renderPullDetails(call.world, call.repository, pullOf(call), { test: true }))),
  onRepository('PATCH', '/pulls/:number', write, update),
  onRepository('GET', '/pulls/:number/files', read, listFiles),
  onRepository('GET', '/pulls/:number/commits', read, listPullCommits),
  onRepository('GET', '/pulls/:number/merge', read, (call) => (pullOf(call).merged ? noContent : { status: 404, body: { message: 'Not Found' } })),
  onRepository('PUT', '/pulls/:number/merge', { app: ['contents:write'], person: 'write' }, merge),
];

function list(call: RepositoryCall): Promise<Answer> {
  const state = call.query.get('state') ?? 'open';
  const head = call.query.get('head');
  const base = call.query.get('base');
  const found = [...call.repository.pulls.values()].filter((pull) => {
    if (state !== 'all' && pull.state !== state) return false;
    if (base !== null && pull.base.ref !== base) return false;
    return head === null || `${pull.head.repository.owner.login}:${pull.head.ref}`.toLowerCase() === head.toLowerCase();
  });
  return pageOf(call, sorted(found, call.query), (pull) => renderPull(call.world, call.repository, pull));
}

function sorted(pulls: readonly PullRequest[], query: URLSearchParams): PullRequest[] {
  const sort = query.get('sort');
  if (sort === 'popularity' || sort === 'long-running') throw new HttpProblem(501, `Not modelled by the local GitHub: pull requests by ${sort}`);
  const updated = sort === 'updated';
  const direction = query.get('direction') ?? (query.has('sort') && query.get('sort') !== 'created' ? 'asc' : 'desc');
  const ascending = pulls.toSorted((left, right) => (updated ? left.updatedAt.localeCompare(right.updatedAt) : 0) || left.number - right.number);
  return direction === 'asc' ? ascending : ascending.toReversed();
}

const draft = z.object({
  title: z.string().min(1),
  head: z.string().min(1),
  base: z.string().min(1),
  body: z.string().nullable().default(null),
  draft: z.boolean().default(false),
  maintainer_can_modify: z.boolean().default(false),
});

async function create(call: RepositoryCall): Promise<Answer> {
  const { world, repository, sender } = call;
  const { maintainer_can_modify: maintainerCanModify, ...request } = parsed(draft, call.body);
  refuseLongBody(request.body);
  const pull = await repository.alone(() => openPull(world, repository, { ...request, maintainerCanModify }, sender));
  return created(await renderPullDetails(world, repository, pull, { test: false }));
}

const maxBody = 65_536;

function refuseLongBody(body: string | null | undefined): void {
  if ((body ?? '').length <= maxBody) return;
  throw validationFailed({ resource: 'PullRequest', field: 'body', code: 'custom', message: `body is too long (maximum is ${maxBody} characters)` });
}

const changes = z.object({
  title: z.string().min(1).optional(),
  body: z.string().nullable().optional(),
  maintainer_can_modify: z.boolean().optional(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
});

async function update(call: RepositoryCall): Promise<Answer> {
  const { world, repository, sender } = call;
  const request = parsed(changes, call.body);
  refuseLongBody(request.body);
  const pull = pullOf(call);
  await repository.alone(async () => {
    await edit(call, pull, request);
    if (request.state === 'closed' && pull.state === 'open') await closePull(world, repository, pull, sender);
    if (request.state === 'open' && pull.state === 'closed') await reopenPull(world, repository, pull, sender);
  });
  return ok(await renderPullDetails(world, repository, pull, { test: true }));
}

async function edit(call: RepositoryCall, pull: PullRequest, request: z.infer<typeof changes>): Promise<void> {
  const before: Record<string, unknown> = {};
  if (request.title !== undefined && request.title !== pull.title) {
    before['title'] = { from: pull.title };
    pull.title = request.title;
  }
  if (request.body !== undefined && request.body !== pull.body) {
    before['body'] = { from: pull.body };
    pull.body = request.body;
  }
  if (request.maintainer_can_modify !== undefined) pull.maintainerCanModify = request.maintainer_can_modify && pull.head.repository.id !== call.repository.id;
  if (request.base !== undefined && request.base !== pull.base.ref) {
    // https://github.com/MithrilJS/mithril.js/pull/2862
    if (pull.state === 'closed') throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid', message: 'Cannot change the base branch of a closed pull request.' });
    const sha = isRefName(request.base) ? await readRef(call.repository.directory, `refs/heads/${request.base}`) : null;
    if (sha === null) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' });
    before['base'] = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
    pull.base.ref = request.base;
    pull.base.sha = sha;
  }
  if (Object.keys(before).length === 0) return;
  pull.updatedAt = isoSeconds(call.world.now());
  await sendPull(call.world, call.repository, pull, 'edited', call.sender, { changes: before });
}

/** GitHub lists no more. */
const maxFiles = 3000;

async function listFiles(call: RepositoryCall): Promise<Answer> {
  const pull = pullOf(call);
  const files = (await pullFiles(call.repository, pull)).slice(0, maxFiles);
  return pageOf(call, files, (file) => renderFile(call.world, call.repository, pull.head.sha, file));
}

async function listPullCommits(call: RepositoryCall): Promise<Answer> {
  const { repository } = call;
  const { base, head } = pullOf(call);
  const shas = (await listCommits(repository.directory, { heads: [head.sha], exclude: [base.sha], limit: 250 })).toReversed();
  return pageOf(call, shas, async (sha) => renderCommit(call.world, repository, await storedCommit(repository, sha)));
}

const mergeRequest = z.object({
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
  commit_title: z.string().nullable().default(null),
  commit_message: z.string().nullable().default(null),
  sha: z.string().nullable().default(null),
});

async function merge(call: RepositoryCall): Promise<Answer> {
  const { world, repository, sender } = call;
  const request = parsed(mergeRequest, call.body);
  const pull = pullOf(call);
  const options = { method: request.merge_method, title: request.commit_title, message: request.commit_message, sha: request.sha };
  const sha = await repository.alone(() => mergePull(world, repository, pull, options, sender));
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

import * as z from 'zod';
import { roleOf } from '../auth/permissions.ts';
import { isoSeconds } from '../git/commits.ts';
import { listRefs, readRef } from '../git/refs.ts';
import { isRefName } from '../git/ref-name.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { renderAccount } from '../render/account.ts';
import { renderCommit } from '../render/commit.ts';
import { renderRepository, renderRepositoryDetails, renderRole, repositoryPage, repositoryUrl } from '../render/repository.ts';
import { deleteRepository } from '../pull-requests/deleted-repository.ts';
import { forkRepository } from '../repositories.ts';
import { forksOf } from '../world.ts';
import { noContent, onRepository, ok, pageOf, param, parsed, refuseUnmodelled, type Call, type Endpoint, type RepositoryCall } from './endpoint.ts';
import { accountByLogin, storedCommit } from './lookup.ts';

export const repositoryEndpoints: readonly Endpoint[] = [
  onRepository('GET', '', { app: ['metadata:read'], person: 'read' }, getRepository),
  onRepository('PATCH', '', { app: ['administration:write'], person: 'admin', archivedToo: true }, changeRepository),
  onRepository('DELETE', '', { app: ['administration:write'], person: 'admin', archivedToo: true }, removeRepository),
  onRepository('GET', '/branches', { app: ['contents:read'], person: 'read' }, listBranches),
  onRepository('GET', '/branches/:branch{.+}', { app: ['contents:read'], person: 'read' }, getBranch),
  onRepository('GET', '/forks', { app: ['metadata:read'], person: 'read' }, listForks),
  onRepository('POST', '/forks', { app: ['administration:write'], person: 'read', archivedToo: true }, createFork),
  onRepository('GET', '/collaborators/:username/permission', { app: ['metadata:read'], person: 'read' }, getPermission),
  { method: 'GET', path: '/users/:username', for: 'anyone', handle: getUser },
  { method: 'GET', path: '/user', for: 'user', handle: getMe },
];

function getRepository({ world, actor, repository, sender }: RepositoryCall) {
  const role = actor.kind === 'installation' ? (actor.permissions.contents ?? null) : roleOf(world, repository, sender);
  return ok(renderRepositoryDetails(world, repository, role));
}

const repositoryChange = z.strictObject({ archived: z.boolean() });

function changeRepository(call: RepositoryCall) {
  const request = repositoryChange.safeParse(call.body);
  if (!request.success) throw new HttpProblem(501, 'Not modelled by the local GitHub: changing more of a repository than archived');
  call.repository.archived = request.data.archived;
  return getRepository(call);
}

async function removeRepository({ world, repository, sender }: RepositoryCall) {
  // After the pushes that are under way: Git writes into the folder.
  await repository.alone(() => deleteRepository(world, repository, sender));
  return noContent;
}

async function listBranches(call: RepositoryCall) {
  refuseUnmodelled(call, ['protected']);
  const refs = await listRefs(call.repository.directory, ['refs/heads']);
  return pageOf(call, refs, ({ name, sha }) => ({
    name: name.slice('refs/heads/'.length),
    commit: { sha, url: `${repositoryUrl(call.world, call.repository)}/commits/${sha}` },
    protected: false,
  }));
}

async function getBranch(call: RepositoryCall) {
  const { world, repository } = call;
  const name = param(call, 'branch');
  const sha = isRefName(name) ? await readRef(repository.directory, `refs/heads/${name}`) : null;
  if (sha === null) throw new HttpProblem(404, 'Branch not found');
  const url = `${repositoryUrl(world, repository)}/branches/${name}`;
  return ok({
    name,
    commit: renderCommit(world, repository, await storedCommit(repository, sha)),
    _links: { self: url, html: `${repositoryPage(world, repository)}/tree/${name}` },
    protected: false,
    protection: { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
    protection_url: `${url}/protection`,
  });
}

function listForks(call: RepositoryCall) {
  refuseUnmodelled(call, ['sort']);
  return pageOf(call, forksOf(call.world, call.repository), (fork) => renderRepository(call.world, fork));
}

const forkRequest = z.object({ name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/).optional() });

async function createFork(call: RepositoryCall) {
  const { name } = parsed(forkRequest, call.body);
  const fork = await forkRepository(call.world, call.repository, call.sender, name ?? call.repository.name);
  return { status: 202, body: renderRepositoryDetails(call.world, fork, 'admin') };
}

function getPermission(call: RepositoryCall) {
  const { world, repository } = call;
  const account = accountByLogin(world, param(call, 'username'));
  const role = account.type === 'Bot' ? null : roleOf(world, repository, account);
  const user = { ...renderAccount(world, account), permissions: renderRole(role), role_name: role ?? 'none' };
  return ok({ permission: role ?? 'none', role_name: role ?? 'none', user });
}

function getUser(call: Call) {
  const account = accountByLogin(call.world, param(call, 'username'));
  return ok(renderProfile(call, account));
}

function getMe(call: Call) {
  if (call.actor.kind !== 'person') throw notFound();
  return ok(renderProfile(call, call.actor.account));
}

function renderProfile({ world }: Call, account: ReturnType<typeof accountByLogin>) {
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const times = { created_at: world.app.createdAt, updated_at: isoSeconds(world.now()) };
  return { ...renderAccount(world, account), name: account.login, company: null, blog: '', location: null, email: null, hireable: null, bio: null, ...counts, ...times };
}


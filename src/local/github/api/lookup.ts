import { readCommit, resolveCommit, type Commit } from '../git/commits.ts';
import { HttpProblem, notFound } from '../problem.ts';
import type { Account, PullRequest, Repository, World } from '../world.ts';
import { numberParam, param, type RepositoryCall } from './endpoint.ts';

/** The commit that the path's `:ref` names. @throws 422 as GitHub does. */
export async function commitOf(call: RepositoryCall, name = param(call, 'ref')): Promise<Commit> {
  const commit = await resolveCommit(call.repository.objects, name);
  if (!commit) throw new HttpProblem(422, `No commit found for SHA: ${name}`);
  return commit;
}

/** @throws when it is gone: a sha that came from Git itself is there. */
export async function storedCommit(repository: Repository, sha: string): Promise<Commit> {
  const commit = await readCommit(repository.objects, sha);
  if (!commit) throw new Error(`commit ${sha} is not in ${repository.name}`);
  return commit;
}

export function pullOf(call: RepositoryCall): PullRequest {
  const pull = call.repository.pulls.get(numberParam(call, 'number'));
  if (!pull) throw notFound();
  return pull;
}

export function accountByLogin(world: World, login: string): Account {
  const account = login.toLowerCase() === world.app.bot.login.toLowerCase() ? world.app.bot : world.accounts.get(login.toLowerCase());
  if (!account) throw notFound();
  return account;
}

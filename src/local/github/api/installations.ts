import { isoSeconds } from '../git/commits.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { renderInstallationOfEvent } from '../render/app.ts';
import { renderRepositoryName } from '../render/repository.ts';
import { installOn } from '../repositories.ts';
import { roleOf } from '../auth/permissions.ts';
import type { Account, Installation, Repository, World } from '../world.ts';
import { installation } from './app.ts';
import { noContent, numberParam, type Call, type Endpoint } from './endpoint.ts';

/** How an installation is put to sleep and removed, by the App, and how a person takes a repository out of it. */
export const installationEndpoints: readonly Endpoint[] = [
  { method: 'PUT', path: '/app/installations/:id/suspended', for: 'app', handle: suspend },
  { method: 'DELETE', path: '/app/installations/:id/suspended', for: 'app', handle: unsuspend },
  { method: 'DELETE', path: '/app/installations/:id', for: 'app', handle: uninstall },
  { method: 'PUT', path: '/user/installations/:id/repositories/:repository', for: 'user', handle: add },
  { method: 'DELETE', path: '/user/installations/:id/repositories/:repository', for: 'user', handle: remove },
];

function suspend(call: Call) {
  const { world } = call;
  const target = installation(call);
  target.suspended = { at: isoSeconds(world.now()), by: world.app.bot };
  sendInstallation(world, target, 'suspend', world.app.bot);
  return noContent;
}

function unsuspend(call: Call) {
  const target = installation(call);
  target.suspended = null;
  sendInstallation(call.world, target, 'unsuspend', call.world.app.bot);
  return noContent;
}

/** Its tokens are no good from here on. */
function uninstall(call: Call) {
  const { world } = call;
  sendInstallation(world, installation(call), 'deleted', world.app.bot);
  world.installation = null;
  return noContent;
}

function sendInstallation(world: World, target: Installation, action: 'suspend' | 'unsuspend' | 'deleted', sender: Account): void {
  const repositories = [...target.repositories].flatMap((id) => world.repositories.get(id) ?? []).map(renderRepositoryName);
  world.send({ name: 'installation', repository: null, sender, payload: { action, installation: renderInstallationOfEvent(world, target), repositories } });
}

function add(call: Call) {
  const { repository, person } = administered(call);
  installOn(call.world, repository, person);
  return noContent;
}

function remove(call: Call) {
  const { world } = call;
  const { target, repository, person } = administered(call);
  if (!target.repositories.delete(repository.id)) throw notFound();
  const payload = { action: 'removed', installation: renderInstallationOfEvent(world, target), repository_selection: 'selected', repositories_added: [], repositories_removed: [renderRepositoryName(repository)], requester: null };
  world.send({ name: 'installation_repositories', repository: null, sender: person, payload });
  return noContent;
}

function administered(call: Call): { readonly target: Installation; readonly repository: Repository; readonly person: Account } {
  const { world, actor } = call;
  const target = installation(call);
  const repository = world.repositories.get(numberParam(call, 'repository'));
  // The endpoints are for persons only.
  if (actor.kind !== 'person' || !repository || roleOf(world, repository, actor.account) === null) throw notFound();
  if (roleOf(world, repository, actor.account) !== 'admin') throw new HttpProblem(403, 'Must have admin rights to Repository.');
  return { target, repository, person: actor.account };
}

import { isoSeconds } from '../git/commits.ts';
import { authorize } from '../auth/permissions.ts';
import { sendInstallation, sendInstallationRepository } from '../events/installation.ts';
import { notFound } from '../problem.ts';
import { installOn } from '../repositories.ts';
import type { Account, Installation, Repository } from '../world.ts';
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

function add(call: Call) {
  const { repository, person } = administered(call);
  installOn(call.world, repository, person);
  return noContent;
}

function remove(call: Call) {
  const { target, repository, person } = administered(call);
  if (!target.repositories.delete(repository.id)) throw notFound();
  sendInstallationRepository(call.world, target, 'removed', repository, person);
  return noContent;
}

function administered(call: Call): { readonly target: Installation; readonly repository: Repository; readonly person: Account } {
  const { world, actor } = call;
  const target = installation(call);
  const repository = world.repositories.get(numberParam(call, 'repository'));
  // The endpoints are for persons only.
  if (actor.kind !== 'person' || !repository) throw notFound();
  authorize(world, actor, repository, { app: [], person: 'admin' });
  return { target, repository, person: actor.account };
}

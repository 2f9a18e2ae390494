import { HttpProblem, notFound } from '../problem.ts';
import type { Account, Actor, Level, PermissionName, Permissions, Repository, Role, World } from '../world.ts';

/** What an endpoint of a repository asks for. An installation needs one of `app`; a person needs at least the role `person`. */
export interface Needs {
  readonly app: readonly `${PermissionName}:${Level}`[];
  /** Null: no person may, whatever the role; check runs belong to Apps. */
  readonly person: Role | null;
  /** It writes, and an archived repository does not mind. */
  readonly archivedToo?: true;
}

export function roleOf(world: World, repository: Repository, account: Account): Role | null {
  if (repository.owner.id === account.id) return 'admin';
  const role = world.members.get(account.login.toLowerCase()) ?? null;
  // The organization's members see a fork of its private repository; only the fork's owner writes there.
  return role !== null && repository.owner.id !== world.organization.id ? 'read' : role;
}

/** @throws 404 for a repository that the actor does not see, 403 for a right that it lacks. */
export function authorize(world: World, actor: Actor, repository: Repository, needs: Needs): void {
  if (actor.kind === 'app') throw new HttpProblem(401, 'A JSON web token could not be used here: an installation token is needed');
  if (actor.kind === 'anonymous') throw notFound();
  if (actor.kind === 'person') authorizePerson(roleOf(world, repository, actor.account), needs);
  else if (!coversRepository(actor, repository)) throw notFound();
  else if (!needs.app.some((need) => holds(actor.permissions, need))) throw notAccessible(needs);
  // https://github.com/r-universe-org/help/issues/247
  if (repository.archived && writes(needs)) throw new HttpProblem(403, 'Repository was archived so is read-only.');
}

function authorizePerson(role: Role | null, needs: Needs): void {
  if (role === null) throw notFound();
  if (needs.person === null) throw new HttpProblem(403, 'You must authenticate via a GitHub App.');
  if (rank[role] < rank[needs.person]) throw new HttpProblem(403, 'Must have admin rights to Repository.');
}

function writes({ app, archivedToo }: Needs): boolean {
  return archivedToo !== true && app.some((need) => need.endsWith(':write'));
}

const rank: Readonly<Record<Role, number>> = { read: 0, write: 1, admin: 2 };

export function coversRepository(token: Extract<Actor, { kind: 'installation' }>, repository: Repository): boolean {
  return token.installation.repositories.has(repository.id) && (token.repositories?.has(repository.id) ?? true);
}

function holds(permissions: Permissions, need: Needs['app'][number]): boolean {
  const [name, level] = need.split(':');
  // The left side of every `Needs['app']` is a permission's name, by its type.
  const held = permissions[name as PermissionName];
  return held === 'write' || (held === 'read' && level === 'read');
}

function notAccessible(needs: Needs): HttpProblem {
  const accepted = needs.app.map((need) => need.replace(':', '=')).join('; ');
  return new HttpProblem(403, 'Resource not accessible by integration', {}, { 'x-accepted-github-permissions': accepted });
}

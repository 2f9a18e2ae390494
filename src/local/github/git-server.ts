import { authenticate } from './auth/tokens.ts';
import { authorize } from './auth/permissions.ts';
import { gitHttp } from './git/http.ts';
import { listRefs, refUpdates } from './git/refs.ts';
import { HttpProblem } from './problem.ts';
import { afterRefUpdates } from './pull-requests/follow.ts';
import { findRepository, type Account, type Actor, type Repository, type World } from './world.ts';

const address = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function isGitRequest(path: string): boolean {
  return address.test(path);
}

/** Clone, fetch and push, with a token as the password. A push is followed by what GitHub does after one. */
export async function answerGit(world: World, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [, owner = '', name = '', service = ''] = address.exec(url.pathname) ?? [];
  const writes = service === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack';
  try {
    const actor = authenticate(world, request.headers.get('authorization'));
    if (actor.kind === 'anonymous') throw new HttpProblem(401, 'Authentication required');
    const repository = findRepository(world, owner, name);
    if (!repository) throw new HttpProblem(404, 'Repository not found.');
    authorize(world, actor, repository, { app: ['contents:read'], person: 'read' });
    if (writes && repository.archived) throw new HttpProblem(403, 'This repository was archived so it is read-only.');
    if (writes) authorizePush(world, actor, repository);
    const sender = senderOf(world, actor);
    const run = (): Promise<Response> =>
      gitHttp(repository.directory, { method: request.method, service, query: url.search.slice(1), headers: request.headers, body: request.body, user: sender.login });
    return service === 'git-receive-pack' ? await receive(world, repository, sender, run) : await run();
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    const challenge = error.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {};
    return new Response(error.message, { status: error.status, headers: challenge });
  }
}

/** In Git's answer GitHub has other words than in its API's. */
function authorizePush(world: World, actor: Actor, repository: Repository): void {
  try {
    authorize(world, actor, repository, { app: ['contents:write'], person: 'write' });
  } catch (error) {
    throw error instanceof HttpProblem && error.status === 403 ? new HttpProblem(403, 'Write access to repository not granted.') : error;
  }
}

function receive(world: World, repository: Repository, sender: Account, run: () => Promise<Response>): Promise<Response> {
  return repository.alone(async () => {
    const before = await listRefs(repository.directory, ['refs/heads', 'refs/tags']);
    const answer = await run();
    const after = await listRefs(repository.directory, ['refs/heads', 'refs/tags']);
    await afterRefUpdates(world, repository, refUpdates(before, after), sender);
    return answer;
  });
}

/** The person, or the App's bot. */
export function senderOf(world: World, actor: Actor): Account {
  return actor.kind === 'person' ? actor.account : world.app.bot;
}

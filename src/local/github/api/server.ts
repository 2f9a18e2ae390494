import { createHash, randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { PatternRouter } from 'hono/router/pattern-router';
import { authorize } from '../auth/permissions.ts';
import { authenticate } from '../auth/tokens.ts';
import type { Deliveries } from '../events/deliveries.ts';
import { senderOf } from '../git-server.ts';
import { HttpProblem, notFound } from '../problem.ts';
import { findRepository, fullName, type Actor, type World } from '../world.ts';
import { appEndpoints } from './app.ts';
import { checkEndpoints } from './checks.ts';
import { commitByRefEndpoint, commitEndpoints } from './commits.ts';
import { contentEndpoints } from './contents.ts';
import { deploymentEndpoints } from './deployments.ts';
import type { Answer, Call, Endpoint } from './endpoint.ts';
import { gitDataEndpoints } from './git-data.ts';
import { installationEndpoints } from './installations.ts';
import { issueEndpoints } from './issues.ts';
import { pullEndpoints } from './pulls.ts';
import { callerOf, rateLimitExceeded, rateLimitHeaders, rateLimits, type Caller } from './rate-limit.ts';
import { repositoryEndpoints } from './repositories.ts';
import { secondaryLimits } from './secondary-limit.ts';
import { statusEndpoints } from './statuses.ts';

/** All of them; the order decides between two that match. */
export function endpoints(deliveries: Deliveries): readonly Endpoint[] {
  return [
    ...appEndpoints(deliveries),
    ...installationEndpoints,
    ...repositoryEndpoints,
    ...gitDataEndpoints,
    ...contentEndpoints,
    ...pullEndpoints,
    ...issueEndpoints,
    ...checkEndpoints,
    ...statusEndpoints,
    ...deploymentEndpoints,
    ...commitEndpoints,
    commitByRefEndpoint,
  ];
}

interface RestAnswer {
  readonly response: Response;
  readonly actor: Actor['kind'];
}

export interface RestApi {
  answer(request: Request): Promise<RestAnswer>;
}

/** The REST API; paths begin after its base. */
export function restApi(world: World, deliveries: Deliveries): RestApi {
  const limits = rateLimits(world.now);
  const secondary = secondaryLimits(world.limits, world.now);
  const actors = new WeakMap<Request, Actor>();
  const app = new Hono({ router: new PatternRouter() });
  for (const endpoint of endpoints(deliveries)) {
    app.on(endpoint.method, endpoint.path, async (context) => toResponse(context, await run(world, endpoint, context, actors.get(context.req.raw) ?? { kind: 'anonymous' })));
  }
  app.notFound(({ req }) => json(new HttpProblem(501, `Not modelled by the local GitHub: ${req.method} ${req.path}`)));
  app.onError((error) => {
    if (error instanceof HttpProblem) return json(error);
    throw error;
  });

  async function limited(request: Request, actor: Actor, caller: Caller): Promise<Response> {
    const used = limits.use(caller);
    let state = used.now;
    let response: Response;
    let done = (): void => undefined;
    try {
      if (!used.allowed) throw rateLimitExceeded(caller);
      done = secondary.begin(caller, { method: request.method, path: new URL(request.url).pathname });
      const byName = requestByName(world, request);
      actors.set(byName, actor);
      response = notModified(request, await app.fetch(byName));
    } catch (error) {
      response = refused(error);
    } finally {
      done();
    }
    if (response.status === 304) state = limits.giveBack(caller);
    for (const [name, value] of Object.entries(rateLimitHeaders(state))) response.headers.set(name, value);
    return response;
  }

  return {
    async answer(request) {
      let actor: Actor = { kind: 'anonymous' };
      let response: Response;
      try {
        actor = authenticate(world, request.headers.get('authorization'));
        response = await limited(request, actor, callerOf(world, actor));
      } catch (error) {
        // Credentials that are not good count nowhere and name no limit: https://github.com/brekkylab/backlot/issues/273
        response = refused(error);
      }
      // Octokit's App authentication sets its clock by it.
      response.headers.set('date', new Date(world.now()).toUTCString());
      response.headers.set('x-github-request-id', randomUUID());
      response.headers.set('x-github-media-type', 'github.v3; format=json');
      return { response, actor: actor.kind };
    },
  };
}

/** @throws what is no answer. */
function refused(error: unknown): Response {
  if (!(error instanceof HttpProblem)) throw error;
  return json(error);
}

/** `/repositories/<id>/…` is the same as `/repos/<owner>/<name>/…`. */
function requestByName(world: World, request: Request): Request {
  const url = new URL(request.url);
  const [, id, rest = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(url.pathname) ?? [];
  if (id === undefined) return request;
  const repository = world.repositories.get(Number(id));
  if (!repository) throw notFound();
  url.pathname = `/repos/${fullName(repository)}${rest}`;
  return new Request(url, request);
}

async function run(world: World, endpoint: Endpoint, context: Context, actor: Actor): Promise<Answer> {
  const { req } = context;
  const call: Call = {
    world,
    actor,
    params: req.param() as Record<string, string>,
    query: new URL(req.url).searchParams,
    body: parseBody(await req.text()),
    accept: req.header('accept') ?? '',
    url: `${world.api}${new URL(req.url).pathname}`,
  };
  if (endpoint.for !== 'repository') {
    requireActor(endpoint.for, actor);
    return endpoint.handle(call);
  }
  const repository = findRepository(world, call.params['owner'] ?? '', call.params['repo'] ?? '');
  if (!repository) throw notFound();
  authorize(world, actor, repository, endpoint.needs);
  return endpoint.handle({ ...call, repository, sender: senderOf(world, actor), viaApp: actor.kind === 'installation' });
}

function parseBody(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(400, 'Problems parsing JSON');
  }
}

function requireActor(wanted: Exclude<Endpoint['for'], 'repository'>, actor: Actor): void {
  if (actor.kind === 'anonymous') throw new HttpProblem(401, 'Requires authentication');
  if (wanted === 'app' && actor.kind !== 'app') throw new HttpProblem(401, 'A JSON web token could not be decoded');
  if (wanted === 'installation' && actor.kind !== 'installation') throw new HttpProblem(403, 'You must authenticate with an installation access token in order to list repositories for an installation.');
  if (wanted === 'user' && actor.kind !== 'person') throw new HttpProblem(403, 'Resource not accessible by integration');
}

function toResponse(context: Context, { status, body, bytes, headers = {} }: Answer): Response {
  if (bytes) return tagged(context, status, new Uint8Array(bytes.content), { ...headers, 'content-type': bytes.type });
  if (body === undefined) return new Response(null, { status, headers });
  return tagged(context, status, JSON.stringify(body), { ...headers, 'content-type': 'application/json; charset=utf-8' });
}

function tagged(context: Context, status: number, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Response {
  const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`;
  return new Response(body, { status, headers: context.req.method === 'GET' && status === 200 ? { ...headers, etag, 'cache-control': 'private, max-age=60, s-maxage=60' } : headers });
}

function notModified(request: Request, response: Response): Response {
  const etag = response.headers.get('etag');
  const known = request.headers.get('if-none-match')?.split(/, */) ?? [];
  if (etag === null || !known.some((each) => each.replace(/^W\//, '') === etag.replace(/^W\//, ''))) return response;
  return new Response(null, { status: 304, headers: { etag } });
}

function json({ status, body, headers }: HttpProblem): Response {
  return new Response(JSON.stringify(body), { status, headers: { ...headers, 'content-type': 'application/json; charset=utf-8' } });
}

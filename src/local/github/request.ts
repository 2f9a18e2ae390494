import { secondaryLimitExceeded } from './api/secondary-limit.ts';
import { restApi } from './api/server.ts';
import { authenticate } from './auth/tokens.ts';
import type { Deliveries } from './events/deliveries.ts';
import type { GithubFaultBoard, GithubFaultName } from './faults.ts';
import { answerGit, isGitRequest } from './git-server.ts';
import type { GithubCall, githubJournal } from './journal.ts';
import { localApi } from './local-api.ts';
import { observed, type GithubObserver } from './observer.ts';
import { pages } from './pages/pages.ts';
import type { World } from './world.ts';

export type RequestLog = (line: object) => void;

interface Parts {
  readonly world: World;
  readonly faults: GithubFaultBoard;
  readonly journal: ReturnType<typeof githubJournal>;
  readonly deliveries: Deliveries;
  readonly log: RequestLog;
  readonly observe: GithubObserver | null;
  /** Aborted when the server stops: what hangs ends. */
  readonly closing: AbortSignal;
}

/** One request: the REST API under `/api/v3`, Git over HTTP, `/local`, or a page. */
export function answerRequest({ world, faults, journal, deliveries, log, observe, closing }: Parts): (request: Request) => Promise<Response> {
  const rest = restApi(world, deliveries);
  const local = localApi(world, faults, journal);
  const html = pages(world);

  return async (request) => {
    const { pathname } = new URL(request.url);
    const isRest = pathname.startsWith('/api/v3/');
    if (!isRest && !isGitRequest(pathname)) return pathname.startsWith('/local/') ? local.fetch(request) : html.fetch(request);
    const path = isRest ? pathname.slice('/api/v3'.length) : pathname;
    const startedAt = performance.now();
    let actor: GithubCall['actor'] = 'anonymous';
    const answer = async (): Promise<Response> => {
      const fault = faults.next({ method: request.method, path, kind: 'request', byPerson: () => isPerson(world, request) });
      if (fault === 'github:echo') return echoed(faults.echoOf(request.headers.get('authorization') ?? '', await request.clone().text()));
      if (fault) return faulty(fault, closing);
      if (!isRest) return answerGit(world, request);
      const answered = await rest.answer(underRoot(request, path));
      actor = answered.actor;
      return answered.response;
    };
    const safely = (): Promise<Response> => answer().catch((error: unknown) => {
      log({ level: 'error', message: 'the local GitHub failed', method: request.method, path, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      return Response.json({ message: 'Server Error' }, { status: 500 });
    });
    const response = await (observe && isRest ? observed(observe, { path, byPerson: isPerson(world, request) }, request, safely) : safely());
    const call: GithubCall = { method: request.method, path, status: response.status, actor, at: new Date(world.now()).toISOString(), ms: Math.round(performance.now() - startedAt), requestId: response.headers.get('x-github-request-id') };
    journal.add(call);
    log(call);
    return response;
  };
}

function isPerson(world: World, request: Request): boolean {
  try {
    return authenticate(world, request.headers.get('authorization')).kind === 'person';
  } catch {
    return false;
  }
}

function underRoot(request: Request, path: string): Request {
  const url = new URL(request.url);
  url.pathname = path;
  return new Request(url, request);
}

function faulty(fault: GithubFaultName, closing: AbortSignal): Promise<Response> {
  const answers: Partial<Record<GithubFaultName, () => Response>> = {
    'github:500': () => Response.json({ message: 'Server Error' }, { status: 500 }),
    'github:403-secondary-limit': () => {
      const { body, status, headers } = secondaryLimitExceeded(1);
      return Response.json(body, { status, headers });
    },
    'github:429': () => Response.json({ message: 'You have exceeded a secondary rate limit.' }, { status: 429, headers: { 'retry-after': '1' } }),
  };
  const answer = answers[fault];
  if (answer) return Promise.resolve(answer());
  return new Promise((resolve) => closing.addEventListener('abort', () => resolve(new Response(null, { status: 503 })), { once: true }));
}

function echoed(echo: string): Response {
  const body = { message: `Validation Failed: ${echo}`, errors: [{ resource: 'Echo', field: 'echo', code: 'custom', message: echo }], documentation_url: 'https://docs.github.com/rest', status: '422' };
  return Response.json(body, { status: 422, headers: { 'x-echo': encodeURIComponent(echo).slice(0, 4000) } });
}

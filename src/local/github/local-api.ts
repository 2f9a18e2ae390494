import { Hono } from 'hono';
import * as z from 'zod';
import { faultSource } from '../faults/fault-api.ts';
import { addFaultRoutes } from '../faults/fault-routes.ts';
import { foreignPage } from '../foreign-page.ts';
import { authenticate } from './auth/tokens.ts';
import { authorize } from './auth/permissions.ts';
import { rerequestRun, rerequestSuite, sendRun } from './checks.ts';
import { githubFaults, type GithubFaultBoard } from './faults.ts';
import type { GithubJournal } from './journal.ts';
import { HttpProblem, notFound } from './problem.ts';
import type { Account, Repository, World } from './world.ts';

/** What GitHub does not have: faults, the journal, and the buttons that a person presses on its pages. */
export function localApi(world: World, faults: GithubFaultBoard, journal: GithubJournal): Hono {
  const app = new Hono().basePath('/local');
  app.use(async (context, next) => {
    const foreign = foreignPage((name) => context.req.header(name));
    if (foreign !== null) throw new HttpProblem(403, foreign);
    await next();
  });
  addFaultRoutes(app, [faultSource('github', githubFaults, faults)]);
  app.get('/journal', (context) => context.json(journal.calls));
  app.delete('/journal', (context) => {
    journal.clear();
    return context.body(null, 204);
  });
  addButtons(app, world);
  app.onError((error) => {
    if (!(error instanceof HttpProblem)) throw error;
    return Response.json(error.body, { status: error.status });
  });
  return app;
}

const pressed = z.object({ identifier: z.string() });

function addButtons(app: Hono, world: World): void {
  app.post('/check-runs/:id/rerequest', async (context) => {
    const { repository, item, person } = held(world, context.req.header('authorization'), 'runs', context.req.param('id'));
    await rerequestRun(world, repository, item, person);
    return context.json({}, 201);
  });
  app.post('/check-suites/:id/rerequest', async (context) => {
    const { repository, item, person } = held(world, context.req.header('authorization'), 'suites', context.req.param('id'));
    await rerequestSuite(world, repository, item, person);
    return context.json({}, 201);
  });
  app.post('/check-runs/:id/actions', async (context) => {
    const { repository, item, person } = held(world, context.req.header('authorization'), 'runs', context.req.param('id'));
    const body = pressed.safeParse(await context.req.json().catch(() => null));
    const action = item.actions.find(({ identifier }) => body.data?.identifier === identifier);
    if (!action) throw new HttpProblem(422, 'The check run has no such action');
    await sendRun(world, repository, item, 'requested_action', person, { requested_action: { identifier: action.identifier } });
    return context.json({}, 201);
  });
}

interface Held<T> {
  readonly repository: Repository;
  readonly item: T;
  readonly person: Account;
}

type Kept<Kind extends 'runs' | 'suites'> = Repository[Kind] extends Map<number, infer T> ? T : never;

/** Only who may write to the repository sees its buttons. */
function held<Kind extends 'runs' | 'suites'>(world: World, authorization: string | undefined, kind: Kind, id: string): Held<Kept<Kind>> {
  const actor = authenticate(world, authorization ?? null);
  for (const repository of world.repositories.values()) {
    // Both maps have numbers as keys; the value is the kind's own.
    const item = repository[kind].get(Number(id)) as Kept<Kind> | undefined;
    if (!item) continue;
    authorize(world, actor, repository, { app: [], person: 'write' });
    if (actor.kind !== 'person') throw new HttpProblem(403, 'Only a person presses a button');
    return { repository, item, person: actor.account };
  }
  throw notFound();
}

import * as z from 'zod';
import { faultApi, faultSource } from '../../faults/fault-api.ts';
import { foreignPage } from '../../foreign-page.ts';
import { ok, refused } from '../answers.ts';
import type { People } from '../entra/people.ts';
import type { ReadRequest } from '../http/read-request.ts';
import { logAnswer, type LogBoard } from '../logs/log-store.ts';
import type { AzureAnswer, FaultBoard } from '../world.ts';
import { azureFaults } from './fault-descriptions.ts';
import type { Journal } from './journal.ts';

interface Controlled {
  readonly faults: FaultBoard;
  readonly journal: Journal;
  readonly logs: LogBoard;
  readonly people: Pick<People, 'signIn'>;
}

/** `/local/...`, for a person who plays with it: no token, since the listener is on the loopback. */
export function controlApi({ faults, journal, logs, people }: Controlled): (request: ReadRequest) => AzureAnswer | null {
  const answerFaults = faultApi([faultSource('azure', azureFaults, faults)]);
  return ({ method, segments, headers, body }) => {
    const foreign = foreignPage((name) => headers[name]?.toString(), ['management.azure.com']);
    if (foreign !== null) return refused(403, 'Forbidden', foreign);
    const [, what, id = null, ...more] = segments;
    if (more.length > 0) return null;
    if (what === 'faults') return answerFaults(method, id, body);
    if (what === 'logs' && id === null) return answerLogs(logs, method, body);
    if (what === 'people' && id === null && method === 'POST') return signIn(people, body);
    if (what !== 'journal' || id !== null) return null;
    if (method === 'GET') return ok({ entries: journal.entries() });
    if (method !== 'DELETE') return null;
    journal.clear();
    return { status: 204 };
  };
}

/** What queries of Log Analytics find. */
function answerLogs(logs: LogBoard, method: string, body: unknown): AzureAnswer | null {
  if (method === 'GET') return ok({ answers: logs.answers() });
  if (method === 'DELETE') {
    logs.clear();
    return { status: 204 };
  }
  if (method !== 'POST') return null;
  const { data, error } = logAnswer.safeParse(body);
  if (error !== undefined) return { status: 422, body: { message: error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ') } };
  logs.answer(data);
  return { status: 204 };
}

const signInName = z.object({ name: z.email().max(113) });

/** Somebody's token, for writes that are theirs. */
function signIn(people: Pick<People, 'signIn'>, body: unknown): AzureAnswer {
  const { data } = signInName.safeParse(body);
  if (data === undefined) return { status: 422, body: { message: 'name: it is a sign-in name such as maria@contoso.example' } };
  const { name, token, principalId } = people.signIn(data.name);
  return ok({ name, token, principalId }, 201);
}

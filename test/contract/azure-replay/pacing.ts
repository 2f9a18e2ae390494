import type { Interaction } from '../../support/azure-recordings.ts';

/**
 * How far things had come when an answer was recorded. `running`: an operation was at work, or nothing can be told. `ended`: it had ended, and
 * its revision was not ready. `settled`: so were its revisions.
 */
export type RecordedStage = 'running' | 'ended' | 'settled';

export function recordedStage({ request, response }: Interaction): RecordedStage {
  const { pathname } = new URL(request.url);
  if (request.method !== 'GET') return 'running';
  if (/OperationResults\//i.test(pathname) && response.status === 202) return 'running';
  // Whatever is absent is looked at as absent.
  const body = response.body as RecordedBody | null | undefined;
  if (/OperationStatuses\//i.test(pathname)) return body?.status === 'InProgress' ? 'running' : 'ended';
  if (/\/revisions(\/|$)/i.test(pathname)) return 'settled';
  const shown = body?.value ?? (body === null || body === undefined ? [] : [body]);
  if (shown.some(({ properties }) => isAtWork(properties?.provisioningState))) return 'running';
  const apps = shown.flatMap(({ properties }) => (properties?.latestRevisionName === undefined ? [] : [properties]));
  return apps.length > 0 && apps.every((app) => app.latestRevisionName === app.latestReadyRevisionName) ? 'settled' : 'ended';
}

/** What is looked at of a recorded body; anything may be absent. */
interface RecordedBody {
  readonly status?: string;
  readonly value?: readonly RecordedBody[];
  readonly properties?: { readonly provisioningState?: string; readonly latestRevisionName?: string; readonly latestReadyRevisionName?: string };
}

function isAtWork(state: string | undefined): boolean {
  return state !== undefined && ['InProgress', 'Waiting', 'Updating', 'Deleting', 'ScheduledForDelete'].includes(state);
}

import type { DesiredLogGate } from '../../../../kernel/desired-state.ts';
import type { LogQuestion } from '../../ports.ts';

export interface LogSubject {
  readonly app: string;
  readonly revision: string;
  readonly minutes: number;
}

/** Names of container apps and revisions: nothing in them ends a text of KQL or begins another word. */
const safe = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** The query with its values in place; null when one of them is not what may stand inside of a query. */
export function logQuestion({ workspace, query }: Pick<DesiredLogGate, 'workspace' | 'query'>, { app, revision, minutes }: LogSubject): LogQuestion | null {
  if (![app, revision].every((name) => name.length <= 128 && safe.test(name)) || !Number.isSafeInteger(minutes) || minutes < 1) return null;
  const values: Readonly<Record<string, string>> = { app, revision, minutes: String(minutes) };
  // All at once: a value is never searched for placeholders.
  return { workspace, query: query.replaceAll(/\{(app|revision|minutes)\}/g, (_, word: string) => values[word] ?? ''), minutes };
}

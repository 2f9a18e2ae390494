import type { Stage } from '../../src/cli/demo/stage.ts';
import { isChanging } from '../../src/adapters/audit/write-gate.ts';
import type { SeenChange } from '../promises/p14-audit-judge.ts';
import type { Fleet } from './fleet.ts';

/** What Trueup's own identities changed, as both clouds counted it: accepted requests, tokens aside. */
export function changesSeen({ azure, github }: Pick<Stage, 'azure' | 'github'>): readonly SeenChange[] {
  const isDone = ({ method, status }: { readonly method: string; readonly status: number }): boolean => isChanging(method) && status >= 200 && status < 300;
  const inAzure = azure.journal.entries().filter((entry) => isDone(entry) && entry.host === 'management.azure.com' && entry.principalId === azure.identity.principalId);
  const inGithub = github.journal.calls.filter((call) => isDone(call) && (call.actor === 'installation' || call.actor === 'app') && !call.path.endsWith('/access_tokens'));
  return [
    ...inAzure.map(({ method, path, requestId }): SeenChange => ({ service: 'azure', method, path, requestId })),
    // Git over HTTP is nothing that Trueup uses.
    ...inGithub.map(({ method, path, requestId }): SeenChange => ({ service: 'github', method, path, requestId })),
  ];
}

/** The same out of the ledgers of a fleet, which hold more than the journals. */
export function changesIn({ azure, github }: Pick<Fleet, 'azure' | 'github'>): readonly SeenChange[] {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return [
    ...azure.writes.flatMap(({ exchange: { method, url, status, responseHeaders } }): readonly SeenChange[] => (status < 300 ? [{ service: 'azure', method, path: new URL(url).pathname, requestId: text(responseHeaders['x-ms-request-id']) }] : [])),
    ...github.writes.flatMap(({ exchange: { method, path, status, headers, byPerson } }): readonly SeenChange[] =>
      status < 300 && !byPerson && !path.endsWith('/access_tokens') ? [{ service: 'github', method, path, requestId: text(headers['x-github-request-id']) }] : [],
    ),
  ];
}

import type { Access } from '../arm/access.ts';
import { ok, refused } from '../answers.ts';
import type { Caller, TokenProblem } from '../http/authenticate.ts';
import type { ReadRequest } from '../http/read-request.ts';
import { textAt } from '../json.ts';
import type { AzureAnswer } from '../world.ts';
import type { LogResult, LogStore } from './log-store.ts';

/** Whoever may read everything may do so, as with Log Analytics Reader. */
const readQuery = 'Microsoft.OperationalInsights/workspaces/query/read';

interface LogQueryOptions {
  readonly store: LogStore;
  readonly access: Access;
}

/** `POST api.loganalytics.io/v1/workspaces/<id>/query`: what was given beforehand, never a guess. Null for the rest. */
export function logQueries({ store, access }: LogQueryOptions): (request: ReadRequest, caller: Caller) => AzureAnswer | null {
  return ({ method, segments, body }, { principalId }) => {
    const [version, kind, workspace = '', action, ...more] = segments;
    if (method !== 'POST' || version !== 'v1' || kind !== 'workspaces' || action !== 'query' || more.length > 0) return null;
    const scope = store.scopeOf(workspace);
    // Who may not see a workspace is not told whether it is there.
    if (scope === null || !access.allows(principalId, 'actions', readQuery, scope)) {
      return refused(403, 'InsufficientAccessError', 'The provided credentials have insufficient access to perform the requested operation');
    }
    const query = textAt(body, 'query');
    if (query === null || !isTimespan(textAt(body, 'timespan'))) return badArgument();
    const result = store.find(workspace, query);
    return result === null ? refused(501, 'NotModelled', 'The local Azure reads no KQL, and nobody said what this query finds: POST /local/logs') : answerOf(result);
  };
}

export function logsUnauthenticated({ problem }: TokenProblem): AzureAnswer {
  if (problem === 'missing') return refused(401, 'AuthorizationRequiredError', 'Valid authentication was not provided');
  return refused(403, 'InvalidTokenError', 'The provided authentication is not valid for this resource');
}

function answerOf(result: LogResult): AzureAnswer {
  if ('wrong' in result) return badArgument();
  const table = 'number' in result ? { columns: [{ name: 'Value', type: 'real' }], rows: [[result.number]] } : result;
  return ok({ tables: [{ name: 'PrimaryResult', ...table }] });
}

function badArgument(): AzureAnswer {
  const innererror = { code: 'SyntaxError', message: 'Syntax Error' };
  return { status: 400, body: { error: { code: 'BadArgumentError', message: 'The request had some invalid properties', innererror } } };
}

/** A duration, or two moments, of which one may be a duration. */
function isTimespan(text: string | null): boolean {
  return text === null || /^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/.test(text) || text.split('/').length === 2;
}

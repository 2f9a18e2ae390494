import { createHttpHeaders, createPipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import * as z from 'zod';
import type { LogNumbers, LogQuestion } from '../../contexts/deployment/ports.ts';
import { leavesWorkspace } from '../../kernel/bound-query.ts';
import { Rejected, Unavailable } from '../../kernel/errors.ts';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { logsHost } from './route.ts';
import { readAs, translateFailure } from './translate.ts';

const operation = 'logs.query';
/** How long the service itself may take: less than the request, so that its answer is met. */
const serverSeconds = 20;

/**
 * Log Analytics through the pipeline of its SDK client (credential, pinned host): the client's own method hands no signal on, and a query
 * that nobody waits for any more would go on.
 */
export function logNumbers({ logs }: Pick<Clients, 'logs'>, calls: Calls, clock: Clock): LogNumbers {
  return {
    ask: async (tenant, question, signal) => {
      // Its values are in place by now: a service may be called `workspace`.
      if (leavesWorkspace(question.query) !== null) throw new Rejected(`The query leaves its workspace (${operation})`, { code: 'OutsideWorkspace' });
      return calls({ operation, tenant, touches: { workspace: question.workspace }, signal, service: 'logs' }, async (options) => {
        const headers = createHttpHeaders({ accept: 'application/json', 'content-type': 'application/json', prefer: `wait=${serverSeconds}` });
        const { abortSignal, requestOptions } = options;
        const response = await logs.pipeline.sendRequest(
          logs.http,
          createPipelineRequest({ ...requestOf(question), method: 'POST', headers, timeout: requestOptions.timeout, abortSignal }),
        );
        options.onResponse(response);
        return numberOf(response, clock.now());
      });
    },
  };
}

function requestOf({ workspace, query, minutes }: LogQuestion): { readonly url: string; readonly body: string } {
  return { url: `https://${logsHost}/v1/workspaces/${encodeURIComponent(workspace)}/query`, body: JSON.stringify({ query, timespan: `PT${minutes}M` }) };
}

const answerSchema = z.object({
  tables: z.array(z.object({ columns: z.array(z.object({ type: z.string() })), rows: z.array(z.array(z.unknown())) })),
  error: z.unknown().optional(),
});

/** @throws Rejected for a table where one number is asked for. */
function numberOf({ status, headers, bodyAsText }: PipelineResponse, now: number): number | null {
  const text = bodyAsText ?? '';
  if (status !== 200) throw translateFailure({ status, header: (name) => headers.get(name), text }, operation, now);
  const { tables: [table], error } = readAs(answerSchema, jsonOrNull(text), operation);
  // The rows that came may be any part of those there are.
  if (error !== undefined && error !== null) throw new Unavailable(`Log Analytics read only a part of what was asked for (${operation})`, { code: 'PartialAnswer' });
  const [row] = table?.rows ?? [];
  if (table === undefined || row === undefined) return null;
  if (table.rows.length > 1 || table.columns.length !== 1) throw new Rejected(`The query answers a table, not one number (${operation})`, { code: 'NotOneNumber' });
  return cellOf(row[0], table.columns[0]?.type ?? '');
}

/** A decimal comes as text, and so does what is no finite number. */
function cellOf(cell: unknown, type: string): number | null {
  const value = type === 'decimal' && typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : cell;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

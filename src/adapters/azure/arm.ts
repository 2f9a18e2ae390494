import { createHttpHeaders, createPipelineRequest, type HttpMethods, type PipelineResponse } from '@azure/core-rest-pipeline';
import * as z from 'zod';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import type { Clock } from '../../kernel/ports.ts';
import type { Call, CallOptions, Calls } from './calls.ts';
import type { Clients } from './clients.ts';
import { isPinned, managementHost } from './route.ts';
import { isAbsent, readAs, translateFailure, unexpectedAnswer } from './translate.ts';

/** Of Microsoft.App: the newest of which real traffic was read. */
const apiVersion = '2025-01-01';

/** An ARM answer as it came. */
export interface ArmAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
  /** Null when the body is empty or no JSON. */
  readonly body: unknown;
}

/**
 * Microsoft.App through the pipeline of its SDK client (credential, request ids, pinned host), without the client's models: they drop what
 * they do not know in both directions, and a bare `properties` object altogether.
 */
export interface Arm {
  /** Null when it is not there. */
  get(call: AppCall, path: string): Promise<ArmAnswer | null>;
  /** Every item of every page; empty when what would hold them is not there. */
  list(call: AppCall, path: string): Promise<readonly unknown[]>;
  /** `body` is sent as it is. */
  write(call: AppCall, method: 'PUT' | 'PATCH' | 'POST', path: string, body: object | null): Promise<ArmAnswer>;
  /** Reads an address that ARM gave, as it is. Errors are answers too: the caller looks at the status. */
  follow(call: AppCall, url: string): Promise<ArmAnswer>;
}

export interface AppCall extends Call {
  readonly touches: Call['touches'] & { readonly subscription: string };
}

/** More pages than a subscription can have apps: a list that does not end is an error, not work. */
const mostPages = 1000;

export function armOf(clients: Clients, calls: Calls, clock: Clock): Arm {
  async function send(call: AppCall, options: CallOptions, request: { method: HttpMethods; url: string; body?: string }): Promise<ArmAnswer> {
    const headers = createHttpHeaders({ accept: 'application/json', ...(request.body !== undefined && { 'content-type': 'application/json' }) });
    const { pipeline } = clients.of(call.touches.subscription).apps;
    const response = await pipeline.sendRequest(
      clients.http,
      createPipelineRequest({ ...request, headers, timeout: options.requestOptions.timeout, abortSignal: options.abortSignal }),
    );
    options.onResponse(response);
    return answerOf(response);
  }

  const failed = (call: AppCall, answer: ArmAnswer): Error => translateFailure(answer, call.operation, clock.now());

  async function read(call: AppCall, url: string): Promise<ArmAnswer | null> {
    return calls(call, async (options) => {
      const answer = await send(call, options, { method: 'GET', url });
      if (isAbsent(answer)) return null;
      if (answer.status !== 200) throw failed(call, answer);
      return answer;
    });
  }

  return {
    get: (call, path) => read(call, addressOf(path)),
    async list(call, path) {
      const items: unknown[] = [];
      let next: string | null = addressOf(path);
      for (let page = 0; next !== null; page += 1) {
        const answer = await read(call, next);
        if (answer === null && page === 0) return [];
        const { value, nextLink } = readAs(pageSchema, answer?.body, call.operation);
        if (page === mostPages) throw unexpectedAnswer(call.operation);
        items.push(...value);
        next = nextLink || null;
      }
      return items;
    },
    write: (call, method, path, body) =>
      calls(call, async (options) => {
        const answer = await send(call, options, { method, url: addressOf(path), ...(body && { body: JSON.stringify(body) }) });
        if (answer.status < 200 || answer.status > 299) throw failed(call, answer);
        return answer;
      }),
    follow: (call, url) => calls(call, (options) => send(call, options, { method: 'GET', url })),
  };
}

const pageSchema = z.object({ value: z.array(z.unknown()), nextLink: z.string().nullish() });

export function addressOf(path: string): string {
  return `https://${managementHost}${path}?api-version=${apiVersion}`;
}

/** An address that ARM gave and that may be followed with a token. */
export function isArmAddress(url: string): boolean {
  return isPinned(url, managementHost);
}

function answerOf(response: PipelineResponse): ArmAnswer {
  const text = response.bodyAsText ?? '';
  return { status: response.status, header: (name) => response.headers.get(name), text, body: jsonOrNull(text) };
}

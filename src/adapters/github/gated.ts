import type { ProbotOctokit } from 'probot';
import { isChanging, type WriteAnswer, type WriteGate } from '../audit/write-gate.ts';

/**
 * An Octokit plugin: what changes something passes the gate. Outside of the plugin that makes writes wait, because that one goes on in
 * the context of whatever request ended last; and again where the request leaves, because the wait took its time from the lease.
 */
export function gated(gate: WriteGate, apiUrl: string): (octokit: Pick<InstanceType<typeof ProbotOctokit>, 'hook'>) => void {
  const root = new URL(apiUrl).pathname.replace(/\/$/, '');
  return (octokit) => {
    octokit.hook.wrap('request', async (request, options) => {
      // A token changes nothing that anybody has.
      if (!isChanging(options.method) || options.url.endsWith('/access_tokens')) return request(options);
      const operation = `${options.method} ${options.url}`;
      gate.assertOpen(operation);
      const send = (options.request?.fetch ?? fetch) as typeof fetch; // what client.ts gave it
      const passing = gate.bound((input: string | URL | Request, init?: RequestInit): Promise<Response> => {
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        return gate.pass({ service: 'github', operation, target: pathname.slice(root.length), clientRequestId: null }, () => send(input, init), answerOf);
      });
      // Changed where it stands: what is handed on is not what the hooks further inside are given.
      const before = options.request;
      options.request = { ...before, fetch: passing };
      try {
        return await request(options);
      } finally {
        options.request = before;
      }
    });
  };
}

function answerOf({ status, headers }: Response): WriteAnswer {
  return { status, requestId: headers.get('x-github-request-id')?.slice(0, 100) ?? null, correlationId: null };
}

import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { isChanging, type WriteGate, type WriteRequest } from '../audit/write-gate.ts';

/** The end of Resource Manager's pipelines: behind tokens and everything else that takes time, so that nothing lies between the gate and the connection. */
export function auditedHttpClient(inner: HttpClient, gate: WriteGate): HttpClient {
  return {
    sendRequest: (request) => (isChanging(request.method) ? gate.pass(writeOf(request), () => inner.sendRequest(request), answerOf) : inner.sendRequest(request)),
  };
}

function writeOf({ method, url, headers }: PipelineRequest): WriteRequest {
  // An id that begins with a slash is put behind one by some of the clients.
  const pathname = new URL(url).pathname.replace(/^\/+/, '/');
  return { service: 'azure', operation: `${method} ${typeOf(pathname)}`, target: pathname, clientRequestId: headers.get('x-ms-client-request-id') ?? null };
}

/** `Microsoft.App/containerApps/revisions/deactivate` of a resource id: its types without its names. */
function typeOf(pathname: string): string {
  const [, ...parts] = pathname.split('/');
  const at = parts.findLastIndex((part) => part.toLowerCase() === 'providers');
  if (at === -1) return parts.filter((_, index) => index % 2 === 0).join('/');
  const [provider = '', ...rest] = parts.slice(at + 1);
  return [provider, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}

function answerOf({ status, headers }: PipelineResponse): { readonly status: number; readonly requestId: string | null; readonly correlationId: string | null } {
  const id = (name: string): string | null => headers.get(name)?.slice(0, 100) ?? null;
  return { status, requestId: id('x-ms-request-id'), correlationId: id('x-ms-correlation-request-id') };
}

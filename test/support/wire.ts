import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** One request as it left an SDK client, and the answer as it arrived: every attempt, before anything was made of it. */
export interface WireExchange {
  readonly method: string;
  /** As sent. */
  readonly url: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Parsed; null for none. */
  readonly sent: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parsed; null for an empty one. */
  readonly body: unknown;
  readonly startedAt: number;
}

/** For a client's `additionalPolicies`. */
export interface Wire {
  readonly policies: { readonly policy: PipelinePolicy; readonly position: 'perRetry' }[];
  readonly exchanges: WireExchange[];
  /** Of a method. */
  of(method: string): readonly WireExchange[];
}

export function wire(): Wire {
  const exchanges: WireExchange[] = [];
  const policy: PipelinePolicy = {
    name: 'wire',
    async sendRequest(request, next) {
      const startedAt = Date.now();
      const response = await next(request);
      const text = response.bodyAsText ?? '';
      exchanges.push({
        method: request.method,
        url: request.url,
        path: new URL(request.url).pathname,
        requestHeaders: request.headers.toJSON(),
        sent: parsed(typeof request.body === 'string' ? request.body : ''),
        status: response.status,
        headers: response.headers.toJSON(),
        text,
        body: parsed(text),
        startedAt,
      });
      return response;
    },
  };
  return { policies: [{ policy, position: 'perRetry' }], exchanges, of: (method) => exchanges.filter((one) => one.method === method) };
}

function parsed(text: string): unknown {
  return text === '' ? null : (JSON.parse(text) as unknown);
}

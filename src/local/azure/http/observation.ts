import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A request that was answered and its answer, as they went over the wire; also where a fault kept back the answer to what was carried out. */
export interface AzureExchange {
  readonly method: string;
  /** `https://host/path?query`, as the client named it. */
  readonly url: string;
  readonly requestHeaders: Readonly<IncomingHttpHeaders>;
  /** Null for none and for one that could not be read. */
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseHeaders: Readonly<OutgoingHttpHeaders>;
  /** Null for none. */
  readonly responseBody: unknown;
}

/** Gets every exchange but those of ingress, control and login. */
export type AzureObserver = (exchange: AzureExchange) => void;

/** @param text the body that was written. */
export function observation(incoming: IncomingMessage, requestBody: unknown, response: ServerResponse, text: string): AzureExchange {
  const { method = 'GET', headers, url = '/' } = incoming;
  return {
    method,
    url: `https://${headers.host ?? 'localhost'}${url}`,
    requestHeaders: headers,
    requestBody,
    status: response.statusCode,
    responseHeaders: response.getHeaders(),
    // Read back from the text: what an answer is made of may change after it.
    responseBody: text === '' ? null : (JSON.parse(text) as unknown),
  };
}

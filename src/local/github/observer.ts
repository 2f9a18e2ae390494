import { jsonOrNull } from '../../kernel/json-or-null.ts';

/** One answered request of the REST API. */
export interface GithubExchange {
  readonly method: string;
  /** Without `/api/v3` and without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Whether it came with a person's token. */
  readonly byPerson: boolean;
  /** Parsed JSON; null for none, or for what is no JSON. */
  readonly requestBody: unknown;
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As `requestBody`. */
  readonly body: unknown;
}

interface SentEvent {
  readonly event: string;
  readonly action: string | null;
  /** The parsed payload. */
  readonly body: unknown;
}

/** Is told of everything that an App could learn from this GitHub over HTTP. */
export interface GithubObserver {
  answered(exchange: GithubExchange): void;
  /** Once for each event; a redelivery is the same bytes again. */
  sent(delivery: SentEvent): void;
}

/** A request and its answer are read from copies: whoever serves and whoever asked have theirs whole. */
export async function observed(observer: GithubObserver, { path, byPerson }: Pick<GithubExchange, 'path' | 'byPerson'>, request: Request, answer: () => Promise<Response>): Promise<Response> {
  const asked = request.clone();
  const response = await answer();
  // What hung until the end was answered to nobody.
  if (response.status === 503 && response.body === null) return response;
  const [requestBody, body] = [jsonOrNull(await asked.text()), jsonOrNull(await response.clone().text())];
  observer.answered({ method: request.method, path, byPerson, query: new URL(request.url).searchParams, requestBody, status: response.status, headers: Object.fromEntries(response.headers), body });
  return response;
}

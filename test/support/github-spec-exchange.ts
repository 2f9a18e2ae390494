import type { GithubExchange } from '../../src/local/github/observer.ts';
import { operationFor, resolved, type Operation, type Schema } from './github-spec-document.ts';
import { distinct, schemaFaults, type Fault } from './github-spec-schema.ts';

export interface Violation extends Fault {
  readonly call: string;
  /** GitHub's name of the operation or event; null for one that it does not describe. */
  readonly operation: string | null;
  readonly status: number | null;
}

type Exchange = Pick<GithubExchange, 'method' | 'path' | 'query' | 'requestBody' | 'status' | 'headers' | 'body'>;

/** Everything in which the request or its answer is not as GitHub describes the operation. */
export function exchangeViolations(exchange: Exchange): readonly Violation[] {
  const { method, path, status } = exchange;
  const found = operationFor(method, path);
  const at = (operation: string | null) => (fault: Fault): Violation => ({ call: `${method} ${path}`, operation, status, ...fault });
  if (!found) return [at(null)({ at: '', what: 'is no operation that GitHub describes' })];
  const { operation } = found;
  return distinct([...requestFaults(operation, found.path, exchange), ...answerFaults(operation, exchange)]).map(at(operation.operationId));
}

/** GitHub ignores silently what it does not know: who sends it relies on nothing. */
function requestFaults(operation: Operation, path: Readonly<Record<string, string>>, { query, requestBody, status }: Exchange): readonly Fault[] {
  const named = (place: 'path' | 'query') => operation.parameters.filter((parameter) => parameter.in === place);
  const unknown = [...query.keys()].filter((key) => !named('query').some(({ name }) => name === key)).map((key) => ({ at: `?${key}`, what: 'is no parameter that GitHub describes' }));
  const missing = named('query').filter(({ name, required }) => required && !query.has(name)).map(({ name }) => ({ at: `?${name}`, what: 'is missing' }));
  // Whoever is refused may have asked for something wrong: only its names are held.
  const accepted = status < 400;
  const values = [...named('path').map((parameter) => ({ parameter, text: path[parameter.name], mark: '/' })), ...named('query').map((parameter) => ({ parameter, text: query.get(parameter.name), mark: '?' }))];
  const wrong = values.flatMap(({ parameter: { name, schema }, text, mark }) => (text === null || text === undefined || !schema || !accepted ? [] : schemaFaults(schema, typed(schema, text)).map(({ what }) => ({ at: `${mark}${name}`, what: `${what}, not ${text}` }))));
  const body = operation.requestBody?.content?.['application/json']?.schema;
  return [...unknown, ...missing, ...wrong, ...bodyFaults(body, requestBody, accepted).map((fault) => ({ ...fault, at: `request ${fault.at}` }))];
}

function bodyFaults(schema: Schema | undefined, body: unknown, accepted: boolean): readonly Fault[] {
  const empty = body === null || (typeof body === 'object' && Object.keys(body).length === 0);
  if (!schema) return empty ? [] : [{ at: '', what: 'is a body where GitHub describes none' }];
  if (body === null) return [];
  return schemaFaults(schema, body).filter(({ what }) => accepted || what.startsWith('is no '));
}

/** A parameter's text as the value that its schema is about. */
function typed(schema: Schema, text: string): unknown {
  const { type } = resolved(schema);
  if (type === 'integer' || type === 'number') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function answerFaults(operation: Operation, { status, headers, body }: Exchange): readonly Fault[] {
  const documented = operation.responses[status] ?? operation.responses[`${String(status)[0]}XX`] ?? operation.responses['default'];
  if (!documented) return [{ at: '', what: `is a status that GitHub does not describe: ${Object.keys(operation.responses).join(', ')}` }, ...undescribedFaults(status, body)];
  const { content } = resolved(documented);
  if (!content && status >= 400) return undescribedFaults(status, body);
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  const media = content?.[type];
  if (!content) return type === '' ? [] : [{ at: '', what: `is ${type} where GitHub describes no body` }];
  if (!media) return [{ at: '', what: `is ${type || 'no body'}, and GitHub describes ${Object.keys(content).join(', ')}` }];
  return media.schema && type === 'application/json' ? schemaFaults(media.schema, body) : [];
}

const basicError: Schema = { $ref: '#/components/schemas/basic-error' };
const validationError: Schema = { anyOf: [{ $ref: '#/components/schemas/validation-error' }, { $ref: '#/components/schemas/validation-error-simple' }] };

/** Every refusal has one of GitHub's shapes, also where its body is not described. */
function undescribedFaults(status: number, body: unknown): readonly Fault[] {
  return status < 400 ? [] : schemaFaults(status === 422 ? validationError : basicError, body);
}

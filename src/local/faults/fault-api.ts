import * as z from 'zod';
import type { AskedFault, AskedFaults, FaultDescription, FaultRequest } from './board.ts';

export type CloudName = 'azure' | 'github';

/** The faults of one cloud, for whoever knows them by text only. */
export interface FaultSource {
  readonly cloud: CloudName;
  readonly descriptions: readonly FaultDescription[];
  /** Null when it has no fault of that name. */
  ask(request: FaultRequest): AskedFault | null;
  all(): readonly AskedFault[];
  cancel(id: string): boolean;
  clear(): void;
}

export function faultSource<Name extends string>(cloud: CloudName, descriptions: readonly FaultDescription<Name>[], faults: AskedFaults<Name>): FaultSource {
  return {
    cloud,
    descriptions,
    ask(request) {
      const known = descriptions.find(({ name }) => name === request.name);
      return known ? faults.ask({ ...request, name: known.name }) : null;
    },
    all: faults.all,
    cancel: faults.cancel,
    clear: faults.clear,
  };
}

interface ApiAnswer {
  readonly status: 200 | 201 | 204 | 404 | 422;
  readonly body?: object;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const wholeFrom = (least: number): z.ZodType<number> => z.int(`is a whole number from ${least} on`).min(least, `is a whole number from ${least} on`);

/** Of what is asked in JSON; `--fault` is read by the same rules. */
export const faultRequest = z.strictObject({
  name: z.string('is the name of a fault'),
  times: wholeFrom(1).nullable().default(1),
  path: z.string('is a part of the path, or null').min(1, 'is a part of the path, or null').nullable().default(null),
  method: z.string('is a method, or null').transform((text) => text.toUpperCase()).pipe(z.enum(methods, `is one of ${methods.join(', ')}, or null`)).nullable().default(null),
  after: wholeFrom(0).default(0),
  by: z.enum(['bot'], 'is "bot", or null for everybody').nullable().default(null),
});

/** What `/faults` answers, the same wherever it is served; null for a method that it does not know. `id` is what the path says behind it. */
export function faultApi(sources: readonly FaultSource[]): (method: string, id: string | null, body: unknown) => ApiAnswer | null {
  return (method, id, body) => {
    switch (`${method} ${id === null ? 'all' : 'one'}`) {
      case 'GET all':
        return { status: 200, body: { faults: described(sources), asked: sources.flatMap((source) => source.all()) } };
      case 'POST all':
        return asked(sources, body);
      case 'DELETE all':
        for (const source of sources) source.clear();
        return { status: 204 };
      case 'GET one': {
        const found = sources.flatMap((source) => source.all()).find((fault) => fault.id === id);
        return found ? { status: 200, body: found } : unknown(id);
      }
      case 'DELETE one':
        return sources.some((source) => source.cancel(id ?? '')) ? { status: 204 } : unknown(id);
      default:
        return null;
    }
  };
}

function described(sources: readonly FaultSource[]): readonly object[] {
  return sources.flatMap(({ cloud, descriptions }) => descriptions.map(({ name, effect, requests, example }) => ({ name, cloud, effect, requests, example })));
}

function asked(sources: readonly FaultSource[], body: unknown): ApiAnswer {
  const names = sources.flatMap(({ descriptions }) => descriptions.map(({ name }) => name));
  const { data, error } = faultRequest.safeParse(body);
  if (data === undefined) return refused(problemsOf(error).join('; '), error.issues.some(({ path }) => path[0] === 'name') ? names : null);
  for (const source of sources) {
    const fault = source.ask(data);
    if (fault) return { status: 201, body: fault };
  }
  return refused(`there is no fault ${JSON.stringify(data.name.slice(0, 80))} here`, names);
}

/** @param names where the name is the mistake. */
function refused(message: string, names: readonly string[] | null): ApiAnswer {
  const fields = `The fields: ${Object.keys(faultRequest.shape).join(', ')}; only name is needed.`;
  return { status: 422, body: names === null ? { message: `${message}. ${fields}` } : { message: `${message}. The names: ${names.join(', ')}. ${fields}`, names } };
}

function unknown(id: string | null): ApiAnswer {
  return { status: 404, body: { message: `No fault was asked for with the id ${JSON.stringify((id ?? '').slice(0, 80))}` } };
}

/** What is wrong with a request, a text for each field. */
export function problemsOf({ issues }: z.ZodError): readonly string[] {
  return issues.map(({ path, message }) => (path.length === 0 ? `not a request for a fault (${message})` : `${path.join('.')} ${message}`));
}

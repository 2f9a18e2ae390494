import * as z from 'zod';
import { badRequest, ok } from '../answers.ts';
import type { ReadRequest } from '../http/read-request.ts';
import { faultNames, type AzureAnswer, type FaultBoard } from '../world.ts';
import type { Journal } from './journal.ts';

const faultSchema = z.strictObject({
  name: z.enum(faultNames),
  times: z.int().min(1).nullable().default(1),
  path: z.string().nullable().default(null),
  method: z.string().nullable().default(null),
  after: z.int().min(0).default(0),
});

/** `/local/...`, for a person who plays with the kept demo: no token, since the listener is on the loopback. */
export function controlApi(faults: FaultBoard, journal: Journal): (request: ReadRequest) => AzureAnswer | null {
  return ({ method, segments, body }) => {
    switch (`${method} ${segments[1]}`) {
      case 'GET faults':
        return ok({ names: faultNames, asked: faults.list() });
      case 'POST faults': {
        const { data, error } = faultSchema.safeParse(body);
        if (data === undefined) return badRequest(z.prettifyError(error));
        faults.ask(data);
        return ok({ asked: faults.list() }, 201);
      }
      case 'DELETE faults':
        faults.clear();
        return { status: 204 };
      case 'GET journal':
        return ok({ entries: journal.entries() });
      case 'DELETE journal':
        journal.clear();
        return { status: 204 };
      default:
        return null;
    }
  };
}

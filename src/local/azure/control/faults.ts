import { refused } from '../answers.ts';
import type { AzureAnswer, Fault, FaultBoard, FaultName, FaultRequest } from '../world.ts';

/** Which requests a fault can hit at all. */
type Reach = (about: { readonly method: string; readonly path: string }) => boolean;

const anything: Reach = () => true;
const writes: Reach = ({ method }) => method === 'PUT' || method === 'PATCH' || method === 'DELETE' || method === 'POST';

interface FaultRule {
  /** `request`: answered instead of the service. `operation`: the service is told and goes wrong later. */
  readonly stage: 'request' | 'operation';
  readonly reach: Reach;
}

const rules = {
  'azure:429': { stage: 'request', reach: anything },
  'azure:429-without-retry-after': { stage: 'request', reach: anything },
  'azure:503': { stage: 'request', reach: anything },
  'azure:reset': { stage: 'request', reach: anything },
  'azure:hang': { stage: 'request', reach: anything },
  'azure:conflict': { stage: 'request', reach: writes },
  'azure:forbidden': { stage: 'request', reach: anything },
  'azure:operation-fails': { stage: 'operation', reach: writes },
  'azure:status-lost': { stage: 'operation', reach: ({ path }) => /operation(statuses|results)\//i.test(path) },
} as const satisfies Record<FaultName, FaultRule>;

export interface LocalFaults extends FaultBoard {
  /** What is to be answered instead of the service, used up once per call; `next` gives what the service itself does wrong. */
  nextRequestFault(about: { readonly method: string; readonly path: string }): Fault | null;
}

export function faultBoard(): LocalFaults {
  let asked: FaultRequest[] = [];

  const take = (stage: FaultRule['stage'], about: { readonly method: string; readonly path: string }): Fault | null => {
    const reached = asked.filter((request) => rules[request.name].stage === stage && rules[request.name].reach(about) && matches(request, about));
    const hit = reached.find(({ after = 0 }) => after === 0);
    asked = asked.flatMap((request) => (request === hit ? left(request) : reached.includes(request) ? [passed(request)] : [request]));
    return hit === undefined ? null : { name: hit.name };
  };
  return {
    next: (about) => take('operation', about),
    nextRequestFault: (about) => take('request', about),
    ask: (request) => void asked.push(request),
    clear: () => void (asked = []),
    list: () => asked,
  };
}

function matches({ path, method }: FaultRequest, about: { readonly method: string; readonly path: string }): boolean {
  return (path === null || about.path.toLowerCase().includes(path.toLowerCase())) && (method === null || method.toUpperCase() === about.method);
}

function passed(request: FaultRequest): FaultRequest {
  return { ...request, after: Math.max(0, (request.after ?? 0) - 1) };
}

function left(request: FaultRequest): FaultRequest[] {
  if (request.times === null) return [request];
  return request.times > 1 ? [{ ...request, times: request.times - 1 }] : [];
}

/** How a request fault shows; `cut` and `hold` are about the connection. */
export function faultAnswer({ name }: Fault): AzureAnswer | 'cut' | 'hold' {
  switch (name) {
    case 'azure:429':
      return refused(429, 'SubscriptionRequestsThrottled', 'Number of requests for this subscription and operation exceeded the limit. Please try again after 1 second.', { 'retry-after': '1' });
    case 'azure:429-without-retry-after':
      return refused(429, 'TooManyRequests', 'The request is being throttled.');
    case 'azure:503':
      return refused(503, 'ServiceUnavailable', 'The service is unavailable. Please try again later.');
    case 'azure:conflict':
      return refused(409, 'ContainerAppOperationInProgress', 'Cannot modify the container app because there is an active provisioning operation in progress. Please try again later.');
    case 'azure:forbidden':
      return refused(403, 'AuthorizationFailed', 'The client does not have authorization to perform this action over the scope, or the scope is invalid. If access was recently granted, please refresh your credentials.');
    case 'azure:hang':
      return 'hold';
    default:
      return 'cut';
  }
}

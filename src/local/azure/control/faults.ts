import { askedFaults } from '../../faults/board.ts';
import { refused } from '../answers.ts';
import type { AzureAnswer, Fault, FaultBoard } from '../world.ts';
import type { ReadRequest } from '../http/read-request.ts';
import type { FaultName } from './fault-descriptions.ts';

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
  'azure:cut-after': { stage: 'request', reach: writes },
  'azure:hang-after': { stage: 'request', reach: writes },
  'azure:conflict': { stage: 'request', reach: writes },
  'azure:forbidden': { stage: 'request', reach: anything },
  'azure:echo': { stage: 'request', reach: anything },
  'azure:operation-fails': { stage: 'operation', reach: writes },
  'azure:status-lost': { stage: 'operation', reach: ({ path }) => /operation(statuses|results)\//i.test(path) },
} as const satisfies Record<FaultName, FaultRule>;

type About = Parameters<FaultBoard['next']>[0];

export interface LocalFaults extends FaultBoard {
  /** What is to be answered instead of the service, used up once per call; `next` gives what the service itself does wrong. */
  nextRequestFault(about: About): Fault | null;
  /** What `azure:echo` repeats of this request, and what it was told to say besides. */
  echoOf(request: Pick<ReadRequest, 'headers' | 'body'>): string;
}

/** @param isPerson whether a person's token came along. */
export function faultBoard(isPerson: (token: string) => boolean): LocalFaults {
  const { take, ...faults } = askedFaults<FaultName>('azure');
  const struck = (stage: FaultRule['stage'], { method, path, headers }: About): Fault | null => {
    const byPerson = (): boolean => isPerson(/^Bearer (.*)$/.exec(headers?.authorization ?? '')?.[1] ?? '');
    const name = take({ method, path, byPerson }, (fault) => rules[fault].stage === stage && rules[fault].reach({ method, path }));
    return name === null ? null : { name };
  };
  let said: readonly string[] = [];
  return {
    ...faults,
    echoing: (texts) => void (said = texts),
    echoOf: ({ headers, body }) => [headers.authorization ?? '', JSON.stringify(body), ...said].join(' '),
    next: (about) => struck('operation', about),
    nextRequestFault: (about) => struck('request', about),
  };
}

/** What becomes of the connection when nothing is answered, and whether the service did its work before. */
export interface Unanswered {
  readonly connection: 'cut' | 'held';
  readonly isCarriedOut: boolean;
}

/** How a request fault shows. */
export function faultAnswer({ name }: Fault, echo: string): AzureAnswer | Unanswered {
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
    case 'azure:echo':
      return echoed(echo);
    case 'azure:hang':
      return { connection: 'held', isCarriedOut: false };
    case 'azure:hang-after':
      return { connection: 'held', isCarriedOut: true };
    case 'azure:cut-after':
      return { connection: 'cut', isCarriedOut: true };
    default:
      return { connection: 'cut', isCarriedOut: false };
  }
}

/** Azure repeats what it did not understand, and who sent it. */
function echoed(echo: string): AzureAnswer {
  const message = `The request content was invalid and could not be deserialized: '${echo}'.`;
  return {
    status: 400,
    headers: { 'x-ms-failure-cause': encodeURIComponent(echo).slice(0, 4000) },
    body: { error: { code: 'InvalidRequestContent', message, details: [{ code: 'InvalidRequestContent', message: echo, target: echo }], additionalInfo: [{ type: 'Echo', info: { echo } }] } },
  };
}

import { askedFaults } from '../../faults/board.ts';
import { refused } from '../answers.ts';
import type { AzureAnswer, Fault, FaultBoard } from '../world.ts';
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
  'azure:conflict': { stage: 'request', reach: writes },
  'azure:forbidden': { stage: 'request', reach: anything },
  'azure:operation-fails': { stage: 'operation', reach: writes },
  'azure:status-lost': { stage: 'operation', reach: ({ path }) => /operation(statuses|results)\//i.test(path) },
} as const satisfies Record<FaultName, FaultRule>;

type About = Parameters<FaultBoard['next']>[0];

export interface LocalFaults extends FaultBoard {
  /** What is to be answered instead of the service, used up once per call; `next` gives what the service itself does wrong. */
  nextRequestFault(about: About): Fault | null;
}

/** @param isPerson whether a person's token came along. */
export function faultBoard(isPerson: (token: string) => boolean): LocalFaults {
  const { take, ...faults } = askedFaults<FaultName>('azure');
  const struck = (stage: FaultRule['stage'], { method, path, headers }: About): Fault | null => {
    const byPerson = (): boolean => isPerson(/^Bearer (.*)$/.exec(headers?.authorization ?? '')?.[1] ?? '');
    const name = take({ method, path, byPerson }, (fault) => rules[fault].stage === stage && rules[fault].reach({ method, path }));
    return name === null ? null : { name };
  };
  return { ...faults, next: (about) => struck('operation', about), nextRequestFault: (about) => struck('request', about) };
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

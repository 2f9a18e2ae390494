import { createHash } from 'node:crypto';
import { azureTime } from '../times.ts';
import type { AzureAnswer, AzureRequest, World } from '../world.ts';
import { ArmError } from './arm-error.ts';
import { lostOnOrder } from './fault-orders.ts';
import { guid } from './names.ts';
import type { Timers } from './timers.ts';

type OperationKind = 'containerapp' | 'managedEnvironment';

/** Why an operation failed, as its status shows it. */
export interface OperationError {
  readonly code: string;
  readonly message: string;
}

export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly location: string;
  readonly startedAt: number;
  readonly state: 'InProgress' | 'Succeeded' | 'Failed';
}

interface StartOptions {
  readonly kind: OperationKind;
  readonly location: string;
  readonly afterMs: number;
  /** Does the work when its time has come. @returns null, or why it failed. */
  readonly finish: () => OperationError | null;
  /** What the results address answers after success: the resource, or null for gone. */
  readonly result: (request: AzureRequest) => AzureAnswer;
}

export interface Operations {
  start(options: StartOptions): Operation;
  statusAddress(request: AzureRequest, operation: Operation): string;
  resultAddress(request: AzureRequest, operation: Operation): string;
  /** Answers status and result addresses. */
  status(request: AzureRequest, id: string): AzureAnswer;
  result(request: AzureRequest, id: string): AzureAnswer;
}

interface Running extends Operation {
  state: Operation['state'];
  error: OperationError | null;
  readonly result: StartOptions['result'];
}

export function operationsOf(world: World, timers: Timers): Operations {
  const operations = new Map<string, Running>();
  const seed = `${world.subscription}/${world.clock.now()}`;

  const find = (request: AzureRequest, id: string): Running => {
    const found = lostOnOrder(world, request) ? undefined : operations.get(id.toLowerCase());
    if (found === undefined) throw new ArmError(404, 'OperationNotFound', `Operation with id '${id}' was not found.`);
    return found;
  };
  const address = (request: AzureRequest, operation: Operation, kind: 'Statuses' | 'Results', more: string) =>
    `${request.origin}/subscriptions/${world.subscription}/providers/Microsoft.App/locations/${operation.location}/${operation.kind}Operation${kind}/${operation.id}` +
    `?api-version=${request.query.get('api-version') ?? '2026-07-01'}${more}${signature(operation)}`;

  return {
    start({ kind, location, afterMs, finish, result }) {
      const operation: Running = { id: guid(`${seed}/${operations.size}`), kind, location, startedAt: timers.now(), state: 'InProgress', error: null, result };
      operations.set(operation.id, operation);
      timers.after(afterMs, () => {
        operation.error = finish();
        operation.state = operation.error === null ? 'Succeeded' : 'Failed';
        world.activity.ended(operation.id, operation.error !== null);
      });
      return operation;
    },
    statusAddress: (request, operation) => address(request, operation, 'Statuses', '&azureAsyncOperation=true'),
    resultAddress: (request, operation) => address(request, operation, 'Results', ''),
    status(request, id) {
      const { kind, location, startedAt, state, error, id: name } = find(request, id);
      // Recorded of apps only.
      const shown = kind === 'containerapp' && !world.build.statusNamesItsAddress ? guid(`${name}/inner`) : name;
      const path = `/subscriptions/${world.subscription}/providers/Microsoft.App/locations/${location}/${kind}OperationStatuses/${shown}`;
      return { status: 200, body: { id: path, name: shown, status: state, ...(error && { error }), startTime: azureTime(startedAt) } };
    },
    result(request, id) {
      const operation = find(request, id);
      if (operation.state === 'InProgress') return { status: 202, headers: { location: address(request, operation, 'Results', '') } };
      if (operation.error !== null) throw new ArmError(400, operation.error.code, operation.error.message);
      return operation.result(request);
    },
  };
}

/** The real addresses carry about 3 kB of a signed certificate: whoever cuts, logs or stores them finds out here. */
function signature(operation: Operation): string {
  const parts = Array.from({ length: 40 }, (_, index) => createHash('sha512').update(`${operation.id}/${index}`).digest('base64url'));
  const hash = createHash('sha256').update(parts.join('')).digest('base64url');
  return `&t=${operation.startedAt}0000&c=${parts.slice(0, 36).join('')}&s=${parts.slice(36).join('')}&h=${hash}`;
}

import * as z from 'zod';
import type { AbortSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { jsonOrNull } from '../../kernel/json-or-null.ts';
import type { OperationStatus, OperationToken } from '../../kernel/operation.ts';
import type { Clock } from '../../kernel/ports.ts';
import { addressOf, isArmAddress, type AppCall, type Arm, type ArmAnswer } from './arm.ts';
import type { OperationSeal } from './operation-seal.ts';
import { retryAfterMs } from './retry-after.ts';
import { errorOf, readAs, translateFailure } from './translate.ts';

/** Long-running operations without a poller: a token now, one look at a time later, in any process. */
export interface Operations {
  /** `path` is the resource that was written to. */
  begin(call: AppCall, path: string, accepted: ArmAnswer): OperationToken;
  look(tenant: TenantId, token: OperationToken, signal: AbortSignal): Promise<OperationStatus>;
}

interface OperationsOptions {
  readonly arm: Arm;
  readonly seal: OperationSeal;
  readonly clock: Clock;
  readonly pollMs: number;
}

/** `status` answers 200 with a status in it, `result` 202 until it is done, `resource` shows its `provisioningState`. */
const sealedSchema = z.object({
  kind: z.enum(['status', 'result', 'resource']),
  url: z.string(),
  subscription: z.string(),
  resourceGroup: z.string(),
});
type Sealed = z.infer<typeof sealedSchema>;

export function operationsOf({ arm, seal, clock, pollMs }: OperationsOptions): Operations {
  return {
    begin(call, path, accepted) {
      const { subscription, resourceGroup = '' } = call.touches;
      return seal.seal(call.tenant, JSON.stringify({ ...whereToLook(accepted, path), subscription, resourceGroup } satisfies Sealed));
    },
    async look(tenant, token, signal) {
      const sealed = sealedSchema.safeParse(jsonOrNull(seal.open(tenant, token) ?? '')).data;
      if (!sealed || !isArmAddress(sealed.url)) return { status: 'unknown' };
      const { subscription, resourceGroup } = sealed;
      const call: AppCall = { operation: 'operations.look', tenant, touches: { subscription, resourceGroup }, signal };
      const answer = await arm.follow(call, sealed.url);
      const lookAgainMs = Math.max(pollMs, retryAfterMs(answer.header, clock.now()) ?? 0);
      return read(sealed.kind, answer, lookAgainMs, () => translateFailure(answer, call.operation, clock.now()));
    },
  };
}

/** An address on another host is not followed: whoever planted it would be handed a token. The resource itself tells as much, only later. */
function whereToLook(accepted: ArmAnswer, path: string): Pick<Sealed, 'kind' | 'url'> {
  const status = accepted.header('azure-asyncoperation');
  if (status !== undefined && isArmAddress(status)) return { kind: 'status', url: status };
  const result = accepted.header('location');
  if (result !== undefined && isArmAddress(result)) return { kind: 'result', url: result };
  return { kind: 'resource', url: addressOf(path) };
}

const statusBody = z.object({ status: z.string() });
const resourceBody = z.object({ properties: z.object({ provisioningState: z.string() }) });

function read(kind: Sealed['kind'], answer: ArmAnswer, lookAgainMs: number, failure: () => Error): OperationStatus {
  if (answer.status === 404 || answer.status === 410) return { status: 'unknown' };
  if (kind === 'result') return readResult(answer, lookAgainMs, failure);
  if (answer.status !== 200 && answer.status !== 202) throw failure();
  const state = kind === 'status' ? readAs(statusBody, answer.body, 'operations.look').status : readAs(resourceBody, answer.body, 'operations.look').properties.provisioningState;
  switch (state.toLowerCase()) {
    case 'succeeded':
      return { status: 'succeeded' };
    case 'failed':
    case 'canceled':
      return failedAs(answer, state.toLowerCase() === 'failed' ? 'OperationFailed' : 'OperationCanceled');
    default:
      return { status: 'running', lookAgainMs };
  }
}

function readResult(answer: ArmAnswer, lookAgainMs: number, failure: () => Error): OperationStatus {
  if (answer.status === 202) return { status: 'running', lookAgainMs };
  if (answer.status >= 200 && answer.status < 300) return { status: 'succeeded' };
  // The result of an operation that failed is its error; of these only the ones about the operation, not about this request, count.
  if (answer.status === 400 || answer.status === 409 || answer.status === 422) return failedAs(answer, 'OperationFailed');
  throw failure();
}

function failedAs(answer: ArmAnswer, otherwise: string): OperationStatus {
  const { code, field } = errorOf(answer.text);
  return { status: 'failed', code: code ?? otherwise, field };
}

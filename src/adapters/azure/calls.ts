import type { AbortSignal as KernelSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/ports.ts';
import { nodeSignal } from '../node-signal.ts';
import { requestTimeoutMs } from './route.ts';
import type { TenantCheck, Touched } from './tenant-check.ts';
import { failureOf, isAbsent, translateError } from './translate.ts';

/** One call to Azure, as seen by metrics and audit. */
export interface ObservedCall {
  readonly operation: string;
  readonly tenant: TenantId;
  /** HTTP status of the last answer; 0 when there was none. */
  readonly status: number;
  readonly ms: number;
}

/** Who calls what, and what it touches. */
export interface Call {
  /** `containerApps.patch`: for metrics and in errors. */
  readonly operation: string;
  readonly tenant: TenantId;
  readonly touches: Touched;
  readonly signal: KernelSignal;
}

/** What every SDK operation takes. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
  readonly requestOptions: { readonly timeout: number };
  readonly onResponse: (response: { readonly status: number }) => void;
}

/** Checks the tenant, runs, measures, translates: every request to Azure goes through here. */
export interface Calls {
  <T>(call: Call, run: (options: CallOptions) => Promise<T>): Promise<T>;
}

export function azureCalls(check: TenantCheck, clock: Clock, onCall: (call: ObservedCall) => void): Calls {
  return async (call, run) => {
    check(call.tenant, call.touches);
    const started = performance.now();
    let status = 0;
    const end = (): void => onCall({ operation: call.operation, tenant: call.tenant, status, ms: performance.now() - started });
    try {
      const result = await run({
        abortSignal: nodeSignal(call.signal),
        requestOptions: { timeout: requestTimeoutMs },
        onResponse: (response) => {
          status = response.status;
        },
      });
      end();
      return result;
    } catch (error) {
      status = failureOf(error)?.status ?? status;
      end();
      throw translateError(error, call.operation, clock.now());
    }
  };
}

/** Absent is null; inside `Calls`, for SDK operations. */
export async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    const failure = failureOf(error);
    if (failure && isAbsent(failure)) return null;
    throw error;
  }
}

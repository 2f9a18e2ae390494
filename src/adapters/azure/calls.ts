import type { AbortSignal as KernelSignal } from '../../kernel/context.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { HeldBack, NotAllowed, NotSent, Throttled, Unavailable } from '../../kernel/errors.ts';
import type { Clock } from '../../kernel/ports.ts';
import { silent, type Telemetry } from '../../kernel/telemetry.ts';
import { nodeSignal } from '../node-signal.ts';
import { answered, nothing, unguarded, type Breakers, type Place, type Verdict } from '../outage/breakers.ts';
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
  /** What answers, where it is not Azure Resource Manager: it fails by itself, and then must not hold back a way back. */
  readonly service?: 'vault' | 'monitor' | 'logs' | 'identity';
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

interface CallsOptions {
  readonly breakers?: Breakers;
  /** After which a request is given up. */
  readonly callMs?: number;
  readonly telemetry?: Telemetry;
}

export function azureCalls(check: TenantCheck, clock: Clock, onCall: (call: ObservedCall) => void, { breakers = unguarded, callMs = requestTimeoutMs, telemetry = silent }: CallsOptions = {}): Calls {
  return async (call, run) => {
    check(call.tenant, call.touches);
    let status = 0;
    const once = async () => {
      const started = performance.now();
      try {
        return await run({
          abortSignal: nodeSignal(call.signal),
          requestOptions: { timeout: callMs },
          onResponse: (response) => {
            status = response.status;
          },
        });
      } catch (error) {
        status = failureOf(error)?.status ?? status;
        const translated = translateError(error, call.operation, clock.now());
        if (isAboutToken(translated)) telemetry.count('trueup_token_failures_total', { dependency: 'Azure' });
        throw translated;
      } finally {
        onCall({ operation: call.operation, tenant: call.tenant, status, ms: performance.now() - started });
      }
    };
    return breakers.call(placeOf(call), once, (error) => verdictOf(error, status, call.signal.aborted));
  };
}

/** A subscription's Resource Manager, and each vault, workspace and subscription's metrics by itself: one that fails holds back no other. */
export function placeOf({ touches, service }: Pick<Call, 'touches' | 'service'>): Place {
  const { subscription = 'none', vault = 'none', workspace = 'none' } = touches;
  const scopes = { vault: `vault/${vault}`, monitor: `${subscription}/monitor`, logs: `logs/${workspace}`, identity: 'identity' };
  return { system: 'Azure', scope: service === undefined ? subscription : scopes[service] };
}

function isAboutToken(error: unknown): boolean {
  return (error instanceof NotAllowed && error.code === 'AuthenticationFailed') || (error instanceof Unavailable && error.code === 'CredentialUnavailable');
}

/** Codes of Unavailable that were read from an answer. */
const read: ReadonlySet<string> = new Set(['UnexpectedAnswer', 'PartialAnswer', 'PrincipalNotFound']);

/** @param status of the last answer: whoever follows an operation takes an error for an answer. */
function verdictOf(error: unknown, status: number, isCutOff: boolean): Verdict {
  if (isCutOff || error instanceof HeldBack || error instanceof NotSent) return nothing;
  // It asks to stay away, and whoever goes on asking is held off for longer: no refusal of what was asked.
  if (error instanceof Throttled) return { is: 'away', ms: error.retryAfterMs };
  if (error instanceof Unavailable && !read.has(error.code ?? '')) return { is: 'away', ms: null };
  return error === null && (status >= 500 || status === 429 || status === 408) ? { is: 'away', ms: null } : answered;
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

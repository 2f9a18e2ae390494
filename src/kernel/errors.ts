/**
 * What can go wrong outside, translated once by the adapters. Everything else that is thrown is a bug or a broken process and is
 * retried with backoff. Messages are our own sentences: raw text of Azure or GitHub never travels in them.
 */
export interface FailureDetails {
  /** Azure's or GitHub's error code, for example `ContainerAppOperationInProgress`. */
  readonly code?: string;
  /** The service's correlation or request id, to quote in a support request. */
  readonly requestId?: string;
}

abstract class OutsideFailure extends Error {
  readonly code: string | null;
  readonly requestId: string | null;
  constructor(message: string, details: FailureDetails, cause?: unknown) {
    super(message, { cause });
    this.name = new.target.name;
    this.code = details.code ?? null;
    this.requestId = details.requestId ?? null;
  }
}

/** 401, 403: the credential lacks a right; a person must grant it. */
export class NotAllowed extends OutsideFailure {}

/** What is declared leaves what its tenant may touch. `needs` says what a person must do. */
export class OutOfBounds extends NotAllowed {
  readonly needs: string;
  constructor(message: string, details: FailureDetails & { readonly needs: string }, cause?: unknown) {
    super(message, details, cause);
    this.needs = details.needs;
  }
}

/** 409, 412: somebody else is writing; look again soon. */
export class Conflict extends OutsideFailure {}

/** Stopped here before it left: the lease is lost, the worker drains, or the audit could not be kept. It says nothing of the service. */
export class NotSent extends Conflict {}

/** 5xx, resets, time-outs: nobody's fault here; try again later. */
export class Unavailable extends OutsideFailure {}

/** 400, 422: the request itself is wrong; trying again changes nothing. `field` is the service's path to it where it names one. */
export class Rejected extends OutsideFailure {
  readonly field: string | null;
  constructor(message: string, details: FailureDetails & { readonly field?: string }, cause?: unknown) {
    super(message, details, cause);
    this.field = details.field ?? null;
  }
}

/** 429, or GitHub's secondary limit. */
export class Throttled extends OutsideFailure {
  readonly retryAfterMs: number;
  constructor(message: string, details: FailureDetails & { readonly retryAfterMs: number }, cause?: unknown) {
    super(message, details, cause);
    this.retryAfterMs = details.retryAfterMs;
  }
}

export interface HeldBackDetails {
  readonly retryAfterMs: number;
  /** Milliseconds since the epoch at which the service stopped answering; null when it is a budget of our own that is spent. */
  readonly since: number | null;
}

/** Not sent: the service does not answer, or our own budget for it is spent. It costs the job nothing, however long it lasts. */
export class HeldBack extends Throttled {
  readonly system: 'Azure' | 'GitHub';
  readonly since: number | null;
  constructor(system: 'Azure' | 'GitHub', { retryAfterMs, since }: HeldBackDetails, cause?: unknown) {
    const [message, code] = since === null ? [`The budget of writes to ${system} is spent for now`, 'BudgetSpent'] : [`${system} does not answer: nothing is sent there for now`, 'BreakerOpen'];
    super(message, { code, retryAfterMs }, cause);
    this.system = system;
    this.since = since;
  }
}

/** Whether its message is one of our own sentences. */
export function isOutsideFailure(error: unknown): boolean {
  return error instanceof OutsideFailure;
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditedWrites, Origin, WriteAbout } from '../../kernel/audit.ts';
import { NotSent, isOutsideFailure } from '../../kernel/errors.ts';
import type { Clock, Ids } from '../../kernel/ports.ts';
import type { AuditEntry, Begun, Ended } from './audit-entry.ts';
import type { WriteAnswer, WriteGate, WriteRequest } from './write-gate.ts';

interface AuditOptions {
  /** Appends to the tenant's stream, in the order of the calls of one process. */
  readonly append: (tenantId: string, entry: AuditEntry) => Promise<void>;
  /** Who caused a trace; null when nobody knows any more. */
  readonly origin: (traceId: string) => Promise<Origin | null>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Told every write with its end: logs leave the machine, and this is a copy of the audit that Redis cannot lose. */
  readonly tell: (write: Omit<Begun, 'phase'> & Omit<Ended, 'phase'>) => void;
  /** Told when the end of a write that was made could not be kept. */
  readonly onLost: (error: unknown) => void;
}

interface Scope {
  readonly about: WriteAbout;
  readonly assertAllowed: () => void;
  isOpen: boolean;
}

/** A request that nobody explained: a bug, and never sent. */
class UnexplainedWrite extends Error {
  constructor(operation: string) {
    super(`${operation} was to be sent outside of a write: nobody checked the lease and said why`);
    this.name = 'UnexplainedWrite';
  }
}

/** Joins what a delivery says of its write with the requests that its adapters send, whatever lies between the two. */
export function auditedWrites(options: AuditOptions): AuditedWrites & { readonly gate: WriteGate } {
  const scopes = new AsyncLocalStorage<Scope>();
  const scopeNow = (operation: string): Scope => {
    const scope = scopes.getStore();
    if (scope?.isOpen !== true) throw new UnexplainedWrite(operation);
    return scope;
  };
  return {
    async within(about, assertAllowed, run) {
      assertAllowed();
      const scope = { about, assertAllowed, isOpen: true };
      try {
        return await scopes.run(scope, run);
      } finally {
        // What it left running may read, and writes no more.
        scope.isOpen = false;
      }
    },
    gate: {
      assertOpen: (operation) => void scopeNow(operation),
      pass: async (request, send, answered) => passed(options, scopeNow(request.operation), request, { send, answered }),
      bound: (run) => AsyncLocalStorage.bind(run),
    },
  };
}

interface Sending<Answer> {
  readonly send: () => Promise<Answer>;
  readonly answered: (answer: Answer) => WriteAnswer;
}

/** The beginning is stored before the request leaves, so that a process that ends in between leaves a trace of it. */
async function passed<Answer>(options: AuditOptions, { about, assertAllowed }: Scope, request: WriteRequest, { send, answered }: Sending<Answer>): Promise<Answer> {
  const { append, clock, tell, onLost } = options;
  const at = (): string => new Date(clock.now()).toISOString();
  const begun = await beginning(options, about, request);
  const started = performance.now();
  const end = async (answer: Pick<Ended, 'status' | 'requestId' | 'correlationId'>): Promise<void> => {
    const ended: Ended = { phase: 'ended', id: begun.id, at: at(), ...answer, ms: Math.round(performance.now() - started) };
    const { phase: _phase, at: _at, ...rest } = ended;
    const { phase: _begun, ...said } = begun;
    tell({ ...said, ...rest, at: begun.at });
    // The write is made: that its end cannot be kept must not make it look as if it had failed.
    await append(about.tenantId, ended).catch(onLost);
  };
  try {
    // The last thing before it leaves: whatever took its time above took it from the lease.
    assertAllowed();
  } catch (error) {
    await end({ status: null, requestId: null, correlationId: null });
    throw error;
  }
  let answer: Answer;
  try {
    answer = await send();
  } catch (error) {
    await end({ status: 0, requestId: null, correlationId: null });
    throw error;
  }
  await end(answered(answer));
  return answer;
}

/** @throws NotSent when it cannot be kept: that is no failure of the service, and costs the job no attempt. */
async function beginning({ append, origin, clock, ids }: AuditOptions, about: WriteAbout, request: WriteRequest): Promise<Begun> {
  try {
    const begun: Begun = { phase: 'begun', id: ids.uuid(), at: new Date(clock.now()).toISOString(), ...about, who: await origin(about.traceId), ...request };
    await append(about.tenantId, begun);
    return begun;
  } catch (error) {
    throw isOutsideFailure(error) ? error : new NotSent('the audit could not keep what was to be written', { code: 'AuditUnkept' }, error);
  }
}

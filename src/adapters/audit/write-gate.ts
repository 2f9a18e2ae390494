/** One request that changes something outside. */
export interface WriteRequest {
  readonly service: 'azure' | 'github';
  readonly operation: string;
  readonly target: string;
  readonly clientRequestId: string | null;
}

export interface WriteAnswer {
  readonly status: number;
  readonly requestId: string | null;
  readonly correlationId: string | null;
}

/** Every request of the Azure and GitHub clients that changes something passes here, at the very end of its way. */
export interface WriteGate {
  /** @throws when the caller is not inside of a write. */
  assertOpen(operation: string): void;
  /** @throws as `assertOpen`, and when the write may not be sent any more; what `send` throws. */
  pass<Answer>(request: WriteRequest, send: () => Promise<Answer>, answered: (answer: Answer) => WriteAnswer): Promise<Answer>;
  /** `run`, later and from wherever it is called, within the write of this moment: a client's queue calls from the context of other requests. */
  bound<Run extends (...parameters: never[]) => unknown>(run: Run): Run;
}

/** For the adapters where nothing is kept: in tests of theirs, and for a command that only reads. */
export const openGate: WriteGate = { assertOpen: () => undefined, pass: (_request, send) => send(), bound: (run) => run };

export function isChanging(method: string): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());
}

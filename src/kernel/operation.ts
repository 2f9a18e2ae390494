/**
 * A long-running Azure operation that was accepted, as an opaque, sealed text: it resumes the poller in any process. It may hold a
 * signed status address of 3 kB, so it is encrypted, and it is never logged or shown.
 */
export type OperationToken = string & { readonly operationToken: unique symbol };

export type OperationStatus =
  | { readonly status: 'running'; readonly lookAgainMs: number }
  | { readonly status: 'succeeded' }
  /** `field` is Azure's path to what it refuses, where its answer names one. */
  | { readonly status: 'failed'; readonly code: string; readonly field: string | null }
  /** The status address is gone or the token cannot be opened: look at the resource itself. */
  | { readonly status: 'unknown' };

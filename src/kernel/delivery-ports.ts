import type { AbortSignal } from './context.ts';
import type { Envelope } from './envelope.ts';
import type { Save } from './outcome.ts';

/** What one delivery changes, written at once or not at all. */
export interface Commit {
  readonly saves: readonly Save[];
  readonly emits: readonly Envelope[];
  /** The reaction that is done with the message; null while it still waits or a person must act before it is delivered again. */
  readonly applied: { readonly envelope: Envelope; readonly reaction: string } | null;
  /** Proof of the lease under which this was decided; null when none was needed. */
  readonly lease: LeaseProof | null;
}

export interface CommitLog {
  /**
   * `repeated`: the reaction was done with the message already, so nothing was written.
   * @throws Conflict when an aggregate has another version by now, or the lease has another holder: nothing was written.
   */
  commit(commit: Commit): Promise<'written' | 'repeated'>;
  /** Whether this reaction is done with the message already. */
  isApplied(envelope: Envelope, reaction: string): Promise<boolean>;
}

/** Where webhooks become work: a delivery that was seen is a delivery whose work is stored. */
export interface Inbox {
  /** `deliveryId` is GitHub's GUID, the same on a redelivery. @throws when it cannot be stored. */
  accept(deliveryId: string, envelopes: readonly Envelope[]): Promise<'stored' | 'duplicate'>;
}

export interface OutboxEntry {
  /** The store's own id of the entry. */
  readonly id: string;
  readonly envelope: Envelope;
  /** Not to be delivered earlier than this long after it was appended. */
  readonly delayMs: number;
}

/** Messages that are stored and not yet on a queue. At least once, in order per writer. */
export interface Outbox {
  append(entries: readonly Omit<OutboxEntry, 'id'>[]): Promise<void>;
  /** The next entries for this consumer, its own unacknowledged ones and those of dead consumers first; waits up to `waitMs` for one. */
  next(waitMs: number): Promise<readonly OutboxEntry[]>;
  acknowledge(ids: readonly string[]): Promise<void>;
}

interface LeaseProof {
  readonly key: string;
  readonly token: string;
}

/** One writer at a time. A holder that pauses too long loses the lease, and its commits are refused from then on. */
export interface Leases {
  /** Null when somebody else holds it. */
  acquire(key: string): Promise<Lease | null>;
}

export interface Lease {
  readonly proof: LeaseProof;
  /** Aborts when it is not safely held any more. */
  readonly signal: AbortSignal;
  /** By the local monotonic clock, with a margin for one call outside. */
  isSafelyHeld(): boolean;
  release(): Promise<void>;
}

import type { Origin } from './audit.ts';
import type { AbortSignal } from './context.ts';
import type { Envelope } from './envelope.ts';
import type { Save } from './outcome.ts';

/** What one delivery changes, written at once or not at all. */
export interface Commit {
  readonly saves: readonly Save[];
  readonly emits: readonly Envelope[];
  /** The reaction that is done with the message, `once` when a repeat is to be passed over; null while it still waits or a person must act before it is delivered again. */
  readonly applied: { readonly envelope: Envelope; readonly reaction: string; readonly once: boolean } | null;
  /** Proof of the lease under which this was decided; null when none was needed. */
  readonly lease: LeaseProof | null;
}

export interface CommitLog {
  /**
   * `repeated`: the reaction was done with the message already, so nothing was written.
   * @throws Conflict when an aggregate has another version by now, or the lease has another holder: nothing was written.
   */
  commit(commit: Commit): Promise<'written' | 'repeated'>;
  /** Whether this reaction is done with the message already, once and for all. */
  isApplied(envelope: Envelope, reaction: string): Promise<boolean>;
}

/** Where webhooks become work: a delivery that was seen is a delivery whose work is stored. */
export interface Inbox {
  /** `deliveryId` is GitHub's GUID, the same on a redelivery; `origin` is who caused all of the envelopes. @throws when it cannot be stored. */
  accept(deliveryId: string, envelopes: readonly Envelope[], origin: Origin): Promise<'stored' | 'duplicate'>;
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

/** One run of a reaction, as far as crashes are counted. */
export interface CountedRun {
  /** The same for every delivery of the same work, also under another job: see jobs/crash-key.ts. */
  readonly key: string;
  /** A key whose count ends with this one's, because it stands for the same work without saying which generation; null for none. */
  readonly general: string | null;
  readonly job: string;
  /** Nothing else runs in the process: only then a key with a crash is begun. */
  readonly alone: boolean;
}

/** What stands against a key. Times in milliseconds since the epoch, by the clock of the log. */
export interface CrashStanding {
  /** Processes that ended during this work since it last ended in any other way. */
  readonly crashes: number;
  /** Whether one of them was found just now. */
  readonly isNews: boolean;
  /** When the first was found; null without one. */
  readonly since: number | null;
  /** Not to be run before; null for what is not quarantined. */
  readonly until: number | null;
  /** Whether `quarantine` was called since it is quarantined. */
  readonly isTold: boolean;
  /** Whether the run counts as begun. */
  readonly isBegun: boolean;
}

/** Work that ended its process too often. */
export interface Quarantined {
  readonly key: string;
  readonly until: number;
  /** As `quarantine` was told; null when it was not told yet. */
  readonly about: string | null;
}

/**
 * Which work runs where a process may end without a word. What is begun and not ended when the same job is begun again has ended its
 * process: a crash. From the third on the key is quarantined, for five minutes at the default settings and twice as long after each further
 * crash, a day at most.
 */
export interface CrashLog {
  /** One round trip, at once or not at all. A key with a crash against it is begun only alone, a quarantined one not at all. */
  begin(run: CountedRun): Promise<CrashStanding>;
  /** The run ended, however it did. `cleared`: it was really made, so nothing stands against its key any more. @returns what `quarantine` told of keys that are not quarantined any more. */
  end(run: CountedRun, cleared: boolean): Promise<readonly string[]>;
  /** Keeps what `about` says with the quarantine. */
  quarantine(key: string, about: string): Promise<void>;
  /** A person wants it tried: it is run again, alone. */
  pardon(key: string): Promise<void>;
  /** The earliest to be tried first, at most 1000. */
  quarantined(): Promise<readonly Quarantined[]>;
  /** Nothing of it is kept any more. */
  forget(key: string): Promise<void>;
}

import type { WriteReason } from './audit.ts';
import type { EmittedMessage, Envelope } from './envelope.ts';
import type { DriftReader } from './drift-standing.ts';
import type { ContextName, TenantId } from './ids.ts';
import type { MessageType } from './messages/catalogue.ts';
import type { Outcome } from './outcome.ts';
import type { Planner } from './plan.ts';
import type { StandingReader } from './standing.ts';

/** What a reaction may ask of the delivery that runs it. */
export interface Delivery {
  /** Aborts when the time to drain is over or the lease is lost. Pass it to every call that leaves the process. */
  readonly signal: AbortSignal;
  /** Times this message was delivered before, waits included. */
  readonly attempt: number;
  /** Milliseconds since the epoch at which the message was published. */
  readonly publishedAt: number;
  /**
   * The only way to write to Azure or GitHub. The adapters refuse a request that changes something outside of `run`, and ask before each
   * one inside of it whether it may still be sent; it is kept in the audit with `why`.
   * @throws when the worker drains, or the lease that the reaction's `writes` names is not safely held any more.
   */
  write<T>(why: WriteReason, run: () => Promise<T>): Promise<T>;
}

/** The part of AbortSignal that the pure core may know. */
export interface AbortSignal {
  readonly aborted: boolean;
}

export interface Reaction {
  /** `when-<message>`, the name of its file. */
  readonly name: string;
  readonly on: MessageType;
  /** Latest wins: while one such message waits, another with the same key adds nothing. Only for messages that say what to look at: one may be handled twice. */
  readonly latestWins: ((envelope: Envelope) => string) | null;
  /** One writer at a time: the key of the lease to hold while handling, usually the environment. */
  readonly writes: ((envelope: Envelope) => string) | null;
  /** A person waits for it: it goes before everything of its context that is not urgent. Only for what people send by hand, which is little. */
  readonly urgent: ((envelope: Envelope) => boolean) | null;
  readonly handle: (envelope: Envelope, delivery: Delivery) => Promise<Outcome>;
}

interface ReactionOptions<Type extends MessageType> {
  readonly on: Type;
  readonly name: string;
  readonly latestWins?: (envelope: Envelope<Type>) => string;
  readonly writes?: (envelope: Envelope<Type>) => string;
  readonly urgent?: (envelope: Envelope<Type>) => boolean;
  readonly handle: (envelope: Envelope<Type>, delivery: Delivery) => Promise<Outcome>;
}

/** Ties a handler to its message. The types are erased here because a queue holds every kind; the payload was parsed for this type. */
export function reaction<Type extends MessageType>(options: ReactionOptions<Type>): Reaction {
  const erased = options as unknown as ReactionOptions<MessageType>;
  return {
    name: options.name,
    on: options.on,
    latestWins: erased.latestWins ?? null,
    writes: erased.writes ?? null,
    urgent: erased.urgent ?? null,
    handle: erased.handle,
  };
}

/** Work by the clock: every `everyMs`, one message per aggregate of `forEach`, spread over the interval. */
export interface Schedule {
  readonly name: string;
  readonly everyMs: number;
  /** The aggregate type whose every instance gets a message. */
  readonly forEach: string;
  readonly message: (tenantId: TenantId, id: string) => EmittedMessage;
}

/** A bounded context's only door. */
export interface Context {
  readonly name: ContextName;
  readonly reactions: readonly Reaction[];
  readonly schedules: readonly Schedule[];
  readonly plan?: Planner;
  /** How its deployments stand, for `/trueup status` and what proposes a promotion. */
  readonly standing?: StandingReader;
  /** How its drift stands, for health checks and remediation pull requests. */
  readonly drift?: DriftReader;
}

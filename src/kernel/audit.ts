import { z } from 'zod';

/** Why something outside is written, as whoever writes it says it. */
export interface WriteReason {
  /** The commit that it follows from. */
  readonly commit: string;
  /** What wants it, in plain words of our own: `rollout canary, stage 2 of 3`, `health report`. Never a text that somebody else wrote. */
  readonly policy: string;
}

export const originSchema = z.discriminatedUnion('by', [
  /** `event` with its action: `pull_request.closed`. `delivery` is GitHub's GUID. */
  z.strictObject({ by: z.literal('github'), login: z.string(), id: z.number().int(), event: z.string(), delivery: z.string() }),
  z.strictObject({ by: z.literal('schedule'), name: z.string() }),
]);

/** Who caused a trace: the sender of a webhook, or the clock. */
export type Origin = z.infer<typeof originSchema>;

/** Whose write it is, and why. */
export interface WriteAbout {
  /** A tenant's id, or `app` for what belongs to no installation. */
  readonly tenantId: string;
  readonly environment: string | null;
  readonly traceId: string;
  /** Of the message whose handling writes; empty where there is none. */
  readonly eventId: string;
  /** `deployment/when-advance-deployment`. */
  readonly reaction: string;
  /** Null only for what concerns no commit, which no reaction writes. */
  readonly commit: string | null;
  readonly policy: string;
}

export interface AuditedWrites {
  /**
   * Runs what writes. Of each of its requests that changes something an entry is kept before and after, and `assertAllowed` is asked right
   * before it is sent. A request that changes something outside of this is refused.
   * @throws what `assertAllowed` throws, also before `run` begins.
   */
  within<T>(about: WriteAbout, assertAllowed: () => void, run: () => Promise<T>): Promise<T>;
}

/** For tests of what lies behind a write: nothing is kept of it. */
export const unaudited: AuditedWrites = {
  async within(_about, assertAllowed, run) {
    assertAllowed();
    return run();
  },
};

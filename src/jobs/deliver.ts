import type { CommitLog, Lease, Leases } from '../kernel/delivery-ports.ts';
import { causedBy, seal, type Envelope } from '../kernel/envelope.ts';
import { Conflict } from '../kernel/errors.ts';
import type { ContextName } from '../kernel/ids.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Clock, Ids } from '../kernel/ports.ts';
import { nameOf, type Subscription } from './subscriptions.ts';

export interface DeliveryPorts {
  readonly commits: CommitLog;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly ids: Ids;
  /** May this context act for the envelope's tenant at all? Asked before any store or Azure access. */
  readonly guard: (context: ContextName, envelope: Envelope) => { readonly allowed: true } | { readonly allowed: false; readonly reason: string };
}

/** A worker that stops: first no further write is begun, then what still runs is cut. */
export interface StopSignals {
  readonly draining: AbortSignal;
  readonly cut: AbortSignal;
}

export interface DeliveryOf {
  readonly envelope: Envelope;
  readonly subscription: Subscription;
  readonly stop: StopSignals;
  readonly attempt: number;
  readonly publishedAt: number;
}

/** What a delivery came to, apart from what it threw. */
export type Delivered =
  | { readonly end: 'done' | 'repeated' }
  | { readonly end: 'wait'; readonly forMs: number; readonly reason: string; readonly urgent: boolean | null }
  | { readonly end: 'stalled'; readonly reason: string; readonly needs: string }
  | { readonly end: 'refused'; readonly reason: string }
  /** Another delivery writes the same thing just now. */
  | { readonly end: 'busy'; readonly forMs: number };

const busyForMs = 300;

/** One message to one reaction: tenant guard, lease, repeat check, reaction, and one atomic commit of what it decided. */
export async function deliver(ports: DeliveryPorts, of: DeliveryOf): Promise<Delivered> {
  const { envelope, subscription } = of;
  const verdict = ports.guard(subscription.context, envelope);
  if (!verdict.allowed) return { end: 'refused', reason: verdict.reason };
  const key = subscription.reaction.writes?.(envelope);
  if (key === undefined) return react(ports, of, null);
  const lease = await ports.leases.acquire(`${envelope.tenantId}:${key}`);
  if (lease === null) return { end: 'busy', forMs: busyForMs };
  try {
    return await react(ports, of, lease);
  } finally {
    await lease.release();
  }
}

/** Whether the message was dealt with is asked under the lease: the holder before may have done just that. */
async function react(ports: DeliveryPorts, { envelope, subscription, stop, attempt, publishedAt }: DeliveryOf, lease: Lease | null): Promise<Delivered> {
  if (await ports.commits.isApplied(envelope, nameOf(subscription))) return { end: 'repeated' };
  const outcome = await subscription.reaction.handle(envelope, {
    signal: lease === null ? stop.cut : AbortSignal.any([stop.cut, signalOf(lease)]),
    attempt,
    publishedAt,
    assertLeaseHeld: () => assertHeld(stop.draining, lease),
  });
  const committed = await ports.commits.commit({
    saves: outcome.saves,
    emits: outcome.emits.map((message) => seal(message, causedBy(envelope), ports.ids.uuid(), ports.clock)),
    // What stalled is delivered again when a person says so, and must not count as a repeat then.
    applied: outcome.end === 'done' ? { envelope, reaction: nameOf(subscription) } : null,
    lease: lease?.proof ?? null,
  });
  return committed === 'repeated' ? { end: 'repeated' } : endOf(outcome);
}

/** The kernel knows only a part of it, but leases carry the platform's own (see adapters/redis/leases.ts). */
function signalOf({ signal }: Lease): AbortSignal {
  return signal as AbortSignal;
}

function assertHeld(draining: AbortSignal, lease: Lease | null): void {
  if (draining.aborted) throw new Conflict('the worker drains; the next one goes on', { code: 'Draining' });
  if (lease !== null && !lease.isSafelyHeld()) throw new Conflict('the lease is not safely held any more', { code: 'LeaseLost' });
}

function endOf(outcome: Outcome): Delivered {
  switch (outcome.end) {
    case 'done':
      return { end: 'done' };
    case 'wait':
      return { end: 'wait', forMs: outcome.forMs, reason: outcome.reason, urgent: outcome.urgent ?? null };
    case 'stalled':
      return { end: 'stalled', reason: outcome.reason, needs: outcome.needs };
  }
}

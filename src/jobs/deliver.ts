import type { AuditedWrites, WriteAbout } from '../kernel/audit.ts';
import type { Commit, CommitLog, Lease, Leases } from '../kernel/delivery-ports.ts';
import { causedBy, seal, type Envelope } from '../kernel/envelope.ts';
import { Conflict, NotSent, Unavailable } from '../kernel/errors.ts';
import type { ContextName } from '../kernel/ids.ts';
import type { Outcome } from '../kernel/outcome.ts';
import type { Clock, Ids } from '../kernel/ports.ts';
import type { Telemetry } from '../kernel/telemetry.ts';
import { nameOf, type Subscription } from './subscriptions.ts';

export interface DeliveryPorts {
  readonly commits: CommitLog;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly writes: AuditedWrites;
  readonly telemetry: Telemetry;
  /** May this context act for the envelope's tenant at all? Asked before any store or Azure access. */
  readonly guard: (context: ContextName, envelope: Envelope) => Verdict | Promise<Verdict>;
}

type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string } | { readonly allowed: 'not-now'; readonly forMs: number };

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
  /** Another delivery writes the same thing just now, or nothing is to be done for the tenant for a while. */
  | { readonly end: 'busy'; readonly forMs: number };

const busyForMs = 300;

/** One message to one reaction: tenant guard, lease, repeat check, reaction, and one atomic commit of what it decided. */
export async function deliver(ports: DeliveryPorts, of: DeliveryOf): Promise<Delivered> {
  const { envelope, subscription } = of;
  const verdict = await ports.guard(subscription.context, envelope);
  if (verdict.allowed === 'not-now') return { end: 'busy', forMs: verdict.forMs };
  if (!verdict.allowed) return { end: 'refused', reason: verdict.reason };
  const key = subscription.reaction.writes?.(envelope);
  if (key === undefined) return react(ports, of, null);
  const lease = await ports.leases.acquire(`${envelope.tenantId}:${key}`);
  if (lease === null) return { end: 'busy', forMs: busyForMs };
  try {
    return await react(ports, of, lease);
  } catch (error) {
    throw unlessLost(error, lease);
  } finally {
    await lease.release();
  }
}

/** What was cut off because the lease ran out is no outage of whoever was asked: looked at again soon, and not ever later. */
function unlessLost(error: unknown, lease: Lease): unknown {
  if (!(error instanceof Unavailable) || !lease.signal.aborted) return error;
  return new Conflict('the lease ran out in the middle of a call', { code: 'LeaseLost' }, error);
}

/**
 * Whether the message was dealt with is asked under the lease: the holder before may have done just that. Not where the latest wins: what
 * its worker had done and not said, because it died, lies in the queue again, and stands there for all that came meanwhile.
 */
async function react(ports: DeliveryPorts, of: DeliveryOf, lease: Lease | null): Promise<Delivered> {
  const { envelope, subscription, stop, attempt, publishedAt } = of;
  const once = subscription.reaction.latestWins === null;
  if (once && (await ports.commits.isApplied(envelope, nameOf(subscription)))) return { end: 'repeated' };
  const outcome = await subscription.reaction.handle(envelope, {
    signal: lease === null ? stop.cut : AbortSignal.any([stop.cut, signalOf(lease)]),
    attempt,
    publishedAt,
    write: (why, run) => ports.writes.within({ ...aboutOf(of), ...why }, () => assertHeld(ports, stop.draining, lease), run),
  });
  const committed = await committing(ports, {
    saves: outcome.saves,
    emits: outcome.emits.map((message) => seal(message, causedBy(envelope), ports.ids.uuid(), ports.clock)),
    // What stalled is delivered again when a person says so, and must not count as a repeat then.
    applied: outcome.end === 'done' ? { envelope, reaction: nameOf(subscription), once } : null,
    lease: lease?.proof ?? null,
  });
  return committed === 'repeated' ? { end: 'repeated' } : endOf(outcome);
}

/** The kernel knows only a part of it, but leases carry the platform's own (see adapters/redis/leases.ts). */
function signalOf({ signal }: Lease): AbortSignal {
  return signal as AbortSignal;
}

function assertHeld({ telemetry }: DeliveryPorts, draining: AbortSignal, lease: Lease | null): void {
  if (draining.aborted) throw new NotSent('the worker drains; the next one goes on', { code: 'Draining' });
  if (lease === null || lease.isSafelyHeld()) return;
  telemetry.count('trueup_fenced_writes_total', {});
  throw new NotSent('the lease is not safely held any more', { code: 'LeaseLost' });
}

async function committing({ commits, telemetry }: DeliveryPorts, commit: Commit): Promise<'written' | 'repeated'> {
  try {
    return await commits.commit(commit);
  } catch (error) {
    if (error instanceof Conflict && error.code === 'LeaseLost') telemetry.count('trueup_fenced_writes_total', {});
    throw error;
  }
}

function aboutOf({ envelope, subscription }: DeliveryOf): Omit<WriteAbout, 'commit' | 'policy'> {
  const { tenantId, traceId, eventId, payload } = envelope;
  return { tenantId, traceId, eventId, environment: 'environment' in payload ? payload.environment : null, reaction: nameOf(subscription) };
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

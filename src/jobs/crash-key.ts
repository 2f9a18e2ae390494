import type { CountedRun } from '../kernel/delivery-ports.ts';
import { digestOf } from '../kernel/digest.ts';
import type { Envelope } from '../kernel/envelope.ts';
import { nameOf, type Subscription } from './subscriptions.ts';

/** Of a webhook's GUID; what a schedule or another message caused has another form. */
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What stays the same when the same work comes again: as the same job, or as another one that a resync made. Where the latest message
 * wins, that is what it looks at and in which generation: the commit, or else the webhook that told of news, because each of these is
 * another state of Git. A message without either could be any of them. Every other message is known by all that it says.
 */
export function crashKeysOf(subscription: Subscription, envelope: Envelope): Pick<CountedRun, 'key' | 'general'> {
  const { tenantId, payload, causationId } = envelope;
  const about = [nameOf(subscription), tenantId] as const;
  const looksAt = subscription.reaction.latestWins?.(envelope);
  if (looksAt === undefined) return { key: keyOf([...about, payload]), general: null };
  const general = keyOf([...about, looksAt]);
  const stated = 'commit' in payload ? payload.commit : 'generation' in payload ? payload.generation : undefined;
  const generation = stated ?? (guid.test(causationId) ? causationId : null);
  return generation === null ? { key: general, general: null } : { key: keyOf([...about, looksAt, generation]), general };
}

function keyOf(parts: readonly unknown[]): string {
  return digestOf(parts).slice(0, 40);
}

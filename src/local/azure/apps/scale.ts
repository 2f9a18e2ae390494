import type { JsonObject } from '../../../kernel/desired-state.ts';
import { listAt, numberAt, objectAt } from './reading.ts';

/** Replicas that run while there is anything to do: no rule ever asks for more here. */
export function wantedReplicas(template: JsonObject): number {
  return Math.max(1, numberAt(objectAt(template, 'scale'), 'minReplicas') ?? 0);
}

/**
 * Seconds without a request after which a revision goes to zero replicas; null for never. Only requests wake one again: rules on a
 * processor keep a replica, and those on queues, times and the rest are not evaluated, so they keep one, too. Without ingress and
 * without rules it goes and nothing brings it back, as Microsoft documents.
 */
export function restsAfter(template: JsonObject): number | null {
  const scale = objectAt(template, 'scale');
  const onRequests = listAt(scale, 'rules').every((rule) => objectAt(rule, 'http') !== null || objectAt(rule, 'tcp') !== null);
  if ((numberAt(scale, 'minReplicas') ?? 0) > 0 || !onRequests) return null;
  return numberAt(scale, 'cooldownPeriod') ?? 300;
}

import type { TenantId } from '../../kernel/ids.ts';
import type { AggregateKey } from '../../kernel/ports.ts';

/** One hash tag for all: scripts touch several keys, which must share a slot in a cluster. */
export const prefix = '{trueup}';

export function aggregateKey({ tenantId, type, id }: AggregateKey): string {
  return `${prefix}:${tenantId}:${type}:${id}`;
}

/** Set of `<tenant>|<id>` of every aggregate of a type. */
export function indexKey(type: string): string {
  return `${prefix}:index:${type}`;
}

export function indexMember({ tenantId, id }: AggregateKey): string {
  return `${tenantId}|${id}`;
}

export function appliedKey(tenantId: TenantId, reaction: string, eventId: string): string {
  return `${prefix}:${tenantId}:applied:${reaction}:${eventId}`;
}

export function leaseKey(key: string): string {
  return `${prefix}:lease:${key}`;
}

export function seenKey(deliveryId: string): string {
  return `${prefix}:seen:${deliveryId}`;
}

/** Who caused a trace. */
export function originKey(traceId: string): string {
  return `${prefix}:origin:${traceId}`;
}

/** Stream of what was written for a tenant, or for `app`. */
export function auditKey(tenantId: string): string {
  return `${prefix}:${tenantId}:audit`;
}

/** Hash of the newest entry of that stream. */
export function auditHeadKey(tenantId: string): string {
  return `${auditKey(tenantId)}:head`;
}

/** Set of those that have one. */
export const auditIndexKey = `${prefix}:index:audit`;

export const outboxKey = `${prefix}:outbox`;

/** What stands against one piece of work that ended its process. */
export function crashKey(key: string): string {
  return `${prefix}:crash:${key}`;
}

/** The keys that are not run, by when they may be tried. */
export const quarantineKey = `${prefix}:quarantine`;

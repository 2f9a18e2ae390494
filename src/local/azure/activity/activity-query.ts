import { isWithin } from '../arm/access.ts';
import { sameName } from '../json.ts';
import { retentionMs, type ActivityEvent } from './activity-log.ts';

/** Which events are asked for. */
export interface ActivityQuery {
  /** Milliseconds since the epoch, both included; null for up to this moment. */
  readonly from: number;
  readonly to: number | null;
  readonly wanted: readonly Comparison[];
}

interface Comparison {
  readonly field: string;
  readonly value: string;
}

const term = /\s*(\w+)\s+(ge|le|eq)\s+(?:'((?:[^']|'')*)'|([^\s']+))\s*(?:and\s+|$)/iy;

/** What `eq` may compare. https://learn.microsoft.com/azure/azure-monitor/essentials/rest-activity-log, and what the CLI sends. */
const fields: Readonly<Record<string, (event: ActivityEvent, value: string) => boolean>> = {
  resourcegroupname: ({ write }, value) => sameName(write.resourceGroup, value),
  resourceuri: ({ write }, value) => isWithin(write.resourceId, value),
  resourceid: ({ write }, value) => isWithin(write.resourceId, value),
  resourceprovider: ({ write }, value) => sameName(write.provider, value),
  correlationid: ({ write }, value) => sameName(write.correlationId, value),
  caller: ({ write: { caller } }, value) => sameName(caller.name ?? caller.principalId, value),
  status: ({ status }, value) => sameName(status, value),
  // Everything here is of both.
  eventchannels: () => true,
};

/** @returns why the service refuses it, in its words; null for a filter whose effect is not modelled. */
export function readActivityFilter(text: string, now: number): ActivityQuery | { readonly refusal: string } | null {
  const invalid = { refusal: '$filter searching parameters invalid' };
  const terms = termsOf(text);
  if (terms === null) return invalid;
  const [from, to] = ['ge', 'le'].map((operator) => terms.find((one) => sameName(one.field, 'eventTimestamp') && one.operator === operator)?.value);
  const wanted = terms.filter(({ field }) => !sameName(field, 'eventTimestamp'));
  const start = Date.parse(from ?? '');
  const end = to === undefined ? null : Date.parse(to);
  if (Number.isNaN(start) || Number.isNaN(end)) return invalid;
  if (start < now - retentionMs) return { refusal: 'The start time cannot be more than 90 days in the past.' };
  if (wanted.some(({ operator, field }) => operator !== 'eq' || !(field.toLowerCase() in fields))) return null;
  return { from: start, to: end, wanted };
}

export function isWanted(event: ActivityEvent, { from, to, wanted }: ActivityQuery): boolean {
  return event.at >= from && (to === null || event.at <= to) && wanted.every(({ field, value }) => fields[field.toLowerCase()]?.(event, value));
}

/** Null when it is not such an expression: comparisons that are joined by `and`. */
function termsOf(text: string): readonly (Comparison & { readonly operator: string })[] | null {
  const found: (Comparison & { readonly operator: string })[] = [];
  const pattern = new RegExp(term);
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return null;
    const [, field = '', operator = '', quoted, bare = ''] = match;
    found.push({ field, operator: operator.toLowerCase(), value: quoted?.replaceAll("''", "'") ?? bare });
  }
  return found.length === 0 ? null : found;
}

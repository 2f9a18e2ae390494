import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { ReadBudget } from '../../contexts/drift-detection/ports.ts';
import type { Clock } from '../../kernel/ports.ts';
import { retryAfterMs } from './retry-after.ts';

/** Of a subscription, principal and region. https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling */
const bucket = { holds: 250, perSecond: 25 };
/** Left to deployments, which look at their operations with it: a fifth. */
const reserve = bucket.holds / 5;
const remainingReads = 'x-ms-ratelimit-remaining-subscription-reads';

interface Level {
  readonly left: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Azure asked to stay away until then. */
  readonly closedUntil: number;
}

/** What Resource Manager's answers say about its buckets, noted as they pass: nothing is asked for it. */
export function readBudget(clock: Clock): { readonly budget: ReadBudget; readonly policy: PipelinePolicy } {
  const levels = new Map<string, Level>();
  const note = (subscription: string, status: number, header: (name: string) => string | undefined): void => {
    const now = clock.now();
    const before = levels.get(subscription);
    const expected = before === undefined ? bucket.holds : leftAt(before, now);
    const closedUntil = before?.closedUntil ?? 0;
    if (status === 429) return void levels.set(subscription, { left: 0, at: now, closedUntil: Math.max(closedUntil, now + (retryAfterMs(header, now) ?? 0)) });
    const told = header(remainingReads);
    // Many machines answer, each with a count of its own: the lowest is the one that refuses first.
    if (told !== undefined && /^\d{1,9}$/.test(told)) levels.set(subscription, { left: Math.min(expected, Number(told)), at: now, closedUntil });
  };
  return {
    policy: {
      name: 'trueupReadBudget',
      async sendRequest(request, next) {
        const response = await next(request);
        const [, subscription] = /^\/+subscriptions\/([^/]+)/i.exec(new URL(request.url).pathname) ?? [];
        if (subscription !== undefined && (request.method === 'GET' || request.method === 'HEAD')) note(subscription.toLowerCase(), response.status, (name) => response.headers.get(name));
        return response;
      },
    },
    budget: {
      waitMs({ subscription }) {
        const level = levels.get(subscription.toLowerCase());
        if (level === undefined) return 0;
        const now = clock.now();
        const left = leftAt(level, now);
        const refilled = left < reserve ? Math.ceil(((bucket.holds - left) / bucket.perSecond) * 1000) : 0;
        return Math.max(refilled, level.closedUntil - now, 0);
      },
    },
  };
}

function leftAt({ left, at }: Level, now: number): number {
  return Math.min(bucket.holds, left + (Math.max(0, now - at) / 1000) * bucket.perSecond);
}

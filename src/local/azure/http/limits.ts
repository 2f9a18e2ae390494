import type { Pace } from '../world.ts';

/** ARM's buckets: per principal and kind of request. https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling */
const buckets = {
  reads: { burst: 250, perSecond: 25 },
  writes: { burst: 200, perSecond: 10 },
  deletes: { burst: 200, perSecond: 10 },
} as const;

/** A provider that counts on its own says so here, and Resource Manager then leaves its count of writes out [wire]. */
export const providerBudget = 'x-ms-ratelimit-remaining-subscription-resource-requests';

/** As long as an operation of the real service takes, often. */
const realOperationMs = 25_000;

/** How much faster than Azure this is, for whoever looks at operations as often as they end. */
export function speedOf({ operationMs }: Pick<Pace, 'operationMs'>): number {
  return Math.max(1, realOperationMs / Math.max(1, operationMs));
}

/**
 * Counts what is left of the buckets and says so in headers. They refill as much faster as operations are, and are not enforced: what a real
 * bucket holds says little about bursts here. Ask for the fault `azure:429` instead.
 */
export function rateLimits(now: () => number, speed: number): (method: string, principalId: string) => Record<string, string> {
  const states = new Map<string, { left: number; at: number }>();
  return (method, principalId) => {
    const kind = kindOf(method);
    const { burst, perSecond } = buckets[kind];
    const state = states.get(`${principalId}/${kind}`) ?? { left: burst, at: now() };
    const refilled = Math.min(burst, state.left + ((now() - state.at) / 1000) * perSecond * speed);
    const left = Math.max(0, refilled - 1);
    states.set(`${principalId}/${kind}`, { left, at: now() });
    const shown = Math.floor(left);
    // All principals together have fifteen times as much.
    return {
      [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(shown),
      [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(burst * 15 - (burst - shown)),
    };
  };
}

function kindOf(method: string): keyof typeof buckets {
  if (method === 'DELETE') return 'deletes';
  return method === 'GET' || method === 'HEAD' ? 'reads' : 'writes';
}

import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, test } from 'vitest';
import { testClock } from '../../../test/support/delivery.ts';
import { readBudget } from './read-budget.ts';

const subscription = '00000000-0000-0000-0000-00000000000a';
const place = { subscription, resourceGroup: 'rg', managedEnvironment: 'cae' };

interface Step {
  /** Milliseconds that pass before it. */
  readonly after?: number;
  readonly method?: 'GET' | 'PUT';
  readonly of?: string;
  readonly status?: number;
  readonly left?: string;
  readonly retryAfter?: string;
}

async function waitAfter(steps: readonly Step[], later = 0): Promise<number> {
  const clock = testClock();
  const { budget, policy } = readBudget(clock);
  for (const { after = 0, method = 'GET', of = subscription, status = 200, left, retryAfter } of steps) {
    clock.advance(after);
    const request = createPipelineRequest({ method, url: `https://management.azure.com//subscriptions/${of}/resourceGroups/rg?api-version=1` });
    const headers = createHttpHeaders({ ...(left && { 'x-ms-ratelimit-remaining-subscription-reads': left }), ...(retryAfter && { 'retry-after': retryAfter }) });
    await policy.sendRequest(request, async () => ({ request, headers, status }));
  }
  clock.advance(later);
  return budget.waitMs(place);
}

describe('a scan waits', () => {
  test.each<{ reason: string; steps: readonly Step[]; later?: number; is: number }>([
    { reason: 'not at all before anything is known', steps: [], is: 0 },
    { reason: 'not while a fifth is left', steps: [{ left: '50' }], is: 0 },
    { reason: 'until the bucket is full, below a fifth', steps: [{ left: '49' }], is: 8_040 },
    { reason: 'ten seconds with nothing left', steps: [{ left: '0' }], is: 10_000 },
    { reason: 'no longer, once enough has come back', steps: [{ left: '40' }], later: 400, is: 0 },
    { reason: 'by the lowest of many machines', steps: [{ left: '10' }, { left: '240' }], is: 9_600 },
    { reason: 'by what came back since the lowest', steps: [{ left: '0' }, { left: '200', after: 10_000 }], is: 0 },
    { reason: 'as long as a 429 says', steps: [{ left: '240' }, { status: 429, retryAfter: '60' }], is: 60_000 },
    { reason: 'until a 429 is over, whatever another machine tells', steps: [{ status: 429, retryAfter: '60' }, { left: '240', after: 15_000 }], is: 45_000 },
    { reason: 'by the longer of two 429s', steps: [{ status: 429, retryAfter: '60' }, { status: 429, retryAfter: '15', after: 15_000 }], is: 45_000 },
    { reason: 'until the bucket is full, after a 429 that says nothing', steps: [{ status: 429 }], is: 10_000 },
    { reason: 'not for the budget of writes', steps: [{ method: 'PUT', left: '0' }, { method: 'PUT', status: 429, retryAfter: '60' }], is: 0 },
    { reason: 'not for another subscription', steps: [{ of: '00000000-0000-0000-0000-00000000000b', left: '0' }], is: 0 },
    { reason: 'for the subscription in any case', steps: [{ of: subscription.toUpperCase(), left: '0' }], is: 10_000 },
    { reason: 'not for what is no number', steps: [{ left: 'many' }], is: 0 },
    { reason: 'not for a subscription with a larger bucket', steps: [{ left: '1099' }], is: 0 },
  ])('$is ms: $reason', async ({ steps, later, is }) => {
    expect(await waitAfter(steps, later)).toBe(is);
  });
});

import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { HeldBack } from '../../kernel/errors.ts';
import { silent, type Telemetry } from '../../kernel/telemetry.ts';
import type { Budget } from '../outage/budget.ts';

interface WriteBudgetOptions {
  readonly writes: Budget;
  readonly random: () => number;
  readonly telemetry?: Telemetry;
}

/** Many wait for the same refill: they come back over this long. */
const spreadMs = 5000;

/** Spends a subscription's budget before a write leaves. Resource Manager's own is 200 at once and 10 a second, and the providers behind it have less. */
export function writeBudget({ writes, random, telemetry = silent }: WriteBudgetOptions): PipelinePolicy {
  return {
    name: 'trueupWriteBudget',
    async sendRequest(request, next) {
      const [, subscription] = /^\/+subscriptions\/([^/]+)/i.exec(new URL(request.url).pathname) ?? [];
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const waitMs = isRead || subscription === undefined ? 0 : await writes.spend(subscription.toLowerCase());
      if (waitMs === 0) return next(request);
      telemetry.count('trueup_calls_put_off_total', { dependency: 'Azure', reason: 'budget' });
      throw new HeldBack('Azure', { retryAfterMs: Math.round(waitMs + random() * spreadMs), since: null });
    },
  };
}

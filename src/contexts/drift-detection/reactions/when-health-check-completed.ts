import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit } from '../../../kernel/envelope.ts';
import { done } from '../../../kernel/outcome.ts';

/** What got worse may have been changed by somebody. */
export function whenHealthCheckCompleted(): Reaction {
  return reaction({
    name: 'when-health-check-completed',
    on: 'HealthCheckCompleted',
    handle: async ({ tenantId, payload: { environment, verdict, previous } }) => {
      const isWorse = (verdict === 'degraded' || verdict === 'unhealthy') && previous !== verdict && previous !== 'unhealthy';
      return done([], isWorse ? [emit('ScanDrift', tenantId, { environment })] : []);
    },
  });
}

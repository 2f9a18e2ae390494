import { reaction, type Reaction } from '../../../kernel/context.ts';
import { emit } from '../../../kernel/envelope.ts';
import { done, saveIfChanged } from '../../../kernel/outcome.ts';
import { isIll, withHealth } from '../domain/health.ts';
import { driftFindings, findingsKey } from '../domain/runtime-drift-finding.ts';
import type { DriftDetectionPorts } from '../ports.ts';

/** What got worse may have been changed by somebody; what got well again closes what it opened. */
export function whenHealthCheckCompleted({ store }: Pick<DriftDetectionPorts, 'store'>): Reaction {
  return reaction({
    name: 'when-health-check-completed',
    on: 'HealthCheckCompleted',
    handle: async ({ tenantId, payload }) => {
      const { environment, verdict, previous, services } = payload;
      const key = findingsKey(tenantId, environment);
      const stored = await store.load(key, driftFindings);
      const isWorse = (verdict === 'degraded' || verdict === 'unhealthy') && previous !== verdict && previous !== 'unhealthy';
      const after = stored && withHealth(stored.value, payload);
      const isWell = after !== null && services.some(({ service }) => !isIll(after, service) && after.open.some((one) => one.class === 'health-degraded' && one.service === service));
      const saves = stored === null || after === null ? [] : saveIfChanged(key, stored, after);
      return done(saves, isWorse || (isWell && saves.length > 0) ? [emit('ScanDrift', tenantId, { environment })] : []);
    },
  });
}

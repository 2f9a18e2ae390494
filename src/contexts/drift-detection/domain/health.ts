import { digestOf } from '../../../kernel/digest.ts';
import type { PayloadOf } from '../../../kernel/messages/catalogue.ts';
import type { Verdict } from '../../../kernel/messages/health-scaling.ts';
import type { DriftFindings, Sighting } from './runtime-drift-finding.ts';

const rank: Readonly<Record<Verdict, number>> = { healthy: 0, 'no-data': 0, degraded: 1, unhealthy: 2 };

/** The same object when the verdicts are known. No data says nothing: the last verdict stands. */
export function withHealth(before: DriftFindings, { services }: Pick<PayloadOf<'HealthCheckCompleted'>, 'services'>): DriftFindings {
  const health = { ...before.health };
  for (const { service, verdict } of services) {
    const known = health[service];
    if (verdict === 'no-data' || known?.verdict === verdict) continue;
    const best = known !== undefined && rank[known.best] < rank[verdict] ? known.best : verdict;
    health[service] = { verdict, best };
  }
  return Object.keys(health).some((service) => health[service] !== before.health[service]) ? { ...before, health } : before;
}

/** When a deployment ends, what its services are at that moment is what they may be compared with; better counts from when it comes. */
export function afresh({ health }: Pick<DriftFindings, 'health'>, services: readonly string[]): DriftFindings['health'] {
  return Object.fromEntries(Object.entries(health).map(([service, known]) => [service, services.includes(service) ? { ...known, best: known.verdict } : known]));
}

export function degraded({ health }: Pick<DriftFindings, 'health'>, service: string): readonly Sighting[] {
  const known = health[service];
  if (known === undefined || rank[known.verdict] <= rank[known.best]) return [];
  const { verdict, best } = known;
  return [{ class: 'health-degraded', service, path: 'health', desired: best, live: verdict, liveDigest: digestOf(verdict), summary: `It is ${verdict}; after its last deployment it was ${best}` }];
}

/** Its replicas, secrets and access are looked at sooner than those of others. */
export function isIll({ health }: Pick<DriftFindings, 'health'>, service: string): boolean {
  return rank[health[service]?.verdict ?? 'healthy'] > 0;
}

import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { ScaleRule, ScalingPolicySpec } from '../kinds/scaling-policy.ts';
import { byName } from './by-name.ts';

/** What runs without a policy: one replica, always. */
export const oneReplica = { min: 1, max: 1 } as const;

/** `template.scale` in ARM's wire shape. KEDA takes numbers as texts. */
export function scaleOf(policy: ScalingPolicySpec | null): JsonObject {
  const { min, max } = policy?.replicas ?? oneReplica;
  const rules = byName((policy?.rules ?? []).map(ruleOf));
  return {
    minReplicas: min,
    maxReplicas: max,
    ...(policy?.cooldown !== undefined && { cooldownPeriod: policy.cooldown / 1000 }),
    ...(rules.length > 0 && { rules }),
  };
}

function ruleOf({ name, http, tcp, cpu, memory, cron, custom }: ScaleRule): { readonly name: string } & JsonObject {
  if (http !== undefined) return { name, http: { metadata: { concurrentRequests: String(http.concurrentRequests) } } };
  if (tcp !== undefined) return { name, tcp: { metadata: { concurrentConnections: String(tcp.concurrentConnections) } } };
  if (cpu !== undefined) return { name, custom: { type: 'cpu', metadata: { type: 'Utilization', value: String(cpu.utilization) } } };
  if (memory !== undefined) return { name, custom: { type: 'memory', metadata: { type: 'Utilization', value: String(memory.utilization) } } };
  if (cron !== undefined) {
    const { timezone, start, end, replicas } = cron;
    return { name, custom: { type: 'cron', metadata: { timezone, start, end, desiredReplicas: String(replicas) } } };
  }
  return { name, custom: { type: custom?.type ?? '', metadata: custom?.metadata ?? {} } };
}

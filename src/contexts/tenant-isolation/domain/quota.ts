import type { DesiredEnvironment, DesiredTenantBinding, Quota } from '../../../kernel/desired-state.ts';
import type { Problem } from '../../../kernel/problem.ts';
import { bindingDocument, breach } from './breach.ts';

export type Usage = Readonly<Record<keyof Quota, number>>;

/** What the tenant's services take in the environment when every one of them runs its most replicas. */
export function usageOf(environment: Pick<DesiredEnvironment, 'services'>, tenant: string): Usage {
  const services = environment.services.filter((service) => service.tenant === tenant);
  const sum = (take: (service: (typeof services)[number]) => number) => services.reduce((total, service) => total + take(service), 0);
  return {
    services: services.length,
    replicas: sum(({ replicas }) => replicas.max),
    // Azure counts in hundredths of a core; without rounding 0.1 + 0.2 would exceed 0.3.
    cpu: Math.round(sum(({ resources, replicas }) => resources.cpu * replicas.max) * 1000) / 1000,
    memory: sum(({ resources, replicas }) => resources.memory * replicas.max),
  };
}

const dimensions = {
  services: { of: 'services', shown: String },
  replicas: { of: 'replicas', shown: String },
  cpu: { of: 'cores', shown: String },
  memory: { of: 'memory', shown: (bytes: number) => `${Math.round((bytes / 2 ** 30) * 100) / 100}Gi` },
} as const satisfies Record<keyof Quota, { of: string; shown: (amount: number) => string }>;

const keys = ['services', 'replicas', 'cpu', 'memory'] as const satisfies readonly (keyof Quota)[];

/** One problem for each dimension in which the tenant takes more of the environment than its binding allows. */
export function quotaProblems(environment: DesiredEnvironment, binding: DesiredTenantBinding): Problem[] {
  const usage = usageOf(environment, binding.tenant);
  return keys.flatMap((key) => {
    const limit = binding.quota[key];
    if (limit === null || usage[key] <= limit) return [];
    const { of, shown } = dimensions[key];
    const most = key === 'services' ? '' : ', each at its most replicas';
    return breach(bindingDocument(binding), {
      code: 'quota-exceeded',
      path: `spec.quota.${key}`,
      message: `The services of tenant ${binding.tenant} in ${environment.name}${most}, take ${shown(usage[key])} ${of} of a quota of ${shown(limit)}.`,
      expected: `at most ${shown(limit)} ${of}`,
      hint: `Raise the quota in RuntimeTenantBinding ${binding.name}, or declare less.`,
    });
  });
}

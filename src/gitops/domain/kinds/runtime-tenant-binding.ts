import { z } from 'zod';
import { isolations } from '../../../kernel/desired-state.ts';
import { environmentName, uniqueList } from '../values/names.ts';
import { memory } from '../values/units.ts';
import type { Kind } from './kind.ts';
import { metadata } from './metadata.ts';

const spec = z.strictObject({
  isolation: z.enum(isolations).meta({
    description: 'silo: an environment of its own. pool: a shared environment, but apps, identity and vault of its own. shared: shared apps.',
  }),
  environments: uniqueList(environmentName, 100).min(1).meta({ description: 'Where the tenant may be placed.' }),
  quota: z
    .strictObject({
      services: z.number().int().min(0).max(10_000).optional(),
      replicas: z.number().int().min(0).max(100_000).optional(),
      cpu: z.number().min(0).max(100_000).optional(),
      memory: memory.optional(),
    })
    .default({})
    .meta({ description: 'Most that the tenant may declare per environment, counted at the most replicas. Left out: no limit.' }),
});

export type TenantBindingSpec = z.infer<typeof spec>;

export const runtimeTenantBinding: Kind<TenantBindingSpec> = {
  about: 'Places a tenant in environments, with an isolation and a quota. The owner of a production environment needs one before its first deployment.',
  metadata: metadata({}),
  spec,
  environments: 'none',
  check: () => [],
  example: `apiVersion: trueup.dev/v1
kind: RuntimeTenantBinding
metadata: { name: contoso, tenant: contoso }
spec:
  isolation: pool
  environments: [staging, prod]
  quota: { services: 20, replicas: 60, cpu: 40, memory: 80Gi }
`,
};

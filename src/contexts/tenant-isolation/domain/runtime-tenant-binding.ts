import { z } from 'zod';
import { isolations, type DesiredTenantBinding } from '../../../kernel/desired-state.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { commit, digest, generation, name } from '../../../kernel/messages/shapes.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import { isError, type Problem } from '../../../kernel/problem.ts';

export const runtimeTenantBinding = z.strictObject({
  environment: name,
  tenant: name,
  isolation: z.enum(isolations),
  quota: z.strictObject({
    services: z.number().nullable(),
    replicas: z.number().nullable(),
    cpu: z.number().nullable(),
    memory: z.number().nullable(),
  }),
  status: z.enum(['Bound', 'Refused']),
  reason: z.string().nullable(),
  needs: z.string().nullable(),
  /** Of the declared binding. */
  digest,
  commit,
  generation,
});

/** One tenant's right to be placed in one environment, as it was decided last. */
export type RuntimeTenantBinding = z.infer<typeof runtimeTenantBinding>;

/** `owner` is the tenant that owns the environment. */
export function bindingKey(owner: TenantId, environment: string, tenant: string): AggregateKey {
  return { tenantId: owner, type: 'RuntimeTenantBinding', id: `${environment}.${tenant}` };
}

interface At {
  readonly environment: string;
  readonly commit: string;
  readonly generation: number;
}

/** Bound when nothing that is declared for the tenant is an error. */
export function decide(binding: DesiredTenantBinding, at: At, problems: readonly Problem[]): RuntimeTenantBinding {
  const errors = problems.filter(isError);
  const { tenant, isolation, quota, digest } = binding;
  const refused = errors.length > 0;
  return {
    environment: at.environment,
    tenant,
    isolation,
    quota,
    status: refused ? 'Refused' : 'Bound',
    reason: refused ? sentences(errors.map(({ message }) => message)) : null,
    needs: refused ? sentences(errors.flatMap(({ hint }) => hint ?? [])) : null,
    digest,
    commit: at.commit,
    generation: at.generation,
  };
}

const shownSentences = 5;

function sentences(all: readonly string[]): string {
  const unique = [...new Set(all)];
  const left = unique.length - shownSentences;
  const shown = unique.slice(0, shownSentences).map((sentence) => sentence.slice(0, 300));
  return [...shown, ...(left > 0 ? [`And ${left} more.`] : [])].join(' ');
}

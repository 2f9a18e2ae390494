import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { factKeys, lackOf } from '../domain/environment-readiness.ts';

/** What was put right outside of Git is seen only by whoever looks again: the things that services lacked, asked for anew. */
export function askAgain(
  tenantId: TenantId,
  environment: DesiredEnvironment,
  { commit, generation }: { readonly commit: string; readonly generation: number },
  lacks: readonly string[],
): readonly EmittedMessage[] {
  const declared = { environment: environment.name, commit, generation };
  const about = { projectId: environment.project ?? undefined };
  const isLacking = (key: string): boolean => lacks.includes(lackOf(key));
  const { bindings, configurations, secrets, digest } = environment;
  return [
    ...bindings.filter((one) => isLacking(factKeys.tenant(one.tenant, one.digest))).map(({ tenant }) => emit('BindTenant', tenantId, { ...declared, tenant }, about)),
    ...(isLacking(factKeys.environment(digest)) ? [emit('ProvisionEnvironment', tenantId, declared, about)] : []),
    ...configurations
      .filter((one) => isLacking(factKeys.configuration(one.tenant, one.name, one.version)))
      .map(({ name, tenant }) => emit('PublishConfiguration', tenantId, { ...declared, configuration: name, tenant }, about)),
    ...secrets.filter((one) => isLacking(factKeys.secret(one.tenant, one.name, one.digest))).map(({ name, tenant }) => emit('BindSecret', tenantId, { ...declared, binding: name, tenant }, about)),
  ];
}

import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { emit, type EmittedMessage } from '../../kernel/envelope.ts';
import { deploymentIdOf, type TenantId } from '../../kernel/ids.ts';
import { reapplyAnnotation } from '../domain/kinds/metadata.ts';
import type { EnvironmentDifference } from './environment-difference.ts';

/** `tenant` owns the environment. */
export function environmentCommands(
  tenant: TenantId,
  environment: DesiredEnvironment,
  difference: EnvironmentDifference,
  at: { readonly commit: string; readonly generation: number },
): readonly EmittedMessage[] {
  const declared = { environment: environment.name, ...at };
  const about = { projectId: environment.project ?? undefined };
  const { bindings, provision, configurations, bound, rotated, services, scaling } = difference;
  const deployed = services.map(({ name }) => name);
  // One commit, one revision: a service's new scale comes with its deployment (docs/decisions/0004).
  const deploymentId = (service: string): string | null => (deployed.includes(service) ? deploymentIdOf(environment.name, at.generation) : null);
  const deployment = (): EmittedMessage =>
    isCorrection(difference)
      ? emit('RemediateDrift', tenant, { ...declared, services: deployed, reason: reasonOf(difference) }, about)
      : emit('Deploy', tenant, { ...declared, services: deployed }, about);
  const commands = [
    ...(provision ? [emit('ProvisionEnvironment', tenant, declared, about)] : []),
    ...configurations.map(({ name, tenant: owner }) => emit('PublishConfiguration', tenant, { ...declared, configuration: name, tenant: owner }, about)),
    ...bound.map(({ name, tenant: owner }) => emit('BindSecret', tenant, { ...declared, binding: name, tenant: owner }, about)),
    ...rotated.map(({ name, tenant: owner }) => emit('RotateSecret', tenant, { ...declared, binding: name, tenant: owner }, about)),
    ...(deployed.length > 0 ? [deployment()] : []),
    ...scaling.map(({ name, service, tenant: owner }) =>
      emit('ApplyScalingPolicy', tenant, { ...declared, policy: name, service, tenant: owner, deploymentId: deploymentId(service) }, about),
    ),
  ];
  // An owner without a binding is asked about too: one who was granted nothing reaches nobody else, and has to be told.
  const isUnbound = commands.length > 0 && !environment.bindings.some((binding) => binding.tenant === environment.tenant);
  const tenants = [...(isUnbound ? [environment.tenant] : []), ...bindings.map((binding) => binding.tenant)];
  return [...tenants.map((slug) => emit('BindTenant', tenant, { ...declared, tenant: slug }, about)), ...commands];
}

/**
 * Git changed in nothing but that services are to be applied again. Where another service changed with them they are part of its
 * deployment, which does the same for them: two deployments of one commit would wait for each other and replace each other's report.
 */
function isCorrection({ services, reapplied }: EnvironmentDifference): boolean {
  return reapplied.length === services.length;
}

function reasonOf({ reapplied }: EnvironmentDifference): string {
  const [value, other] = new Set(reapplied.map(({ reapply }) => reapply));
  return `Git asks for it: ${reapplyAnnotation} ${value === undefined || value === null || other !== undefined ? 'changed' : `says ${value}`}`;
}

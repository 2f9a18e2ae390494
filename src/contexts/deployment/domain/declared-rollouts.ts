import type { DesiredEnvironment, DesiredService } from '../../../kernel/desired-state.ts';
import { revisionName } from './app-view.ts';
import { leftOut, newRollout, type ServiceRollout } from './service-rollout.ts';
import { thenDeployed } from './what-to-do.ts';

/**
 * The named services as the commit declares them; what it does not declare is not deployed, and never removed. What it declares and may
 * not have is left out and said, so that a deployment of nothing else is not taken for one that brought everything.
 */
export function declaredRollouts(desired: DesiredEnvironment, names: readonly string[]): ServiceRollout[] {
  const services = desired.services.filter(({ name }) => names.includes(name));
  const refused = desired.invalid.filter(({ kind, name }) => kind === 'RuntimeService' && names.includes(name) && !services.some((service) => service.name === name));
  return [
    ...services.map((service) => ({
      ...newRollout(service.name),
      tenant: service.tenant,
      image: service.image,
      revision: revisionName(service),
      digest: service.digest,
      strategy: service.rollout.strategy,
      independent: service.rollout.independent,
      ...ingredientsOf(desired, service),
    })),
    // Whose it is, is not known of a document that cannot be used.
    ...refused.map(({ name }) => leftOut({ ...newRollout(name), tenant: desired.tenant }, outOfBounds)),
  ];
}

/** Of a tenant that declares two of one name, the parser has refused the second. */
function ingredientsOf({ configurations, secrets }: DesiredEnvironment, service: DesiredService): Pick<ServiceRollout, 'configuration' | 'secrets'> {
  const isOwn = ({ tenant }: { readonly tenant: string }): boolean => tenant === service.tenant;
  const configuration = configurations.find((one) => isOwn(one) && one.name === service.configuration);
  const bindings = secrets.filter((one) => isOwn(one) && service.secrets.includes(one.name));
  return {
    configuration: configuration === undefined ? null : { name: configuration.name, version: configuration.version },
    secrets: bindings.map(({ name, version }) => ({ binding: name, version })),
  };
}

const outOfBounds = {
  reason: 'Its manifest, or its tenant, may not be in this environment as declared',
  needs: thenDeployed('Put right what the plan or the refusal beside this says of it.'),
};

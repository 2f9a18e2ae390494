import type { DesiredEnvironment, DesiredTenantBinding } from '../../../kernel/desired-state.ts';
import type { Problem } from '../../../kernel/problem.ts';
import { bindingDocument, breach, environmentDocument, secretDocument, serviceDocument } from './breach.ts';

/** Every tenant that the environment has anything to do with, sorted. */
export function tenantsOf(environment: DesiredEnvironment): readonly string[] {
  const { bindings, services, configurations, secrets, scaling } = environment;
  const parts = [bindings, services, configurations, secrets, scaling].flat();
  return [...new Set([environment.tenant, ...parts.map(({ tenant }) => tenant)])].sort();
}

export function bindingOf(environment: DesiredEnvironment, tenant: string): DesiredTenantBinding | null {
  return environment.bindings.find((binding) => binding.tenant === tenant) ?? null;
}

/** What breaks the rules of placement, as far as `tenant` is to blame: a guest that enters a silo is, its owner is not. */
export function placementProblems(environment: DesiredEnvironment, tenant: string): Problem[] {
  const binding = bindingOf(environment, tenant);
  const own = binding === null ? unboundProblems(environment, tenant) : boundProblems(environment, binding);
  return [...own, ...foreignReferences(environment, tenant)];
}

function boundProblems(environment: DesiredEnvironment, binding: DesiredTenantBinding): Problem[] {
  return [...duplicateProblems(environment, binding), ...guestProblems(environment, binding.tenant), ...isolationProblems(environment, binding)];
}

/** What `unboundProblems` says. */
export const unboundCodes: ReadonlySet<string> = new Set(['binding-required', 'tenant-not-bound']);

/** A tenant other than the owner is there only by its binding; the owner needs one in production. */
export function unboundProblems(environment: DesiredEnvironment, tenant: string): Problem[] {
  if (bindingOf(environment, tenant) !== null) return [];
  if (tenant === environment.tenant && environment.stage !== 'prod') return [];
  const hint = `Declare a RuntimeTenantBinding for tenant ${tenant} that names the environment ${environment.name}.`;
  if (tenant === environment.tenant) {
    const message = `${environment.name} is a production environment and tenant ${tenant} is not bound to it.`;
    return [breach(environmentDocument(environment), { code: 'binding-required', path: 'spec.stage', message, hint })];
  }
  const message = `Tenant ${tenant} is not bound to ${environment.name}, which belongs to tenant ${environment.tenant}.`;
  const words = { code: 'tenant-not-bound', path: 'metadata.tenant', message, hint };
  return [
    ...environment.services.filter((one) => one.tenant === tenant).map((one) => breach(serviceDocument(one), words)),
    ...environment.secrets.filter((one) => one.tenant === tenant).map((one) => breach(secretDocument(one), words)),
  ];
}

/** The binding that a command means is the first; a second one could say otherwise. */
function duplicateProblems(environment: DesiredEnvironment, binding: DesiredTenantBinding): Problem[] {
  const others = environment.bindings.filter((one) => one.tenant === binding.tenant && one !== binding);
  return others.map((other) =>
    breach(bindingDocument(other), {
      code: 'duplicate-binding',
      path: 'spec.environments',
      message: `Tenant ${other.tenant} is bound to ${environment.name} by RuntimeTenantBinding ${binding.name} already.`,
      hint: 'Name each environment in one binding of the tenant only.',
    }),
  );
}

/** The environment of a silo belongs to one tenant alone. */
function guestProblems(environment: DesiredEnvironment, tenant: string): Problem[] {
  const silo = environment.bindings.find((one) => one.isolation === 'silo' && one.tenant !== tenant && one.tenant === environment.tenant);
  if (silo === undefined) return [];
  const message = `${environment.name} is the silo of tenant ${silo.tenant}; tenant ${tenant} may not be placed in it.`;
  const hint = `Place tenant ${tenant} in another environment, or change the isolation of RuntimeTenantBinding ${silo.name}.`;
  const words = { code: 'silo-is-exclusive', message, hint };
  return [
    ...environment.bindings.filter((one) => one.tenant === tenant).map((one) => breach(bindingDocument(one), { ...words, path: 'spec.environments' })),
    ...environment.services.filter((one) => one.tenant === tenant).map((one) => breach(serviceDocument(one), { ...words, path: 'metadata.tenant' })),
  ];
}

function isolationProblems(environment: DesiredEnvironment, binding: DesiredTenantBinding): Problem[] {
  switch (binding.isolation) {
    case 'silo':
      return siloProblems(environment, binding);
    case 'pool':
      return sharedIdentities(environment, binding.tenant);
    case 'shared':
      return sharedProblems(environment, binding);
  }
}

function siloProblems(environment: DesiredEnvironment, binding: DesiredTenantBinding): Problem[] {
  if (environment.tenant === binding.tenant) return [];
  return [
    breach(bindingDocument(binding), {
      code: 'silo-not-owned',
      path: 'spec.isolation',
      message: `Tenant ${binding.tenant} is bound as a silo to ${environment.name}, which belongs to tenant ${environment.tenant}.`,
      expected: `an environment whose metadata.tenant is ${binding.tenant}`,
      hint: 'Give the tenant an environment of its own, or bind it as pool or shared.',
    }),
  ];
}

/** Shared means served by the apps of the environment's owner. */
function sharedProblems(environment: DesiredEnvironment, binding: DesiredTenantBinding): Problem[] {
  if (environment.tenant === binding.tenant) return [];
  return environment.services
    .filter(({ tenant }) => tenant === binding.tenant)
    .map((service) =>
      breach(serviceDocument(service), {
        code: 'shared-has-no-services',
        path: 'metadata.tenant',
        message: `Tenant ${binding.tenant} is bound to ${environment.name} as shared: it uses the services of tenant ${environment.tenant} and brings none of its own.`,
        hint: `Bind the tenant as pool in RuntimeTenantBinding ${binding.name}, or take the service out of ${environment.name}.`,
      }),
    );
}

/** Two tenants with one identity could each read what the other may. */
function sharedIdentities(environment: DesiredEnvironment, tenant: string): Problem[] {
  const theirs = new Set(environment.secrets.filter((one) => one.tenant !== tenant).map(({ identity }) => identity.toLowerCase()));
  return environment.secrets
    .filter((secret) => secret.tenant === tenant && theirs.has(secret.identity.toLowerCase()))
    .map((secret) =>
      breach(secretDocument(secret), {
        code: 'identity-is-shared',
        path: 'spec.identity',
        message: `Identity ${secret.identity} is also used by another tenant of ${environment.name}.`,
        hint: `Give tenant ${tenant} an identity of its own.`,
      }),
    );
}

/** A service is made of its own tenant's documents. */
function foreignReferences(environment: DesiredEnvironment, tenant: string): Problem[] {
  const services = environment.services.filter((service) => service.tenant === tenant);
  return services.flatMap((service) => {
    const used = [
      ...environment.secrets.filter(({ name }) => service.secrets.includes(name)).map((one) => ({ ...one, path: 'spec.secrets' })),
      ...environment.configurations.filter(({ name }) => service.configuration === name).map((one) => ({ ...one, path: 'spec.configuration' })),
    ];
    return used
      .filter((one) => one.tenant !== tenant)
      .map(({ name, path, tenant: other }) =>
        breach(serviceDocument(service), {
          code: 'foreign-reference',
          path,
          message: `Service ${service.name} of tenant ${tenant} uses ${name}, which belongs to tenant ${other}.`,
          hint: `Declare one for tenant ${tenant}.`,
        }),
      );
  });
}

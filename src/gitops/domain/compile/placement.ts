import { foreignIds } from '../kinds/raw-properties.ts';
import { fault, type Fault } from '../reading/fault.ts';
import type { Draft } from '../reading/manifest.ts';
import { placeOf } from './collisions.ts';
import type { Declared } from './declared.ts';
import { resourceGroupId } from './documents.ts';
import { mayBeEnvironment } from './references.ts';

/** What is wrong about a service because of where it runs. */
export function placementFaults(declared: Declared, service: Draft<'RuntimeService'>, environment: Draft<'RuntimeEnvironment'>): readonly Fault[] {
  const name = environment.ref?.name ?? '';
  const place = placeOf(environment);
  const raw = service.partsIn(name)?.azure ?? {};
  return [
    ...(place === null ? [] : foreignIds(raw, resourceGroupId(place))),
    ...strangerFaults(declared, service, environment, name),
  ];
}

/** Another tenant's service comes in through a binding only. */
function strangerFaults(declared: Declared, { tenant }: Draft, { tenant: owner }: Draft, environment: string): readonly Fault[] {
  if (tenant === null || owner === null || tenant === owner || mayBeBound(declared, tenant, environment)) return [];
  return [
    fault({
      code: 'tenant-not-bound',
      path: ['metadata', 'tenant'],
      message: `The environment belongs to ${owner}, and no RuntimeTenantBinding binds ${tenant} to it`,
      expected: `a RuntimeTenantBinding of ${tenant} that lists the environment`,
    }),
  ];
}

export function ownerFaults(declared: Declared, environment: Draft<'RuntimeEnvironment'>): readonly Fault[] {
  const { ref, tenant } = environment;
  if (environment.partsIn('')?.stage !== 'prod' || tenant === null || ref === null || mayBeBound(declared, tenant, ref.name)) return [];
  return [
    fault({
      code: 'tenant-not-bound',
      path: ['metadata', 'tenant'],
      message: `No RuntimeTenantBinding binds ${tenant} to this environment`,
      expected: 'a binding of its owner, before a production environment is deployed to',
      hint: 'Add the environment to the RuntimeTenantBinding of the tenant',
    }),
  ];
}

/** One that is declared wrongly, or cannot be read, may be the binding that is asked for; its own problem says so. */
function mayBeBound(declared: Declared, tenant: string, environment: string): boolean {
  const unread = declared.broken.some(({ ref, kind, value }) => (kind === null && ref === null) || (value === null && ref?.kind === 'RuntimeTenantBinding'));
  return unread || declared.drafts.RuntimeTenantBinding.some((binding) => {
    if (binding.tenant !== null && binding.tenant !== tenant) return false;
    const listed = binding.partsIn('')?.environments ?? null;
    return listed === null || listed.some((name) => name === null || name === environment || !mayBeEnvironment(declared, name));
  });
}

import { describe, expect } from 'vitest';
import { desiredConfiguration, desiredEnvironment, desiredSecretBinding, desiredService, desiredTenantBinding } from '../../../../test/support/desired.ts';
import { fc, test } from '../../../../test/support/property.ts';
import { isolations, type DesiredEnvironment, type DesiredTenantBinding } from '../../../kernel/desired-state.ts';
import { placementProblems, tenantsOf } from './placement.ts';

const binding = (tenant: string, isolation: DesiredTenantBinding['isolation'], name = tenant) => desiredTenantBinding({ name, tenant, isolation });
const service = (tenant: string, name = `${tenant}-app`) => desiredService({ name, tenant });
const secret = (tenant: string, secretName: string, identity = `id-${tenant}`) =>
  desiredSecretBinding({ name: `${tenant}-${secretName}`, tenant, secret: secretName, identity, vault: 'kv-both' });

const rows: { reason: string; environment: Partial<DesiredEnvironment>; tenant: string; codes: string[] }[] = [
  { reason: 'an owner needs no binding outside of production', environment: { services: [service('contoso')] }, tenant: 'contoso', codes: [] },
  { reason: 'production needs its owner bound', environment: { stage: 'prod' }, tenant: 'contoso', codes: ['binding-required'] },
  { reason: 'production with a binding', environment: { stage: 'prod', bindings: [binding('contoso', 'pool')] }, tenant: 'contoso', codes: [] },
  { reason: 'a guest without a binding may place nothing', environment: { services: [service('fabrikam')] }, tenant: 'fabrikam', codes: ['tenant-not-bound'] },
  { reason: 'a guest in a pool', environment: { bindings: [binding('fabrikam', 'pool')], services: [service('fabrikam')] }, tenant: 'fabrikam', codes: [] },
  { reason: 'a silo that is its owner’s alone', environment: { bindings: [binding('contoso', 'silo')], services: [service('contoso')] }, tenant: 'contoso', codes: [] },
  {
    reason: 'a guest in a silo is to blame, with its binding and its service',
    environment: { bindings: [binding('contoso', 'silo'), binding('fabrikam', 'pool')], services: [service('fabrikam')] },
    tenant: 'fabrikam',
    codes: ['silo-is-exclusive', 'silo-is-exclusive'],
  },
  { reason: 'the owner of a silo is not to blame for a guest', environment: { bindings: [binding('contoso', 'silo'), binding('fabrikam', 'pool')] }, tenant: 'contoso', codes: [] },
  { reason: 'a silo needs an environment of its own', environment: { bindings: [binding('fabrikam', 'silo')] }, tenant: 'fabrikam', codes: ['silo-not-owned'] },
  { reason: 'one tenant, two bindings', environment: { bindings: [binding('contoso', 'pool'), binding('contoso', 'silo', 'again')] }, tenant: 'contoso', codes: ['duplicate-binding'] },
  {
    reason: 'a shared guest brings no service',
    environment: { bindings: [binding('fabrikam', 'shared')], services: [service('fabrikam')] },
    tenant: 'fabrikam',
    codes: ['shared-has-no-services'],
  },
  { reason: 'a shared guest that only uses', environment: { bindings: [binding('fabrikam', 'shared')], services: [service('contoso')] }, tenant: 'fabrikam', codes: [] },
  { reason: 'the owner of shared services runs them', environment: { bindings: [binding('contoso', 'shared')], services: [service('contoso')] }, tenant: 'contoso', codes: [] },
  {
    reason: 'two tenants of a pool with one identity',
    environment: { bindings: [binding('fabrikam', 'pool')], secrets: [secret('contoso', 'contoso-key', 'id-one'), secret('fabrikam', 'fabrikam-key', 'ID-One')] },
    tenant: 'fabrikam',
    codes: ['identity-is-shared'],
  },
  {
    reason: 'another tenant’s secret and configuration',
    environment: {
      services: [{ ...service('contoso'), secrets: ['fabrikam-key'], configuration: 'theirs' }],
      secrets: [secret('fabrikam', 'key')],
      configurations: [desiredConfiguration({ name: 'theirs', tenant: 'fabrikam' })],
    },
    tenant: 'contoso',
    codes: ['foreign-reference', 'foreign-reference'],
  },
];

describe('placement', () => {
  test.each(rows)('$reason', ({ environment, tenant, codes }) => {
    expect(placementProblems(desiredEnvironment(environment), tenant).map(({ code }) => code)).toEqual(codes);
  });

  test('a problem says where it is, what is wrong and what to do', () => {
    const guest = { ...service('fabrikam'), source: { file: 'trueup/guest.yaml', line: 42, column: 1, endLine: 51 } };
    const [problem] = placementProblems(desiredEnvironment({ services: [guest] }), 'fabrikam');
    expect(problem).toMatchObject({
      severity: 'error',
      location: { file: 'trueup/guest.yaml', line: 42 },
      document: { kind: 'RuntimeService', name: 'fabrikam-app' },
      message: 'Tenant fabrikam is not bound to staging, which belongs to tenant contoso.',
      hint: 'Declare a RuntimeTenantBinding for tenant fabrikam that names the environment staging.',
    });
  });
});

describe('properties of placement', () => {
  const tenant = fc.constantFrom('contoso', 'fabrikam', 'litware');
  const environments = fc
    .record({
      owner: tenant,
      bindings: fc.uniqueArray(fc.record({ tenant, isolation: fc.constantFrom(...isolations) }), { selector: (one) => one.tenant }),
      services: fc.uniqueArray(fc.record({ tenant, name: fc.constantFrom('a', 'b', 'c', 'd') }), { selector: (one) => one.name }),
    })
    .map(({ owner, bindings, services }) =>
      desiredEnvironment({ tenant: owner, bindings: bindings.map((one) => binding(one.tenant, one.isolation)), services: services.map((one) => service(one.tenant, one.name)) }),
    );
  const isClean = (environment: DesiredEnvironment) => tenantsOf(environment).every((one) => placementProblems(environment, one).length === 0);

  test('a clean environment that holds a silo holds one tenant', () => {
    fc.assert(
      fc.property(environments, (environment) => {
        const silo = environment.bindings.some(({ isolation }) => isolation === 'silo');
        return !silo || !isClean(environment) || tenantsOf(environment).length === 1;
      }),
    );
  });

  test('in a clean environment every service belongs to the owner or to a tenant that is bound as a pool', () => {
    fc.assert(
      fc.property(environments, (environment) => {
        const allowed = new Set([environment.tenant, ...environment.bindings.filter(({ isolation }) => isolation === 'pool').map((one) => one.tenant)]);
        return !isClean(environment) || environment.services.every((one) => allowed.has(one.tenant));
      }),
    );
  });

  test('a silo refuses every guest, whatever else is declared', () => {
    fc.assert(
      fc.property(environments, (environment) => {
        const siloed = { ...environment, bindings: [binding(environment.tenant, 'silo'), ...environment.bindings.filter((one) => one.tenant !== environment.tenant)] };
        const guests = tenantsOf(siloed).filter((one) => one !== siloed.tenant);
        return guests.every((guest) => placementProblems(siloed, guest).length > 0);
      }),
    );
  });
});

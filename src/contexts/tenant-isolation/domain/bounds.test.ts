import { describe, expect, test } from 'vitest';
import { desiredConfiguration, desiredEnvironment, desiredSecretBinding, desiredService, desiredTenantBinding, subscription } from '../../../../test/support/desired.ts';
import { grant, memoryGrants, owner } from '../../../../test/support/grants.ts';
import type { DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import type { Grant } from '../ports.ts';
import { bindingProblems, withinBounds } from './bounds.ts';

const group = `/subscriptions/${subscription}/resourceGroups`;
const environment = desiredEnvironment();

const grants: { reason: string; grant: Grant | null; codes: string[] }[] = [
  { reason: 'a prefix covers the resource group', grant: grant(), codes: [] },
  { reason: 'names compare without case', grant: grant({ resourceGroups: ['RG-Storefront-Staging'], vaults: ['KV-Storefront'] }), codes: [] },
  { reason: 'no grant at all', grant: null, codes: ['spec.azure'] },
  { reason: 'another subscription', grant: grant({ subscriptions: [] }), codes: ['spec.azure.subscription'] },
  { reason: 'a prefix of another name', grant: grant({ resourceGroups: ['rg-storefronts-*'] }), codes: ['spec.azure.resourceGroup'] },
  { reason: 'a name that only begins alike', grant: grant({ resourceGroups: ['rg-storefront'] }), codes: ['spec.azure.resourceGroup'] },
  { reason: 'a prefix covers the vault', grant: grant({ vaults: ['kv-*'] }), codes: [] },
  { reason: 'another vault', grant: grant({ vaults: ['kv-other'] }), codes: ['spec.vault'] },
];

describe('grant', () => {
  test.each(grants)('$reason', ({ grant: given, codes }) => {
    const problems = bindingProblems({ ...environment, secrets: [desiredSecretBinding()] }, 'contoso', { grant: given, others: [] });
    expect(problems.map(({ path }) => path)).toEqual(codes);
  });
});

function withBody(configuration: JsonObject, rest: { identity?: JsonObject; environmentId?: string } = {}): DesiredService {
  const { app, ...service } = desiredService();
  const { environmentId } = app.properties;
  return {
    ...service,
    app: { ...app, identity: rest.identity ?? {}, properties: { ...app.properties, environmentId: rest.environmentId ?? environmentId, configuration } },
  };
}

const bodies: { reason: string; service: DesiredService; found: number }[] = [
  { reason: 'what gitops renders', service: desiredService(), found: 0 },
  { reason: 'another managed environment', service: withBody({}, { environmentId: `${group}/rg-storefront-staging/providers/Microsoft.App/managedEnvironments/other` }), found: 1 },
  { reason: 'an identity of the same group, in Azure’s case', service: withBody({}, { identity: { userAssignedIdentities: { [`${group.toLowerCase()}/rg-storefront-staging/providers/x/y/id-a`]: {} } } }), found: 0 },
  { reason: 'an identity of another group', service: withBody({}, { identity: { userAssignedIdentities: { [`${group}/rg-secret/providers/x/y/id-a`]: {} } } }), found: 1 },
  { reason: 'a registry read with another group’s identity', service: withBody({ registries: [{ identity: `${group}/rg-secret/providers/x/y/id-a` }] }), found: 1 },
  { reason: 'a granted vault', service: withBody({ secrets: [{ keyVaultUrl: 'https://kv-storefront.vault.azure.net/secrets/a/0123' }] }), found: 0 },
  { reason: 'a vault that is not granted', service: withBody({ secrets: [{ keyVaultUrl: 'https://kv-other.vault.azure.net/secrets/a' }] }), found: 1 },
  { reason: 'an address that only looks like a vault', service: withBody({ secrets: [{ keyVaultUrl: 'https://kv-storefront.vault.azure.net.evil.example/secrets/a' }] }), found: 1 },
  { reason: 'its own secret of a shared vault', service: withBody({ secrets: [{ keyVaultUrl: 'https://kv-both.vault.azure.net/secrets/contoso-key/0123' }] }), found: 0 },
  { reason: 'a secret of a shared vault that names nobody', service: withBody({ secrets: [{ keyVaultUrl: 'https://KV-Both.vault.azure.net/secrets/key' }] }), found: 1 },
  { reason: 'a secret of another tenant in a shared vault', service: withBody({ secrets: [{ keyVaultUrl: 'https://kv-both.vault.azure.net/secrets/fabrikam-key' }] }), found: 1 },
];

describe('the rendered app', () => {
  test.each(bodies)('$reason', ({ service, found }) => {
    const problems = bindingProblems({ ...environment, services: [service] }, 'contoso', { grant: grant({ vaults: ['kv-storefront', 'kv-both'] }), others: [{ tenant: 'fabrikam', vaults: ['kv-both'] }] });
    expect(problems.map(({ code }) => code)).toEqual(Array.from({ length: found }, () => 'outside-reference'));
  });
});

describe('an identity that another tenant uses', () => {
  const carrying = (tenant: string) => ({ ...withBody({}, { identity: { userAssignedIdentities: { [desiredSecretBinding({ identity: 'id-one' }).identityId]: {} } } }), name: `${tenant}-app`, tenant });
  const bindings = [desiredTenantBinding({ name: 'fabrikam', tenant: 'fabrikam' })];

  test.each([
    { reason: 'a guest whose service carries the identity of the owner’s secrets', parts: { services: [carrying('fabrikam')], secrets: [desiredSecretBinding({ identity: 'id-one' })] }, tenant: 'fabrikam', found: 1 },
    { reason: 'a guest whose service carries the identity of the owner’s service', parts: { services: [carrying('fabrikam'), carrying('contoso')] }, tenant: 'fabrikam', found: 1 },
    { reason: 'the owner is not to blame for it', parts: { services: [carrying('fabrikam'), carrying('contoso')] }, tenant: 'contoso', found: 0 },
    { reason: 'one of its own', parts: { services: [carrying('fabrikam')] }, tenant: 'fabrikam', found: 0 },
  ])('$reason', ({ parts, tenant, found }) => {
    const problems = bindingProblems({ ...environment, bindings, ...parts }, tenant, { grant: grant(), others: [] });
    expect(problems.map(({ code }) => code)).toEqual(Array.from({ length: found }, () => 'outside-reference'));
  });
});

describe('within bounds', () => {
  test('what is clean stays the same object', () => {
    expect(withinBounds(environment, owner, memoryGrants())).toBe(environment);
  });

  test('an environment outside of its owner’s grant is not seen at all', () => {
    expect(withinBounds(environment, owner, memoryGrants({}))).toBeNull();
  });

  test('a secret outside of the grant takes the services that use it along, and nothing else', () => {
    const secrets = [desiredSecretBinding({ name: 'out', vault: 'kv-other' })];
    const services = [desiredService({ name: 'uses', secrets: ['out'] }), desiredService({ name: 'stays' })];
    const seen = withinBounds({ ...environment, services, secrets }, owner, memoryGrants());
    expect(seen?.services.map(({ name }) => name)).toEqual(['stays']);
    expect(seen?.secrets).toEqual([]);
    expect(seen?.invalid).toEqual([
      { kind: 'RuntimeService', name: 'uses' },
      { kind: 'SecretBinding', name: 'out' },
    ]);
  });

  test('a secret of a shared vault that may be another’s takes the services that use it along', () => {
    const secrets = [desiredSecretBinding({ name: 'out', secret: 'fabrikam-key' })];
    const services = [desiredService({ name: 'uses', secrets: ['out'] }), desiredService({ name: 'stays' })];
    const seen = withinBounds({ ...environment, services, secrets }, owner, memoryGrants({ [owner]: grant(), '100.8.fabrikam': grant() }));
    expect([seen?.services.map(({ name }) => name), seen?.secrets]).toEqual([['stays'], []]);
  });

  test('a silo’s own secret in a vault that is granted to another stays seen: what runs of it is still watched', () => {
    const silo = { ...environment, bindings: [desiredTenantBinding({ isolation: 'silo' })], secrets: [desiredSecretBinding({ secret: 'contoso-key' })] };
    expect(withinBounds(silo, owner, memoryGrants({ [owner]: grant(), '100.8.fabrikam': grant() }))).toBe(silo);
  });

  test('a guest that is not bound is not seen with anything', () => {
    const guest = { services: [desiredService({ tenant: 'fabrikam' })], configurations: [desiredConfiguration({ tenant: 'fabrikam' })] };
    const seen = withinBounds({ ...environment, ...guest }, owner, memoryGrants());
    expect(seen).toMatchObject({ services: [], configurations: [] });
    expect(seen?.invalid).toHaveLength(2);
  });

  test('who is over quota stays seen: what runs of it is still watched', () => {
    const bindings = [desiredTenantBinding({ quota: { services: 0, replicas: null, cpu: null, memory: null } })];
    expect(withinBounds({ ...environment, bindings, services: [desiredService()] }, owner, memoryGrants())?.services).toHaveLength(1);
  });
});

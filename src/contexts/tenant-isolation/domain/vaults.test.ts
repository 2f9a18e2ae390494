import { describe, expect } from 'vitest';
import { desiredEnvironment, desiredSecretBinding, desiredService, desiredTenantBinding } from '../../../../test/support/desired.ts';
import { grant, memoryGrants, owner } from '../../../../test/support/grants.ts';
import { fc, test } from '../../../../test/support/property.ts';
import type { DesiredEnvironment, Isolation } from '../../../kernel/desired-state.ts';
import type { Grant } from '../ports.ts';
import { allBindingProblems, declaredProblems } from './bounds.ts';
import { isOwnSecret } from './vaults.ts';

const secret = (name: string, parts: { tenant?: string; vault?: string } = {}) => desiredSecretBinding({ name: `${parts.tenant ?? 'contoso'}-${name}`, secret: name, vault: 'kv-shared', identity: `id-${parts.tenant ?? 'contoso'}`, ...parts });
const binding = (isolation: Isolation, tenant = 'contoso') => desiredTenantBinding({ name: tenant, tenant, isolation });
const shared = { vaults: ['kv-shared'] };
const withOther = (id: string, parts: Partial<Grant> = shared) => ({ [owner]: grant({ vaults: ['kv-shared', 'kv-own'] }), [id]: grant(parts) });

function raw(url: string) {
  const { app, ...service } = desiredService();
  return { ...service, app: { ...app, properties: { ...app.properties, configuration: { secrets: [{ keyVaultUrl: url }] } } } };
}

const rows: { reason: string; environment: Partial<DesiredEnvironment>; grants: Record<string, Grant>; codes: string[] }[] = [
  { reason: 'pool: another tenant of the repository, which declares nothing here, is granted the vault', environment: { bindings: [binding('pool')], secrets: [secret('fabrikam-key')] }, grants: withOther('100.7.fabrikam'), codes: ['secret-without-prefix spec.secret'] },
  { reason: 'pool: another tenant of another repository', environment: { bindings: [binding('pool')], secrets: [secret('fabrikam-key')] }, grants: withOther('100.8.fabrikam'), codes: ['secret-without-prefix spec.secret'] },
  { reason: 'pool: another tenant of another installation, by a prefix', environment: { bindings: [binding('pool')], secrets: [secret('fabrikam-key')] }, grants: withOther('101.9.fabrikam', { vaults: ['KV-*'] }), codes: ['secret-without-prefix spec.secret'] },
  { reason: 'pool: the name says whose it is', environment: { bindings: [binding('pool')], secrets: [secret('contoso-key')] }, grants: withOther('100.8.fabrikam'), codes: [] },
  { reason: 'pool: a name that says nothing', environment: { bindings: [binding('pool')], secrets: [secret('key')] }, grants: withOther('100.8.fabrikam'), codes: ['secret-without-prefix spec.secret'] },
  { reason: 'pool: a prefix that a longer slug of another repository claims', environment: { bindings: [binding('pool')], secrets: [secret('contoso-eu-key')] }, grants: withOther('100.8.contoso-eu'), codes: ['secret-without-prefix spec.secret'] },
  { reason: 'pool: a vault that others are not granted needs no prefix', environment: { bindings: [binding('pool')], secrets: [secret('key', { vault: 'kv-own' })] }, grants: withOther('100.8.fabrikam'), codes: [] },
  { reason: 'no binding at all is no way around', environment: { secrets: [secret('fabrikam-key')] }, grants: withOther('100.8.fabrikam'), codes: ['secret-without-prefix spec.secret'] },
  { reason: 'shared: the owner is held to it too', environment: { bindings: [binding('shared')], secrets: [secret('fabrikam-key')] }, grants: withOther('100.8.fabrikam'), codes: ['secret-without-prefix spec.secret'] },
  { reason: 'who is not granted the vault does not make it shared: its own binding is refused, not the other’s', environment: { bindings: [binding('pool'), binding('pool', 'fabrikam')], secrets: [secret('key', { vault: 'kv-own' }), secret('key', { tenant: 'fabrikam', vault: 'kv-own' })] }, grants: withOther('100.7.fabrikam'), codes: ['secret-without-prefix spec.secret', 'not-granted spec.vault'] },
  { reason: 'silo: a vault that is granted to nobody else', environment: { bindings: [binding('silo')], secrets: [secret('key', { vault: 'kv-own' })] }, grants: withOther('100.8.fabrikam'), codes: [] },
  { reason: 'silo: a vault that is granted to another, whatever the name', environment: { bindings: [binding('silo')], secrets: [secret('contoso-key')] }, grants: withOther('100.8.fabrikam'), codes: ['silo-vault-is-shared spec.vault'] },
  { reason: 'silo: a vault that is granted to the same name in another repository', environment: { bindings: [binding('silo')], secrets: [secret('contoso-key')] }, grants: withOther('100.8.contoso'), codes: ['silo-vault-is-shared spec.vault'] },
  { reason: 'silo: the same by the escape hatch', environment: { bindings: [binding('silo')], services: [raw('https://kv-shared.vault.azure.net/secrets/contoso-key')] }, grants: withOther('100.8.fabrikam'), codes: ['silo-vault-is-shared spec.azure.configuration.secrets'] },
  { reason: 'silo: the escape hatch to a vault of its own', environment: { bindings: [binding('silo')], services: [raw('https://kv-own.vault.azure.net/secrets/key')] }, grants: withOther('100.8.fabrikam'), codes: [] },
];

describe('vaults, by the grants', () => {
  test.each(rows)('$reason', ({ environment, grants, codes }) => {
    const problems = allBindingProblems(desiredEnvironment(environment), owner, memoryGrants(grants));
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(codes);
  });

  const declared: { reason: string; secrets: DesiredEnvironment['secrets']; found: number }[] = [
    { reason: 'names that say whose they are', secrets: [secret('contoso-key'), secret('fabrikam-key', { tenant: 'fabrikam' })], found: 0 },
    { reason: 'one that does not', secrets: [secret('contoso-key'), secret('key', { tenant: 'fabrikam' })], found: 1 },
    { reason: 'a vault each', secrets: [secret('key', { vault: 'kv-own' }), secret('key', { tenant: 'fabrikam' })], found: 0 },
  ];

  test.each(declared)('without the grants, what is used in one environment counts: $reason', ({ secrets, found }) => {
    const bindings = [binding('pool'), binding('pool', 'fabrikam')];
    expect(declaredProblems(desiredEnvironment({ bindings, secrets }))).toHaveLength(found);
  });

  const slug = fc.stringMatching(/^[a-c]{1,2}(-[a-c]{1,2})?$/);

  test('no secret of a shared vault is two tenants’ own', () => {
    fc.assert(
      fc.property(fc.uniqueArray(slug, { minLength: 2, maxLength: 5 }), fc.stringMatching(/^[a-c-]{1,8}$/), (tenants, name) => {
        const owners = tenants.filter((tenant) => {
          const others = tenants.filter((one) => one !== tenant).map((one) => ({ tenant: one, ...shared }));
          return isOwnSecret(desiredEnvironment({ tenant }), tenant, others, { vault: 'kv-shared', secret: name });
        });
        return owners.length <= 1;
      }),
    );
  });
});

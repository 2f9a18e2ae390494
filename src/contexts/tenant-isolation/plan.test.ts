import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredSecretBinding, desiredService, desiredTenantBinding } from '../../../test/support/desired.ts';
import { memoryGrants, owner } from '../../../test/support/grants.ts';
import type { DesiredEnvironment, DesiredTenantBinding } from '../../kernel/desired-state.ts';
import { tenantPlanner } from './plan.ts';

const plan = (base: DesiredEnvironment | null, head: DesiredEnvironment | null) => tenantPlanner({ grants: memoryGrants() })({ tenantId: owner, environment: 'staging', base, head });
const having = (...bindings: DesiredTenantBinding[]) => desiredEnvironment({ bindings });
const pool = desiredTenantBinding();
const silo = desiredTenantBinding({ isolation: 'silo', quota: { ...pool.quota, services: 2 } });

const rows: { reason: string; base: DesiredEnvironment | null; head: DesiredEnvironment | null; lines: string[] }[] = [
  { reason: 'nothing differs', base: having(pool), head: having(pool), lines: [] },
  { reason: 'a new binding', base: null, head: having(pool), lines: ['create contoso: Binds tenant contoso as pool'] },
  { reason: 'another isolation', base: having(pool), head: having(silo), lines: ['update contoso: Tenant contoso is bound as silo'] },
  { reason: 'a binding less', base: having(pool), head: having(), lines: ['unmanage contoso: Tenant contoso is bound no more; what runs of it stays'] },
  { reason: 'an environment less', base: having(pool), head: null, lines: ['unmanage contoso: Tenant contoso is bound no more; what runs of it stays'] },
  { reason: 'a binding that is declared wrongly is not gone', base: having(pool), head: { ...having(), invalid: [{ kind: 'RuntimeTenantBinding', name: 'contoso' }] }, lines: [] },
];

describe('plan of tenant-isolation', () => {
  test.each(rows)('$reason', async ({ base, head, lines }) => {
    const { changes } = await plan(base, head);
    expect(changes.map(({ action, name, summary }) => `${action} ${name}: ${summary}`)).toEqual(lines);
    expect(changes.every(({ effect }) => effect === 'nothing in Azure')).toBe(true);
  });

  test('an update shows which fields differ', async () => {
    const { changes } = await plan(having(pool), having(silo));
    expect(changes[0]?.differences).toEqual([
      { path: 'spec.isolation', lastApplied: 'pool', desired: 'silo', live: 'pool' },
      { path: 'spec.quota.services', lastApplied: null, desired: 2, live: null },
    ]);
  });

  test('every tenant of the environment is checked, also one that is not bound', async () => {
    const { problems } = await plan(null, desiredEnvironment({ services: [desiredService({ tenant: 'fabrikam' })] }));
    expect(problems.map(({ code, document }) => [code, document?.name])).toEqual([['tenant-not-bound', 'checkout']]);
  });

  test('a binding that is declared wrongly is not said to be missing as well, and nothing else is kept back', async () => {
    const services = [desiredService({ tenant: 'fabrikam', secrets: ['theirs'] })];
    const secrets = [desiredSecretBinding({ name: 'theirs', tenant: 'contoso' })];
    const invalid = [{ kind: 'RuntimeTenantBinding', name: 'fabrikam' }];
    const { problems } = await plan(null, desiredEnvironment({ stage: 'prod', services, secrets, invalid }));
    expect(problems.map(({ code }) => code)).toEqual(['foreign-reference']);
  });
});

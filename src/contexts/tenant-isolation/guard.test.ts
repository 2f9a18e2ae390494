import { describe, expect, test } from 'vitest';
import { envelopeOf } from '../../../test/support/delivery.ts';
import { desiredSecretBinding, desiredEnvironment, desiredService, desiredTenantBinding, memoryDesired } from '../../../test/support/desired.ts';
import { grant, memoryGrants, owner } from '../../../test/support/grants.ts';
import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import { OutOfBounds } from '../../kernel/errors.ts';
import { contextNames, parseTenantId } from '../../kernel/ids.ts';
import type { PlanRequest } from '../../kernel/plan.ts';
import { boundedDesired, boundedPlanner, tenantGuard } from './guard.ts';

const commit = 'a'.repeat(40);

const ids: { reason: string; tenant: string; reaches: readonly string[] }[] = [
  { reason: 'an installation reaches gitops only', tenant: '100', reaches: ['gitops'] },
  { reason: 'a repository reaches gitops only', tenant: '100.7', reaches: ['gitops'] },
  { reason: 'a tenant without a grant is reported and refused', tenant: '100.7.litware', reaches: ['gitops', 'tenant-isolation'] },
  { reason: 'the same slug in another repository has no grant', tenant: '100.8.contoso', reaches: ['gitops', 'tenant-isolation'] },
  { reason: 'a granted tenant reaches every context', tenant: owner, reaches: contextNames },
];

describe('tenant guard', () => {
  test.each(ids)('$reason', ({ tenant, reaches }) => {
    const allows = tenantGuard(memoryGrants());
    const envelope = envelopeOf('RefreshInventory', parseTenantId(tenant), { environment: 'staging' });
    expect(contextNames.filter((context) => allows(context, envelope).allowed)).toEqual(reaches);
  });
});

describe('bounded desired state', () => {
  const over = desiredEnvironment({ bindings: [desiredTenantBinding({ quota: { services: 0, replicas: null, cpu: null, memory: null } })], services: [desiredService()] });
  const reader = (environment: DesiredEnvironment, grants = memoryGrants()) => {
    const desired = memoryDesired();
    desired.declare(commit, 1, environment);
    return boundedDesired(desired, grants);
  };

  test('a clean commit is read as it is', async () => {
    const environment = desiredEnvironment();
    await expect(reader(environment).at(owner, 'staging', commit)).resolves.toEqual(environment);
  });

  test('a commit over quota cannot be applied, with a reason and what to do', async () => {
    const error: unknown = await reader(over).at(owner, 'staging', commit).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutOfBounds);
    expect(error).toMatchObject({ code: 'quota-exceeded', needs: expect.stringContaining('Raise the quota') });
  });

  test('a guest over quota is left out alone: its own documents count as declared wrongly', async () => {
    const guest = { tenant: 'fabrikam', name: 'fabrikam' };
    const environment = desiredEnvironment({
      bindings: [desiredTenantBinding(), desiredTenantBinding({ ...guest, quota: { services: 0, replicas: null, cpu: null, memory: null } })],
      services: [desiredService(), desiredService({ name: 'fulfilment', tenant: 'fabrikam' })],
      secrets: [desiredSecretBinding(), desiredSecretBinding({ name: 'carrier-token', tenant: 'fabrikam', vault: 'kv-fabrikam', identity: 'id-fabrikam' })],
      identities: ['id-fabrikam', 'id-storefront'],
    });
    await expect(reader(environment).at(owner, 'staging', commit)).resolves.toMatchObject({
      services: [{ name: 'checkout' }],
      identities: ['id-storefront'],
      invalid: [{ kind: 'RuntimeService', name: 'fulfilment' }, { kind: 'SecretBinding', name: 'carrier-token' }],
    });
  });

  test('what runs over quota is still watched', async () => {
    await expect(reader(over).current(owner, 'staging')).resolves.toMatchObject({ commit, environment: { services: [{ name: 'checkout' }] } });
  });

  test('a withdrawn grant stops watching too', async () => {
    await expect(reader(desiredEnvironment(), memoryGrants({})).current(owner, 'staging')).rejects.toThrow(OutOfBounds);
  });

  test('another tenant’s environment is not declared for this one', async () => {
    const bounded = reader(desiredEnvironment({ tenant: 'fabrikam' }));
    await expect(bounded.at(owner, 'staging', commit)).resolves.toBeNull();
    await expect(bounded.current(owner, 'staging')).resolves.toMatchObject({ environment: null });
  });
});

describe('bounded planner', () => {
  const plan = async (request: Partial<PlanRequest>) => {
    const asked: PlanRequest[] = [];
    const planner = boundedPlanner(async (seen) => {
      asked.push(seen);
      return { changes: [], problems: [] };
    }, memoryGrants({ [owner]: grant({ resourceGroups: ['rg-storefront-staging'] }) }));
    await planner({ tenantId: owner, environment: 'staging', base: null, head: null, ...request });
    return asked;
  };
  const elsewhere = desiredEnvironment({ azure: { ...desiredEnvironment().azure, resourceGroup: 'rg-of-somebody' } });

  test('a head out of bounds is not planned: nothing live is read for it', async () => {
    expect(await plan({ base: desiredEnvironment(), head: elsewhere })).toEqual([]);
  });

  test('a base out of bounds counts as not there', async () => {
    expect(await plan({ base: elsewhere, head: desiredEnvironment() })).toMatchObject([{ base: null, head: { name: 'staging' } }]);
  });

  test('a removal is planned', async () => {
    expect(await plan({ base: desiredEnvironment() })).toMatchObject([{ base: { name: 'staging' }, head: null }]);
  });
});

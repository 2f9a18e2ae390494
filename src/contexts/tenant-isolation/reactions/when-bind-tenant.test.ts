import { describe, expect, test } from 'vitest';
import { envelopeOf, failOnce, runToEnd, testClock } from '../../../../test/support/delivery.ts';
import { desiredEnvironment, desiredService, desiredTenantBinding, memoryDesired } from '../../../../test/support/desired.ts';
import { memoryGrants, owner } from '../../../../test/support/grants.ts';
import { memoryStore } from '../../../../test/support/memory-store.ts';
import type { DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { whenBindTenant } from './when-bind-tenant.ts';

const commit = 'a'.repeat(40);
const bound = desiredTenantBinding();
const tight = { services: 1, replicas: null, cpu: null, memory: null };

function world(environment: DesiredEnvironment, faults = failOnce(0, 'before')) {
  const store = memoryStore();
  const desired = memoryDesired();
  desired.declare(commit, 3, environment);
  const clock = testClock();
  const reaction = whenBindTenant({ store: faults.wrap(store), desired: faults.wrap(desired), grants: memoryGrants() });
  const bind = (overrides: { tenant?: string; generation?: number } = {}) =>
    runToEnd(reaction, envelopeOf('BindTenant', owner, { tenant: 'contoso', environment: 'staging', commit, generation: 3, ...overrides }), { store, clock });
  return { store, bind, faults };
}

describe('when BindTenant', () => {
  test('a tenant within its bounds is bound, with the digest of its binding', async () => {
    const { store, bind } = world(desiredEnvironment({ bindings: [bound] }));
    await bind();
    const event = { type: 'RuntimeTenantBound', tenantId: owner, payload: { tenant: 'contoso', environment: 'staging', commit, generation: 3, isolation: 'pool', digest: bound.digest } };
    expect(store.emitted).toEqual([event]);
    expect(store.snapshot()).toMatchObject({ [`${owner}|RuntimeTenantBinding|staging.contoso`]: { status: 'Bound', digest: bound.digest } });
  });

  test('a changed service is held to the quota although the binding did not change', async () => {
    const over = desiredEnvironment({ bindings: [desiredTenantBinding({ quota: tight })], services: [desiredService({ name: 'a' }), desiredService({ name: 'b' })] });
    const { store, bind } = world(over);
    const { last } = await bind();
    expect(last).toMatchObject({ end: 'stalled', needs: 'Raise the quota in RuntimeTenantBinding contoso, or declare less.' });
    expect(store.emitted).toMatchObject([{ type: 'RuntimeTenantBindingRefused', payload: { reason: expect.stringContaining('2 services of a quota of 1') } }]);
  });

  test('a tenant without a grant is refused', async () => {
    const { store, bind } = world(desiredEnvironment({ bindings: [desiredTenantBinding({ name: 'litware', tenant: 'litware' })] }));
    await bind({ tenant: 'litware' });
    expect(store.emitted).toMatchObject([{ type: 'RuntimeTenantBindingRefused', payload: { tenant: 'litware', needs: expect.stringContaining('grants file') } }]);
  });

  test('an owner without a binding is told of what it lacks, and nothing is recorded', async () => {
    const { store, bind } = world(desiredEnvironment({ tenant: 'litware' }));
    const { last } = await bind({ tenant: 'litware' });
    expect(last).toMatchObject({ end: 'stalled', needs: expect.stringContaining('grants file') });
    expect(store.emitted).toMatchObject([{ type: 'RuntimeTenantBindingRefused', payload: { tenant: 'litware' } }]);
    expect(store.snapshot()).toEqual({});
  });

  test('an owner without a binding who lacks nothing needs no answer', async () => {
    const { store, bind } = world(desiredEnvironment());
    await bind();
    expect(store.emitted).toEqual([]);
  });

  test('a binding that is declared no more is forgotten', async () => {
    const { store, bind } = world(desiredEnvironment({ bindings: [bound] }));
    await bind();
    const gone = memoryDesired();
    gone.declare(commit, 4, desiredEnvironment());
    const reaction = whenBindTenant({ store, desired: gone, grants: memoryGrants() });
    await runToEnd(reaction, envelopeOf('BindTenant', owner, { tenant: 'contoso', environment: 'staging', commit, generation: 4 }), { store, clock: testClock() });
    expect(store.snapshot()).toEqual({});
    expect(store.emitted).toHaveLength(1);
  });

  test('a message that a newer one has overtaken says nothing', async () => {
    const { store, bind } = world(desiredEnvironment({ bindings: [bound] }));
    await bind({ generation: 5 });
    await bind({ generation: 4 });
    expect(store.emitted).toHaveLength(1);
  });

  test('delivered twice, the answer is repeated and nothing else changes', async () => {
    const { store, bind } = world(desiredEnvironment({ bindings: [bound] }));
    await bind();
    const once = store.snapshot();
    const { last } = await bind();
    expect(last.saves).toEqual([]);
    expect(store.snapshot()).toEqual(once);
    expect(store.emitted[1]).toEqual(store.emitted[0]);
  });

  test.each([1, 2].flatMap((failing) => (['before', 'after'] as const).map((when) => ({ failing, when, reason: `call ${failing} fails ${when} its effect` }))))('$reason', async ({ failing, when }) => {
    const faults = failOnce(failing, when);
    const { store, bind } = world(desiredEnvironment({ bindings: [bound] }), faults);
    const { thrown } = await bind();
    const calm = world(desiredEnvironment({ bindings: [bound] }));
    await calm.bind();
    expect(thrown).toHaveLength(1);
    expect(store.snapshot()).toEqual(calm.store.snapshot());
    expect(store.emitted).toEqual(calm.store.emitted);
  });
});

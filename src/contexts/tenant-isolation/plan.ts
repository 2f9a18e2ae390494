import type { DesiredEnvironment, DesiredTenantBinding } from '../../kernel/desired-state.ts';
import type { Change, FieldDifference, Planner } from '../../kernel/plan.ts';
import { allBindingProblems } from './domain/bounds.ts';
import type { TenantIsolationPorts } from './ports.ts';

/** Bindings that differ, and every broken rule of placement, quota and grant. Reads nothing outside the manifests and the grants. */
export function tenantPlanner({ grants }: Pick<TenantIsolationPorts, 'grants'>): Planner {
  return async ({ tenantId, base, head }) => ({
    changes: bindingChanges(base, head),
    problems: head === null ? [] : allBindingProblems(head, tenantId, grants),
  });
}

function bindingChanges(base: DesiredEnvironment | null, head: DesiredEnvironment | null): Change[] {
  const before = new Map((base?.bindings ?? []).map((binding) => [binding.name, binding]));
  const after = head?.bindings ?? [];
  const kept = new Set(after.map(({ name }) => name));
  const declaredWrongly = new Set((head?.invalid ?? []).filter(({ kind }) => kind === 'RuntimeTenantBinding').map(({ name }) => name));
  const gone = [...before.values()].filter(({ name }) => !kept.has(name) && !declaredWrongly.has(name));
  return [
    ...after.filter((binding) => before.get(binding.name)?.digest !== binding.digest).map((binding) => changed(binding, before.get(binding.name) ?? null)),
    ...gone.map((binding) => changeOf(binding, 'unmanage', `Tenant ${binding.tenant} is bound no more; what runs of it stays`)),
  ];
}

function changed(binding: DesiredTenantBinding, before: DesiredTenantBinding | null): Change {
  const { tenant, isolation } = binding;
  if (before === null) return changeOf(binding, 'create', `Binds tenant ${tenant} as ${isolation}`);
  return { ...changeOf(binding, 'update', `Tenant ${tenant} is bound as ${isolation}`), differences: differencesOf(before, binding) };
}

function changeOf({ name, tenant }: DesiredTenantBinding, action: Change['action'], summary: string): Change {
  const risk = action === 'unmanage' ? 'medium' : 'low';
  return { context: 'tenant-isolation', kind: 'RuntimeTenantBinding', name, tenant, action, effect: 'nothing in Azure', risk, summary, differences: [] };
}

function differencesOf(before: DesiredTenantBinding, after: DesiredTenantBinding): FieldDifference[] {
  const rows = [
    { path: 'spec.isolation', old: before.isolation, desired: after.isolation },
    ...(['services', 'replicas', 'cpu', 'memory'] as const).map((key) => ({ path: `spec.quota.${key}`, old: before.quota[key], desired: after.quota[key] })),
  ];
  return rows.filter(({ old, desired }) => old !== desired).map(({ path, old, desired }) => ({ path, lastApplied: old, desired, live: old }));
}

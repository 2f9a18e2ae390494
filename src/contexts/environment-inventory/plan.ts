import type { DesiredEnvironment } from '../../kernel/desired-state.ts';
import type { Change, FieldDifference, Planner, PlanPart, PlanRequest } from '../../kernel/plan.ts';
import type { Problem } from '../../kernel/problem.ts';
import { partsOf, refusalsOf, type Part, type Refusal, type ResourceKind } from './domain/provisioning-step.ts';
import { environmentKey, immutableChanges, immutableWords, runtimeEnvironment, samePlace, type ImmutableChange, type RuntimeEnvironment } from './domain/runtime-environment.ts';
import { observePlace } from './steps/observe-place.ts';
import type { EnvironmentInventoryPorts } from './ports.ts';

/** A plan is short-lived and ends by itself. */
const signal = { aborted: false };

/** Reads Azure only when what provisioning depends on differs from the base. */
export function environmentPlanner(ports: Pick<EnvironmentInventoryPorts, 'store' | 'resources'>): Planner {
  return async (request) => {
    const { base, head } = request;
    if (head === null) return { changes: base === null ? [] : [unmanaged(base)], problems: [] };
    if (base?.digest === head.digest) return { changes: [], problems: [] };
    return planOf(ports, request, head);
  };
}

async function planOf({ store, resources }: Pick<EnvironmentInventoryPorts, 'store' | 'resources'>, request: PlanRequest, head: DesiredEnvironment): Promise<PlanPart> {
  const { tenantId, base } = request;
  const stored = await store.load(environmentKey(tenantId, head.name), runtimeEnvironment);
  const immutable = immutableProblems(stored?.value ?? null, base, head);
  // What cannot be done is not compared further: Azure would be asked about a place that nothing will be made in.
  if (immutable.length > 0) return { changes: [], problems: immutable };
  const observed = await observePlace(resources, tenantId, head, signal);
  const parts = partsOf(head, tenantId, observed);
  const refusals = refusalsOf(head, parts, observed.managedEnvironment).map((refusal) => problemOf(head, refusal));
  // Nothing is written while anything is refused, so nothing is shown that would be.
  if (refusals.length > 0) return { changes: [], problems: refusals };
  const moved = base !== null && !samePlace(base.azure, head.azure) ? [movedAway(base, head)] : [];
  return { changes: [...moved, ...parts.flatMap((part) => changeOf(part))], problems: [] };
}

/** Without a record the base branch says what is there. */
function immutableProblems(stored: RuntimeEnvironment | null, base: DesiredEnvironment | null, head: DesiredEnvironment): Problem[] {
  const changes = stored === null && base !== null && samePlace(base.azure, head.azure) ? declaredChanges(base, head) : immutableChanges(stored, head);
  return changes.map((change) => ({
    ...problemOf(head, { code: 'immutable', path: `spec.${change.field}`, ...immutableWords(head.name, change) }),
    expected: change.from,
  }));
}

function declaredChanges(base: DesiredEnvironment, head: DesiredEnvironment): ImmutableChange[] {
  return (['stage', 'region'] as const).filter((field) => base[field] !== head[field]).map((field) => ({ field, from: base[field], to: head[field] }));
}

function problemOf(head: DesiredEnvironment, { code, path, reason, needs }: Refusal): Problem {
  return { severity: 'error', code, message: reason, expected: null, hint: needs, location: head.source, path, document: { kind: 'RuntimeEnvironment', name: head.name } };
}

const nouns = { ResourceGroup: 'resource group', ManagedEnvironment: 'managed environment', UserAssignedIdentity: 'user-assigned identity' } as const satisfies Record<ResourceKind, string>;

function changeOf({ kind, name, ownership, tenant }: Part): Change[] {
  const change = { context: 'environment-inventory' as const, kind, name, tenant, risk: 'low' as const, differences: [] };
  switch (ownership) {
    case 'absent':
      return [{ ...change, action: 'create', effect: 'creates a resource', summary: `Creates the ${nouns[kind]}` }];
    case 'free':
      return [{ ...change, action: 'adopt', effect: 'tags only', summary: `Adopts the ${nouns[kind]} that is there` }];
    case 'ours-but-untagged':
      return [{ ...change, action: 'update', effect: 'tags only', summary: `Completes the tags of the ${nouns[kind]}` }];
    case 'ours':
    case 'foreign':
      return [];
  }
}

function unmanaged(base: DesiredEnvironment): Change {
  return environmentChange(base, 'unmanage', 'Is managed no more; nothing is deleted, what runs keeps running');
}

function movedAway(base: DesiredEnvironment, head: DesiredEnvironment): Change {
  const fields = ['subscription', 'resourceGroup', 'managedEnvironment'] as const;
  const differences = fields
    .filter((field) => base.azure[field] !== head.azure[field])
    .map((field): FieldDifference => ({ path: `spec.azure.${field}`, lastApplied: base.azure[field], desired: head.azure[field], live: base.azure[field] }));
  const summary = `Moves to another place; what runs in ${base.azure.managedEnvironment} stays there, managed no more`;
  return { ...environmentChange(head, 'update', summary), risk: 'high', differences };
}

function environmentChange({ name, tenant }: DesiredEnvironment, action: Change['action'], summary: string): Change {
  return { context: 'environment-inventory', kind: 'RuntimeEnvironment', name, tenant, action, effect: 'stops managing', risk: 'medium', summary, differences: [] };
}

import { stages, type AzurePlace } from '../../../kernel/desired-state.ts';
import { maxEnvironments } from '../limits.ts';
import { fault } from '../reading/fault.ts';
import type { Draft } from '../reading/manifest.ts';
import type { Declared, DraftFault } from './declared.ts';
import { managedEnvironmentId, resourceGroupId } from './documents.ts';

type Environment = Draft<'RuntimeEnvironment'>;

/** A flood of environments is nobody's wish: none of them is used. */
export function environmentFaults({ drafts }: Declared): readonly DraftFault[] {
  const all = drafts.RuntimeEnvironment;
  if (all.length <= maxEnvironments) return [];
  const found = fault({
    code: 'too-many-environments',
    path: ['metadata', 'name'],
    message: `The repository declares ${all.length} environments`,
    expected: `at most ${maxEnvironments}`,
  });
  return all.map((draft) => ({ draft, fault: found }));
}

/** Where an environment is in Azure; null when that cannot be read. */
export function placeOf(environment: Environment): AzurePlace | null {
  const { subscription = null, resourceGroup = null, managedEnvironment = null } = environment.partsIn('')?.azure ?? {};
  return subscription === null || resourceGroup === null || managedEnvironment === null ? null : { subscription, resourceGroup, managedEnvironment };
}

/**
 * Environments that are one in Azure. All of them stay in use: who was there first is written in Azure's tags and not in one commit, and
 * whoever came later is refused when it is provisioned. So nobody stops another's environment by declaring a second one.
 */
export function collisions({ drafts }: Declared): readonly DraftFault[] {
  if (drafts.RuntimeEnvironment.length > maxEnvironments) return [];
  const byGroup = Map.groupBy(drafts.RuntimeEnvironment, (draft) => idOf(draft, resourceGroupId));
  byGroup.delete(null);
  return [...byGroup.values()].flatMap((group) => {
    const [first, ...others] = group.toSorted(likeliestFirst);
    return first === undefined ? [] : [...sharedFault(first, group, 'warning'), ...others.flatMap((draft) => sharedFault(draft, group, 'error'))];
  });
}

/** Says only who is reported as what. */
function likeliestFirst(a: Environment, b: Environment): number {
  return rankOf(b) - rankOf(a) || ((a.ref?.name ?? '') < (b.ref?.name ?? '') ? -1 : 1);
}

function rankOf(environment: Environment): number {
  const stage = environment.partsIn('')?.stage ?? null;
  return stage === null ? -1 : stages.indexOf(stage);
}

/** Of two with one name the name is the mistake. */
function sharedFault(draft: Environment, group: readonly Environment[], severity: 'error' | 'warning'): readonly DraftFault[] {
  const others = group.filter(({ ref }) => ref !== null && ref.name !== draft.ref?.name);
  const names = [...new Set(others.flatMap(({ ref }) => ref?.name ?? []))].sort();
  if (names.length === 0) return [];
  const isOne = others.some((other) => idOf(other, managedEnvironmentId) === idOf(draft, managedEnvironmentId));
  const found = fault({
    severity,
    code: 'environment-collision',
    path: ['spec', 'azure', isOne ? 'managedEnvironment' : 'resourceGroup'],
    message: `${names.join(', ')} has the same ${isOne ? 'Container Apps environment' : 'resource group'}: only the one that is provisioned first is used`,
    expected: 'a resource group per RuntimeEnvironment',
    hint: severity === 'error' ? 'Name another resource group here' : `Nothing to do if this one was there first; ${names.join(', ')} needs another resource group`,
  });
  return [{ draft, fault: found }];
}

function idOf(environment: Environment, id: (place: AzurePlace) => string): string | null {
  const place = placeOf(environment);
  return place === null ? null : id(place).toLowerCase();
}

import { fieldsOf } from '../../../kernel/comparison/named-field.ts';
import { isForeign, repositoryTag, tagOf, type ObservedApp } from '../../../kernel/container-app.ts';
import { tagNames, type DesiredEnvironment } from '../../../kernel/desired-state.ts';
import { digestOf } from '../../../kernel/digest.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import type { Sighting } from './runtime-drift-finding.ts';
import { bounded } from './shown-text.ts';

/** Of one environment: a resource group that is shared with a hundred other apps needs no page of findings. */
const shown = 100;

/** Apps that Git does not declare. What is tagged as another repository's or environment's is theirs. */
export function unmanaged(environment: DesiredEnvironment, tenantId: TenantId, apps: readonly ObservedApp[]): readonly Sighting[] {
  const declared = new Set([...environment.services, ...environment.invalid].map(({ name }) => name.toLowerCase()));
  const strays = apps.filter((app) => !declared.has(app.id.name.toLowerCase()) && !isForeign(app, tenantId, environment.name) && isIn(environment, app));
  return strays
    .toSorted((a, b) => (a.id.name < b.id.name ? -1 : 1))
    .slice(0, shown)
    .map((app) => sighting(app, tagOf(app, tagNames.repository) === repositoryTag(tenantId)));
}

/** One resource group may hold several managed environments; the apps of the others are not this one's. */
function isIn({ azure }: DesiredEnvironment, { raw }: ObservedApp): boolean {
  const { environmentId, managedEnvironmentId } = fieldsOf(raw['properties']);
  const id = environmentId ?? managedEnvironmentId;
  return typeof id !== 'string' || id.toLowerCase().endsWith(`/managedenvironments/${azure.managedEnvironment.toLowerCase()}`);
}

function sighting({ id }: ObservedApp, wasOurs: boolean): Sighting {
  const live = 'a container app';
  return {
    class: 'unmanaged',
    service: bounded(id.name, 63),
    path: '',
    desired: '(absent)',
    live,
    liveDigest: digestOf(live),
    summary: wasOurs ? 'Git declares the service no more; its container app is still there' : 'A container app that Git does not declare',
  };
}

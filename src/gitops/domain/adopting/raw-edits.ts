import { isObject } from '../../../kernel/comparison/canonical.ts';
import { compareThreeWay } from '../../../kernel/comparison/compare.ts';
import { fitsPath } from '../../../kernel/comparison/path-pattern.ts';
import type { DesiredService, JsonObject } from '../../../kernel/desired-state.ts';
import { rawRest } from '../importing/raw-rest.ts';
import type { AdoptRequest, Left } from './adoption.ts';
import type { FieldChange } from './field-change.ts';
import { placedIn } from './placing.ts';
import { tried, type Tried } from './trial.ts';
import { secretWhy } from './without-secrets.ts';

/** What v1 has no words for goes to the escape hatch. */
export function withRaw(request: AdoptRequest, goal: JsonObject, { edits, left: said, service: before }: Tried, secrets: readonly FieldChange[]): Tried & { readonly notes: readonly string[] } {
  const { service } = request;
  const paths = remainingIn(before, request, goal, secrets).filter((path) => !isSaid(path, said));
  const rest = rawRest(goal, paths, { known: textsIn(service.app), withDefaults: true });
  const withheld = rest.withheld.map((path) => ({ path, why: secretWhy }));
  const isFrozen = (path: readonly string[]): boolean => path[1] === 'containers' && service.secrets.length > 0 && !service.rawPaths.includes('template.containers');
  const values = rest.values.filter(({ path }) => !isFrozen(path) && !rest.withheld.some((one) => one.startsWith(`properties.${path.join('.')}`)));
  const frozen = paths.filter((path) => path.startsWith('properties.template.containers') && rest.values.some((one) => isFrozen(one.path)));
  const raw = values.flatMap(({ path, value }) => placedIn(request, { kind: 'RuntimeService', name: service.name, path: ['azure', ...path], value, about: `properties.${path.join('.')}` }));
  const after = raw.length === 0 ? { edits, left: [], service: before } : tried(request, raw, edits);
  const isWhole = after.edits.some(({ edit }) => 'path' in edit && edit.path.slice(-2).join('.') === 'template.containers') && !service.rawPaths.includes('template.containers');
  return {
    edits: after.edits,
    service: after.service,
    left: [...withheld, ...after.left, ...frozen.map((path) => ({ path, why: 'only `spec.azure` has words for it, and there the names of secrets would not follow their versions' }))],
    notes: isWhole ? ['only `spec.azure` has words for it: what counts of the container is `spec.azure.template.containers` then, also its image'] : [],
  };
}

export function isSaid(path: string, left: readonly Left[]): boolean {
  return left.some((one) => fitsPath(one.path, path) || fitsPath(path, one.path));
}

/** Every text that stands in a value. */
export function textsIn(value: unknown): ReadonlySet<string> {
  if (typeof value === 'string') return new Set([value]);
  const parts = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  return new Set(parts.flatMap((part) => [...textsIn(part)]));
}

/** Where Git would say something else than the goal. */
export function remainingIn(service: DesiredService | null, request: AdoptRequest, goal: JsonObject, secrets: readonly FieldChange[]): readonly string[] {
  if (service === null) return [];
  const renamed = request.environment.secrets.filter(({ name }) => secrets.some((one) => one.name === name));
  const paths = compareThreeWay({ lastApplied: null, desired: service.app, live: goal }).map(({ path }) => path);
  return paths.filter((path) => path !== 'properties.template.revisionSuffix' && !renamed.some((one) => path.startsWith(`properties.configuration.secrets[${one.name}-`) || path.includes(`.env[${one.env}]`)));
}

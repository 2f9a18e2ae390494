import { isObject } from '../../../kernel/comparison/canonical.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { fault, type Fault, type Path } from '../reading/fault.ts';
import { valueAt } from '../reading/value-at.ts';
import { imageRefusal } from '../values/image.ts';

/** What `spec.azure` may not say, because something else in Git or in Trueup says it. */
const owned: readonly { readonly path: readonly string[]; readonly by: string }[] = [
  { path: ['environmentId'], by: 'the environment' },
  { path: ['managedEnvironmentId'], by: 'the environment' },
  { path: ['configuration', 'activeRevisionsMode'], by: 'the rollout: it needs several revisions' },
  { path: ['configuration', 'ingress', 'traffic'], by: 'the rollout' },
  { path: ['configuration', 'secrets'], by: 'SecretBinding' },
  { path: ['template', 'revisionSuffix'], by: 'the rollout: it names revisions by their content' },
  { path: ['template', 'scale'], by: 'ScalingPolicy' },
];

const base = ['spec', 'azure'] as const;

export function checkRawProperties(raw: JsonObject): readonly Fault[] {
  const faults = owned
    .filter(({ path }) => valueAt(raw, path) !== undefined)
    .map(({ path, by }) =>
      fault({ code: 'owned-elsewhere', path: [...base, ...path], at: 'key', message: 'This cannot be set here', expected: `to be left to ${by}` }),
    );
  return [...faults, ...shapeFaults(raw), ...images(raw, 'containers'), ...images(raw, 'initContainers')];
}

/** A merge patch could take away what a container app has to have. */
function shapeFaults(raw: JsonObject): readonly Fault[] {
  const mappings = [['configuration'], ['template']].filter((path) => valueAt(raw, path) !== undefined && !isObject(valueAt(raw, path)));
  const containers = valueAt(raw, ['template', 'containers']);
  const noContainer = containers !== undefined && !(Array.isArray(containers) && containers.length > 0 && containers.every(isObject));
  return [
    ...mappings.map((path) => fault({ code: 'wrong-type', path: [...base, ...path], message: 'A container app has to have this', expected: 'a mapping' })),
    ...(noContainer ? [fault({
      code: 'wrong-type',
      path: [...base, 'template', 'containers'],
      message: 'A container app has to have a container',
      expected: 'a list of containers',
    })] : []),
  ];
}

function images(raw: JsonObject, kind: 'containers' | 'initContainers'): readonly Fault[] {
  const containers = valueAt(raw, ['template', kind]);
  if (!Array.isArray(containers)) return [];
  return containers.flatMap((container, index) => {
    const image = valueAt(container, ['image']);
    const refusal = imageRefusal(typeof image === 'string' ? image : '');
    return refusal === null ? [] : [fault({ ...refusal, path: [...base, 'template', kind, index, ...(image === undefined ? [] : ['image'])] })];
  });
}

/** Paths below `properties` that the escape hatch sets, lists as a whole. */
export function rawPathsOf(raw: JsonObject): readonly string[] {
  return leaves(raw, []).map((path) => path.join('.')).sort();
}

function leaves(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (!isObject(value) || Object.keys(value).length === 0) return path.length === 0 ? [] : [path];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

/** Resource ids that lead out of the environment's resource group: what is there is somebody else's to grant. */
export function foreignIds(raw: JsonObject, resourceGroupId: string): readonly Fault[] {
  const home = `${resourceGroupId.toLowerCase()}/`;
  return texts(raw, base).flatMap(({ text, path }) => {
    const id = text.toLowerCase();
    if (isOwnedElsewhere(path.slice(base.length))) return [];
    if (!id.startsWith('/subscriptions/') || (id.startsWith(home) && !id.includes('..'))) return [];
    return [fault({
      code: 'foreign-resource',
      path,
      message: "This resource is not in the environment's resource group",
      expected: `an id below ${resourceGroupId}`,
    })];
  });
}

/** Whether `spec.azure` may not say what is at this path, or above it. */
export function isOwnedElsewhere(path: Path): boolean {
  return owned.some((one) => one.path.every((part, index) => path[index] === part));
}

function texts(value: unknown, path: Path): readonly { readonly text: string; readonly path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path }];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => [...texts(key, [...path, key]), ...texts(item, [...path, key])]);
}

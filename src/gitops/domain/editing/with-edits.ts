import type { ManifestEdit } from './manifest-edit.ts';

/** What is said in another place, so that a change here changes more. */
export class SaidElsewhere {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof SaidElsewhere);
}

export type Wanted = { readonly value: unknown } | { readonly refused: string };

/** What a document says with the edits in it, one after the other. What no edit names is the same object as before. */
export function withEdits(value: unknown, edits: readonly ManifestEdit[]): Wanted {
  let changed = value;
  for (const edit of edits) {
    if ('create' in edit) continue;
    const next = 'remove' in edit ? without(changed, edit.path, 0) : withValue(changed, edit.path, 0, edit.value);
    if (next instanceof SaidElsewhere) return { refused: next.why };
    changed = next;
  }
  return { value: changed };
}

function withValue(value: unknown, path: readonly string[], depth: number, wanted: unknown): unknown {
  const key = path[depth];
  if (key === undefined) return wanted;
  const mapping = mappingAt(value ?? {}, path, depth);
  if (mapping instanceof SaidElsewhere) return mapping;
  const changed = withValue(ownValue(mapping, key), path, depth + 1, wanted);
  return changed instanceof SaidElsewhere ? changed : { ...mapping, [key]: changed };
}

function without(value: unknown, path: readonly string[], depth: number): unknown {
  const key = path[depth];
  if (key === undefined) return new SaidElsewhere('a whole document cannot be removed');
  if (value === null || value === undefined) return value;
  const mapping = mappingAt(value, path, depth);
  if (mapping instanceof SaidElsewhere) return mapping;
  if (!Object.hasOwn(mapping, key)) return value;
  if (depth === path.length - 1) return Object.fromEntries(Object.entries(mapping).filter(([name]) => name !== key));
  const changed = without(mapping[key], path, depth + 1);
  if (changed instanceof SaidElsewhere) return changed;
  return changed === mapping[key] ? value : { ...mapping, [key]: changed };
}

function mappingAt(value: unknown, path: readonly string[], depth: number): Mapping | SaidElsewhere {
  if (isMapping(value) || value instanceof SaidElsewhere) return value;
  return new SaidElsewhere(`\`${path.slice(0, depth).join('.')}\` is no mapping`);
}

function ownValue(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/** Whether two values of plain JSON are the same, whatever the order of their keys. Of what is said elsewhere nothing is known, and nothing is changed. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b || (a instanceof SaidElsewhere && b instanceof SaidElsewhere)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

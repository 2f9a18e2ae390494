import { isObject, present } from '../../../kernel/comparison/canonical.ts';
import { parsePathPattern } from '../../../kernel/comparison/path-pattern.ts';
import { itemOf, keyOf, root, rulesAt, type Place } from '../../../kernel/comparison/rule-book.ts';
import type { JsonObject } from '../../../kernel/desired-state.ts';
import { isOwnedElsewhere } from '../kinds/raw-properties.ts';
import { mayBeSecret, mayHoldSecret } from '../reading/inline-secret.ts';
import { valueAt } from '../reading/value-at.ts';

/** A value of the escape hatch: where below `spec.azure`, and what. Null or an empty list takes away what Trueup renders. */
export interface RawValue {
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface RawRest {
  readonly values: readonly RawValue[];
  /** Places whose text may be secret, as people read them. */
  readonly withheld: readonly string[];
  /** Places that the escape hatch must not name. */
  readonly owned: readonly string[];
}

interface RawOptions {
  /** Texts that Git holds already: they are no secret that comes in anew. */
  readonly known: ReadonlySet<string>;
  /** Also what goes without saying is said. */
  readonly withDefaults: boolean;
}

interface Writing extends RawOptions {
  readonly withheld: string[];
}

/**
 * What `spec.azure` has to say so that the places of these paths (as a comparison shows them) become what the goal says there. A merge
 * patch replaces a list as a whole: all of the goal's list comes with one item of it.
 */
export function rawRest(goal: JsonObject, paths: readonly string[], { known, withDefaults }: RawOptions = { known: new Set(), withDefaults: false }): RawRest {
  const values = new Map<string, RawValue>();
  const [withheld, owned]: readonly [string[], string[]] = [[], []];
  for (const shown of paths) {
    const path = mappingPath(shown);
    if (path === null || isOwnedElsewhere(path)) {
      owned.push(shown);
      continue;
    }
    const place = path.reduce(keyOf, keyOf(root, 'properties'));
    const found = valueAt(goal, ['properties', ...path]);
    const writing: Writing = { known, withDefaults, withheld: [] };
    const value = written(writing, { place, key: path.at(-1) ?? '', path }, found);
    withheld.push(...writing.withheld);
    if (value === undefined && writing.withheld.length > 0) continue;
    values.set(path.join('\n'), { path, value: value ?? (Array.isArray(found) ? [] : null) });
  }
  return { values: [...values.values()].filter(({ path }) => !isBelowAnother(path, values)), withheld: [...new Set(withheld)], owned };
}

function isBelowAnother(path: readonly string[], values: ReadonlyMap<string, RawValue>): boolean {
  return path.some((_, index) => index > 0 && values.has(path.slice(0, index).join('\n')));
}

/** Below `properties`, up to the first list; null for what is not below it. */
function mappingPath(shown: string): readonly string[] | null {
  const parsed = parsePathPattern(shown);
  if ('why' in parsed || parsed.steps[0]?.name !== 'properties') return null;
  const list = parsed.steps.findIndex(({ of }) => of === 'list');
  const path = parsed.steps.slice(1, list === -1 ? undefined : list).map(({ name }) => name);
  return path.length === 0 ? null : path;
}

interface At {
  readonly place: Place;
  /** By which a text may look like a secret. */
  readonly key: string;
  /** Below `properties`; null below a list. */
  readonly path: readonly string[] | null;
}

/** Without what Azure sets itself, what says nothing, and what may be secret. Undefined where nothing is left. */
function written(writing: Writing, { place, key, path }: At, value: unknown): unknown {
  if (rulesAt(place).ignored || present(value) === null || (path !== null && isOwnedElsewhere(path))) return undefined;
  if (Array.isArray(value)) {
    // Without one of its texts a command would be another command.
    if (value.some((item) => typeof item === 'string' && !writing.known.has(item)) && mayHoldSecret(value, key)) return withheld(writing, place);
    const items = value.flatMap((item) => written(writing, { place: itemOf(place, nameOf(item)), key, path: null }, item) ?? []);
    return items.length === 0 ? undefined : items;
  }
  if (isObject(value)) return writtenFields(writing, place, path, value);
  return typeof value !== 'string' || writing.known.has(value) || !mayBeSecret(value, key) ? asSent(place, value) : withheld(writing, place);
}

/** Azure answers `Http`, and documents `http` for what is sent. */
function asSent({ pattern }: Place, value: unknown): unknown {
  return pattern === 'properties.configuration.ingress.transport' && typeof value === 'string' ? value.toLowerCase() : value;
}

function withheld(writing: Writing, { shown }: Place): undefined {
  writing.withheld.push(shown);
}

function writtenFields(writing: Writing, place: Place, path: readonly string[] | null, value: JsonObject): JsonObject | undefined {
  const named = typeof value['name'] === 'string' ? value['name'] : null;
  const before = writing.withheld.length;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const at = keyOf(place, key);
    const kept = written(writing, { place: at, key: key === 'value' && named !== null ? named : key, path: path === null ? null : [...path, key] }, item);
    // Not in a list: its items come whole, and a revision that was taken over is found again only by the very template that it has.
    const goesWithoutSaying = !writing.withDefaults && path !== null && kept === rulesAt(at).absentMeans && !at.pattern.includes('.resources.');
    return kept === undefined || goesWithoutSaying ? [] : [[key, kept] as const];
  });
  // A variable without its value would be another variable.
  const isTorn = writing.withheld.length > before && named !== null && 'value' in value;
  return entries.length === 0 || isTorn ? undefined : Object.fromEntries(entries);
}

function nameOf(item: unknown): string {
  return isObject(item) && typeof item['name'] === 'string' ? item['name'] : '';
}

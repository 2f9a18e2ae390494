import type { Path } from './fault.ts';

/** What stands at a path of plain JSON; undefined where nothing does. What every object inherits does not count. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, part) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    // The object has this key of its own.
    return (at as Readonly<Record<string | number, unknown>>)[part];
  }, value);
}

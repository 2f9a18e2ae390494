import type { z } from 'zod';
import { kindNames, kinds, type KindName } from '../kinds/kinds.ts';
import type { Kind } from '../kinds/kind.ts';
import { nearest } from '../values/nearest.ts';
import type { Path } from './fault.ts';
import { knownKeys, placesOf } from './known-keys.ts';

/** A hint for who wrote a field that stands in another place of the same mapping, or in another kind. `base` is where the mapping stands. */
export function belongsElsewhere(key: string, schema: z.ZodType, base: Path): string | null {
  const [place] = placesOf(schema, key, base);
  if (place !== undefined) return `It belongs in \`${place}\``;
  return base[0] === 'spec' ? ofAnotherKind(key) : null;
}

/** The same for a field beside `spec`. */
export function belongsInside(kind: KindName, key: string): string | null {
  const { metadata, spec }: Kind = kinds[kind];
  if (key === 'environments') return 'It belongs in `spec`';
  const [place] = [...placesOf(spec, key, ['spec']), ...placesOf(metadata, key, ['metadata'])];
  return place === undefined ? ofAnotherKind(key) : `It belongs in \`${place}\``;
}

function ofAnotherKind(key: string): string | null {
  for (const name of kindNames) {
    const { spec }: Kind = kinds[name];
    const field = nearest(key, knownKeys(spec, []));
    if (field !== null && field.length > 2) return `\`${field}\` is a field of ${name}: declare it there`;
  }
  return null;
}

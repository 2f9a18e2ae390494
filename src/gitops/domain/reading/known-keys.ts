import { z } from 'zod';
import { pathText, type Path } from './fault.ts';

/** The part of a JSON Schema that says which keys may stand where. */
interface KeySchema {
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: KeySchema | boolean;
  readonly items?: KeySchema;
  readonly anyOf?: readonly KeySchema[];
}

const keySchemas = new WeakMap<z.ZodType, KeySchema>();

function keySchemaOf(schema: z.ZodType): KeySchema {
  const known = keySchemas.get(schema) ?? (z.toJSONSchema(schema, { io: 'input' }) as KeySchema); // a JSON Schema has these fields
  keySchemas.set(schema, known);
  return known;
}

/** Keys that may stand at a path. */
export function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  const at = path.reduce<readonly KeySchema[]>((schemas, part) => schemas.flatMap(alternatives).flatMap((one) => below(one, part)), [keySchemaOf(schema)]);
  return [...new Set(at.flatMap(alternatives).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Paths of the mappings in which a key may stand, the outer ones first. */
export function placesOf(schema: z.ZodType, key: string, base: Path): readonly string[] {
  const places: string[] = [];
  let level: readonly { readonly schema: KeySchema; readonly path: Path }[] = [{ schema: keySchemaOf(schema), path: base }];
  while (level.length > 0) {
    const properties = level.flatMap(({ schema: one, path }) => alternatives(one).map((found) => ({ path, properties: found.properties ?? {} })));
    places.push(...properties.filter((one) => Object.hasOwn(one.properties, key)).map(({ path }) => pathText(path)));
    level = properties.flatMap((one) => Object.entries(one.properties).map(([name, inner]) => ({ schema: inner.items ?? inner, path: [...one.path, name] })));
  }
  return [...new Set(places)];
}

function alternatives(schema: KeySchema): readonly KeySchema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(alternatives)];
}

function below(schema: KeySchema, part: string | number): readonly KeySchema[] {
  if (typeof part === 'number') return schema.items === undefined ? [] : [schema.items];
  const own = schema.properties && Object.hasOwn(schema.properties, part) ? schema.properties[part] : undefined;
  if (own !== undefined) return [own];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

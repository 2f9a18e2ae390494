import { z } from 'zod';

/**
 * What could be read of a value, each field on its own: null stands for what is wrong or missing, undefined for what was rightly left
 * out. A list keeps its positions.
 */
export type Readable<T> = T extends readonly (infer Item)[]
  ? readonly (Readable<Item> | null)[]
  : T extends object
    ? { readonly [Key in keyof T]: Readable<T[Key]> | null }
    : T;

export function readable<T>(schema: z.ZodType<T>, value: unknown): Readable<T> | null {
  // The fields of the schema give the fields of the type.
  return partsOf(schema, value) as Readable<T> | null;
}

function partsOf(schema: z.core.$ZodType, value: unknown): unknown {
  const read = z.safeParse(schema, value);
  if (read.success) return read.data;
  const shape = unwrapped(schema);
  if (shape instanceof z.ZodArray) {
    const isShort = !read.error.issues.some(({ code, path }) => path.length === 0 && code === 'too_big');
    return Array.isArray(value) && isShort ? value.map((item) => partsOf(shape.element, item)) : null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  // An object that is no list has keys and values.
  const entries = value as Readonly<Record<string, unknown>>;
  if (shape instanceof z.ZodObject) {
    return Object.fromEntries(Object.entries(shape.shape).map(([key, field]) => [key, partsOf(field, Object.hasOwn(entries, key) ? entries[key] : undefined)]));
  }
  if (!(shape instanceof z.ZodRecord)) return null;
  const named = Object.entries(entries).filter(([key]) => z.safeParse(shape.keyType, key).success);
  return Object.fromEntries(named.map(([key, item]) => [key, partsOf(shape.valueType, item)]));
}

/** A text that is read into something else is right or wrong as a whole; a mapping that is has fields. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodPipe && schema.in instanceof z.ZodObject ? schema.in : schema;
}

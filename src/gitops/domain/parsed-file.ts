import { z } from 'zod';

/** The product of parsing one file: JSON only, so that it crosses a process boundary and a cache. */
const location = z.strictObject({ file: z.string(), line: z.number(), column: z.number(), endLine: z.number() });

const problem = z.strictObject({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  expected: z.string().nullable(),
  hint: z.string().nullable(),
  location,
  path: z.string(),
  document: z.strictObject({ kind: z.string(), name: z.string() }).nullable(),
});

const document = z.strictObject({
  /** Plain JSON as the author wrote it: not validated against a kind. */
  value: z.unknown(),
  /** Where the document starts and ends. */
  location,
  /** Place of the value at each path (`spec.replicas.max`), and of the key itself at `<path>#key`. */
  places: z.record(z.string(), z.strictObject({ line: z.number(), column: z.number(), endLine: z.number() })),
});

/** What could be read, and what could not: one bad document does not hide the others. */
export const parsedFileSchema = z.strictObject({
  path: z.string(),
  documents: z.array(document),
  problems: z.array(problem),
});

export type ParsedFile = z.infer<typeof parsedFileSchema>;
export type ParsedDocument = z.infer<typeof document>;

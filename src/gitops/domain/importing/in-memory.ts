import type { JsonObject } from '../../../kernel/desired-state.ts';
import type { ParsedFile } from '../parsed-file.ts';

/** Documents that nobody has written yet, as the parser would give them: each on a line. */
export function inMemory(path: string, documents: readonly JsonObject[], firstLine = 1): ParsedFile {
  const located = documents.map((value, index) => ({ value, location: { file: path, line: firstLine + index, column: 1, endLine: firstLine + index }, places: {} }));
  return { path, documents: located, problems: [] };
}

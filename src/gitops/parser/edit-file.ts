import { editText } from '../domain/editing/edit-text.ts';
import type { Edited, ManifestEdit } from '../domain/editing/manifest-edit.ts';
import { withEdits } from '../domain/editing/with-edits.ts';
import type { ParsedFile } from '../domain/parsed-file.ts';
import { decode } from './decode.ts';
import { parseFile } from './parse-file.ts';

const byteOrderMark = '\ufeff';

/** The file with other values. What comes out is read again: unless it says what it said before and these values, it is refused. */
export function editFile(path: string, bytes: Uint8Array, edits: readonly ManifestEdit[]): Edited {
  const decoded = decode(path, bytes);
  if ('problem' in decoded) return { refused: 'the file cannot be read' };
  const edited = editText(decoded.text, edits);
  if ('refused' in edited) return edited;
  const before = parseFile(path, bytes);
  const after = parseFile(path, new TextEncoder().encode(edited.text));
  if (saidBy(after.documents.map(({ value }) => value), after) !== saidBy(wantedValues(before, edits), before)) {
    return { refused: 'the change would change more than the value' };
  }
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return { text: `${marked ? byteOrderMark : ''}${edited.text}` };
}

function saidBy(values: readonly unknown[], { problems }: ParsedFile): string {
  return JSON.stringify([values.map(inOrder), problems.map(({ code, document }) => [code, document])]);
}

/** The order of keys says nothing, and an edit does not ask for one. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, inOrder(item)]));
}

function wantedValues({ documents }: ParsedFile, edits: readonly ManifestEdit[]): readonly unknown[] {
  return [...documents.map(({ value }) => wantedValue(value, edits)), ...edits.flatMap((edit) => ('create' in edit ? [edit.create] : []))];
}

function wantedValue(value: unknown, edits: readonly ManifestEdit[]): unknown {
  const { kind, metadata } = (value ?? {}) as { readonly kind?: unknown; readonly metadata?: { readonly name?: unknown } | null }; // only compared
  const wanted = withEdits(value, edits.filter((edit) => edit.kind === kind && edit.name === metadata?.name));
  return 'value' in wanted ? wanted.value : value;
}

import { editText } from '../domain/editing/edit-text.ts';
import type { Edited, ManifestEdit } from '../domain/editing/manifest-edit.ts';
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
  if (saidBy(after) !== saidBy({ ...before, documents: before.documents.map((document) => ({ ...document, value: withEdits(document.value, edits) })) })) {
    return { refused: 'the change would change more than the value' };
  }
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return { text: `${marked ? byteOrderMark : ''}${edited.text}` };
}

function saidBy({ documents, problems }: ParsedFile): string {
  return JSON.stringify([documents.map(({ value }) => value), problems.map(({ code, document }) => [code, document])]);
}

type Mapping = Readonly<Record<string, unknown>>;

function withEdits(value: unknown, edits: readonly ManifestEdit[]): unknown {
  const { kind, metadata } = (value ?? {}) as { readonly kind?: unknown; readonly metadata?: { readonly name?: unknown } | null }; // only compared
  const own = edits.filter((edit) => edit.kind === kind && edit.name === metadata?.name);
  return own.reduce((changed, edit) => withValue(changed, edit.path, edit.value), value);
}

function withValue(value: unknown, [key, ...rest]: readonly string[], text: string): unknown {
  if (key === undefined) return text;
  const mapping = (typeof value === 'object' && value !== null ? value : {}) as Mapping; // lists and scalars on the way were refused before
  return { ...mapping, [key]: withValue(mapping[key], rest, text) };
}

import { isMap, parseAllDocuments, type Document } from 'yaml';
import { changesOf } from './changes.ts';
import type { Edited, ManifestEdit } from './manifest-edit.ts';
import { valueOf } from './node-text.ts';
import { NotEditable, spliced, type Splice } from './splice.ts';
import { styleOfDocument } from './style-of.ts';
import { withEdits } from './with-edits.ts';
import { blockLines } from './write-value.ts';

/** One entry of a mapping is removed at a time, and each time the text is read again. */
const mostReadings = 200;

/**
 * Other values in a file, with everything else as its author wrote it: comments, order, quoting, line ends. May take long on hostile
 * input, so call it where that hurts nobody. Whether the outcome says what was asked for is for the caller to read.
 */
export function editText(text: string, edits: readonly ManifestEdit[]): Edited {
  let edited = text;
  const wanted = new Map<string, unknown>();
  for (let readings = 0; readings < mostReadings; readings += 1) {
    const round = editRound(edited, edits, wanted);
    if ('refused' in round) return round;
    if (round.text === edited) return withNewDocuments(edited, edits);
    edited = round.text;
  }
  return { refused: 'too much would change at once' };
}

/** As much as one reading of the text serves. `wanted`: what each document is to say, since the first reading. */
function editRound(text: string, edits: readonly ManifestEdit[], wanted: Map<string, unknown>): Edited {
  const documents = documentsOf(text);
  const splices: Splice[] = [];
  for (const [name, own] of Map.groupBy(edits.filter((edit) => !('create' in edit)), nameOf)) {
    const [edit] = own;
    const refuse = (why: string): Edited => ({ refused: `${edit?.kind ?? ''} \`${edit?.name ?? ''}\`: ${why}` });
    const [document, second] = documents.get(name) ?? [];
    if (document === undefined) return refuse('it is not declared in this file');
    if (second !== undefined) return refuse('it is declared twice in this file');
    const before = valueOf(document.contents);
    if (!wanted.has(name)) {
      const first = withEdits(before, own);
      if ('refused' in first) return refuse(first.refused);
      wanted.set(name, first.value);
    }
    try {
      splices.push(...changesOf({ text, style: styleOfDocument(text, document) }, document.contents, before, wanted.get(name), null));
    } catch (error) {
      if (!(error instanceof NotEditable)) throw error;
      return refuse(error.message);
    }
  }
  return { text: spliced(text, splices) };
}

function withNewDocuments(text: string, edits: readonly ManifestEdit[]): Edited {
  let edited = text;
  for (const edit of edits) {
    if (!('create' in edit)) continue;
    const documents = documentsOf(edited);
    if (documents.has(nameOf(edit))) return { refused: `${edit.kind} \`${edit.name}\`: it is declared in this file already` };
    const [first] = [...documents.values()].flat();
    const style = first === undefined ? null : styleOfDocument(edited, first);
    if (style === null) return { refused: 'nothing is declared in this file' };
    const lines = ['---', ...blockLines(edit.create, 0, style), ''].join(style.eol);
    edited = `${edited}${edited.endsWith('\n') ? '' : style.eol}${lines}`;
  }
  return { text: edited };
}

/** By kind and name; those that cannot be read are none. */
function documentsOf(text: string): ReadonlyMap<string, readonly Document.Parsed[]> {
  // As `parser/parse-file.ts` reads them: its comparison of keys takes a minute for a large file.
  const parsed = parseAllDocuments(text, { schema: 'core', merge: false, uniqueKeys: false, version: '1.2', prettyErrors: false, logLevel: 'silent' });
  const readable = (Array.isArray(parsed) ? parsed : []).filter(({ errors }) => errors.length === 0);
  return Map.groupBy(readable, ({ contents }) => {
    const metadata = isMap(contents) ? contents.get('metadata', true) : null;
    return nameOf({ kind: isMap(contents) ? contents.get('kind') : '', name: isMap(metadata) ? metadata.get('name') : '' });
  });
}

function nameOf({ kind, name }: { readonly kind: unknown; readonly name: unknown }): string {
  return `${String(kind)} ${String(name)}`;
}

import { isMap, parseAllDocuments, type Document } from 'yaml';
import { findSpot } from './find-spot.ts';
import type { Edited, ManifestEdit } from './manifest-edit.ts';
import { spliceAt, type Splice } from './splices.ts';

/**
 * Other values in a file, with everything else as its author wrote it: comments, order, quoting, line ends. May take long on hostile
 * input, so call it where that hurts nobody. Whether the outcome says what was asked for is for the caller to read.
 */
export function editText(text: string, edits: readonly ManifestEdit[]): Edited {
  let [edited, left] = [text, edits];
  while (left.length > 0) {
    const round = editRound(edited, left);
    if ('refused' in round) return round;
    [edited, left] = [round.text, round.left];
  }
  return { text: edited };
}

/** As many edits as one reading of the text serves: two in one mapping or below one key need two, since the second finds what the first made. */
function editRound(text: string, edits: readonly ManifestEdit[]): { readonly text: string; readonly left: readonly ManifestEdit[] } | { readonly refused: string } {
  const documents = documentsOf(text);
  const touched = new Set<unknown>();
  const splices: Splice[] = [];
  const left: ManifestEdit[] = [];
  for (const edit of edits) {
    const refuse = (why: string): { readonly refused: string } => ({ refused: `${edit.kind} \`${edit.name}\`: ${why}` });
    const [document, second] = documents.get(nameOf(edit)) ?? [];
    if (document === undefined) return refuse('it is not declared in this file');
    if (second !== undefined) return refuse('it is declared twice in this file');
    const spot = findSpot(document, edit.path);
    if (spot.is === 'refused') return refuse(spot.why);
    const place = spot.is === 'scalar' ? spot.node : spot.is === 'missing' ? spot.map : spot.pair;
    if (touched.has(place)) {
      left.push(edit);
      continue;
    }
    touched.add(place);
    if (spot.is === 'scalar' && spot.node.value === edit.value) continue;
    const splice = spliceAt(text, spot, edit.value);
    if ('refused' in splice) return refuse(splice.refused);
    splices.push(splice);
  }
  return { text: spliced(text, splices), left };
}

function spliced(text: string, splices: readonly Splice[]): string {
  const inOrder = splices.toSorted((a, b) => a.start - b.start);
  const parts = inOrder.map((splice, index) => text.slice(inOrder[index - 1]?.end ?? 0, splice.start) + splice.text);
  return parts.join('') + text.slice(inOrder.at(-1)?.end ?? 0);
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

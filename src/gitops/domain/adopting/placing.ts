import type { ManifestEdit } from '../editing/manifest-edit.ts';
import type { ParsedDocument, ParsedFile } from '../parsed-file.ts';
import { valueAt } from '../reading/value-at.ts';
import type { AdoptRequest } from './adoption.ts';
import { concerned } from './declared-by.ts';
import type { FieldChange } from './field-change.ts';

export interface PlacedEdit {
  readonly file: string;
  readonly edit: ManifestEdit;
}

export interface AboutEdit extends PlacedEdit {
  /** Paths of the container app that it is about begin so. */
  readonly about: string;
}

/** Null where it is declared nowhere, or twice. */
export function documentOf(files: readonly ParsedFile[], kind: string, name: string): ParsedDocument | null {
  const found = files.flatMap(({ documents }) => documents).filter(({ value }) => valueAt(value, ['kind']) === kind && valueAt(value, ['metadata', 'name']) === name);
  return found.length === 1 ? (found[0] ?? null) : null;
}

/**
 * Where a change goes: to the entry of the environment where that says it already, or where the document counts in other environments,
 * too; otherwise to what all have in common. Null where it can go nowhere: an entry cannot say that the escape hatch removes something.
 */
function placed(document: ParsedDocument, { kind, name, path, value }: FieldChange, environment: string, isAlone: boolean): PlacedEdit | null {
  const common = ['spec', ...path];
  const own = ['spec', 'environments', environment, ...path];
  const [inCommon, inOwn] = [valueAt(document.value, common) !== undefined, valueAt(document.value, own) !== undefined];
  const { file } = document.location;
  const toOwn = inOwn || !isAlone;
  if (value === undefined) {
    if (!inCommon && !inOwn) return null;
    // A merge patch removes what it says null for.
    if (inCommon && toOwn) return { file, edit: { kind, name, path: own, value: null } };
    return { file, edit: { kind, name, path: inOwn ? own : common, remove: true } };
  }
  if (value === null && toOwn) return null;
  return { file, edit: { kind, name, path: toOwn ? own : common, value } };
}

export function placedIn({ files, environment }: Pick<AdoptRequest, 'files' | 'environment'>, change: FieldChange): readonly AboutEdit[] {
  const document = documentOf(files, change.kind, change.name);
  const edit = document === null ? null : placed(document, change, environment.name, concerned(files, change).size <= 1);
  return edit === null ? [] : [{ ...edit, about: change.about }];
}

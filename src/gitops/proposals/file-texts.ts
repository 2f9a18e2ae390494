import type { TenantId } from '../../kernel/ids.ts';
import type { ManifestEdit } from '../domain/editing/manifest-edit.ts';
import { maxFileBytes } from '../domain/limits.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { ProposedFile, TreeEntry } from '../ports.ts';

export type FileEdit = ManifestEdit & { readonly file: string };

export type Texts = (file: string) => Promise<{ readonly entry: TreeEntry; readonly bytes: Uint8Array } | null>;

/** Files of a tree, each fetched once. Null for one that is not there. */
export function fileTexts({ repository }: Pick<GitopsNeeds, 'repository'>, tenant: TenantId, tree: readonly TreeEntry[]): Texts {
  const read = new Map<string, ReturnType<Texts>>();
  return (file) => {
    const entry = tree.find(({ path }) => path === file);
    const known = read.get(file) ?? (entry === undefined ? Promise.resolve(null) : repository.blob(tenant, entry.sha, maxFileBytes).then((bytes) => ({ entry, bytes })));
    read.set(file, known);
    return known;
  };
}

/** Which file refuses, and one sentence why. */
export interface RefusedFile {
  readonly file: string;
  readonly why: string;
}

/** The files with all of the edits in them, or the first that refuses. One whose text stays the same is none of them. */
export async function editFiles({ editor }: Pick<GitopsNeeds, 'editor'>, texts: Texts, edits: readonly FileEdit[]): Promise<{ readonly files: readonly ProposedFile[] } | RefusedFile> {
  const files: ProposedFile[] = [];
  for (const [file, ofFile] of [...Map.groupBy(edits, (edit) => edit.file)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const read = await texts(file);
    if (read === null) return { file, why: 'its file is not there' };
    const edited = await editor.edit(file, read.bytes, ofFile.map(withoutFile));
    if ('refused' in edited) return { file, why: edited.refused };
    if (edited.text !== new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes)) files.push({ path: file, mode: read.entry.mode, content: { text: edited.text } });
  }
  return { files };
}

export function withoutFile({ file: _file, ...edit }: FileEdit): ManifestEdit {
  return edit;
}

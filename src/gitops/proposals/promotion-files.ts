import type { TenantId } from '../../kernel/ids.ts';
import type { ManifestEdit } from '../domain/editing/manifest-edit.ts';
import { maxFileBytes } from '../domain/limits.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { ProposedFile, TreeEntry } from '../ports.ts';
import type { Move, NotMoved } from './promotion-moves.ts';

type Needs = Pick<GitopsNeeds, 'repository' | 'editor'>;

export interface EditedFiles {
  readonly files: readonly ProposedFile[];
  readonly moves: readonly Move[];
  readonly notMoved: readonly NotMoved[];
}

/** The files with the moves in them. A service moves as a whole or not at all, and one that cannot holds up no other. */
export async function editedFiles(needs: Needs, tenant: TenantId, head: readonly TreeEntry[], wanted: readonly Move[]): Promise<EditedFiles> {
  const texts = filesReader(needs, tenant, head);
  let moves = wanted;
  const notMoved: NotMoved[] = [];
  for (;;) {
    const result = await editAll(needs, texts, moves);
    if ('files' in result) return { files: result.files, moves, notMoved };
    const refused = await refusedBy(needs, texts, moves, result);
    notMoved.push(...refused);
    moves = moves.filter(({ service }) => !refused.some((one) => one.service === service));
  }
}

interface Refused {
  readonly file: string;
  readonly why: string;
}

type Texts = (file: string) => Promise<{ readonly entry: TreeEntry; readonly bytes: Uint8Array } | null>;

async function editAll({ editor }: Needs, texts: Texts, moves: readonly Move[]): Promise<{ readonly files: readonly ProposedFile[] } | Refused> {
  const byFile = Map.groupBy(moves.flatMap(({ edits }) => edits), ({ file }) => file);
  const files: ProposedFile[] = [];
  for (const [file, edits] of [...byFile].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const read = await texts(file);
    if (read === null) return { file, why: 'its file is not there' };
    const edited = await editor.edit(file, read.bytes, edits.map(withoutFile));
    if ('refused' in edited) return { file, why: edited.refused };
    files.push({ path: file, mode: read.entry.mode, content: { text: edited.text } });
  }
  return { files };
}

/** Which services the file refuses; all that are in it, when it takes each alone but not together. */
async function refusedBy({ editor }: Needs, texts: Texts, moves: readonly Move[], { file, why }: Refused): Promise<readonly NotMoved[]> {
  const concerned = moves.filter(({ edits }) => edits.some((edit) => edit.file === file));
  const read = await texts(file);
  const alone: NotMoved[] = [];
  for (const { service, edits } of read === null ? [] : concerned) {
    const edited = await editor.edit(file, read?.bytes ?? new Uint8Array(), edits.filter((edit) => edit.file === file).map(withoutFile));
    if ('refused' in edited) alone.push({ service, why: edited.refused });
  }
  return alone.length > 0 ? alone : concerned.map(({ service }) => ({ service, why }));
}

function withoutFile({ file: _file, ...edit }: Move['edits'][number]): ManifestEdit {
  return edit;
}

/** Each file is fetched once. */
function filesReader({ repository }: Needs, tenant: TenantId, head: readonly TreeEntry[]): Texts {
  const read = new Map<string, ReturnType<Texts>>();
  return (file) => {
    const entry = head.find(({ path }) => path === file);
    const known = read.get(file) ?? (entry === undefined ? Promise.resolve(null) : repository.blob(tenant, entry.sha, maxFileBytes).then((bytes) => ({ entry, bytes })));
    read.set(file, known);
    return known;
  };
}

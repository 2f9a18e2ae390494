import type { TenantId } from '../../kernel/ids.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { ProposedFile, TreeEntry } from '../ports.ts';
import { editFiles, fileTexts, withoutFile, type RefusedFile, type Texts } from './file-texts.ts';
import type { Move, NotMoved } from './promotion-moves.ts';

type Needs = Pick<GitopsNeeds, 'repository' | 'editor'>;

export interface EditedFiles {
  readonly files: readonly ProposedFile[];
  readonly moves: readonly Move[];
  readonly notMoved: readonly NotMoved[];
}

/** The files with the moves in them. A service moves as a whole or not at all, and one that cannot holds up no other. */
export async function editedFiles(needs: Needs, tenant: TenantId, head: readonly TreeEntry[], wanted: readonly Move[]): Promise<EditedFiles> {
  const texts = fileTexts(needs, tenant, head);
  let moves = wanted;
  const notMoved: NotMoved[] = [];
  for (;;) {
    const result = await editFiles(needs, texts, moves.flatMap(({ edits }) => edits));
    if ('files' in result) return { files: result.files, moves, notMoved };
    const refused = await refusedBy(needs, texts, moves, result);
    notMoved.push(...refused);
    moves = moves.filter(({ service }) => !refused.some((one) => one.service === service));
  }
}

/** Which services the file refuses; all that are in it, when it takes each alone but not together. */
async function refusedBy({ editor }: Needs, texts: Texts, moves: readonly Move[], { file, why }: RefusedFile): Promise<readonly NotMoved[]> {
  const concerned = moves.filter(({ edits }) => edits.some((edit) => edit.file === file));
  const read = await texts(file);
  const alone: NotMoved[] = [];
  for (const { service, edits } of read === null ? [] : concerned) {
    const edited = await editor.edit(file, read?.bytes ?? new Uint8Array(), edits.filter((edit) => edit.file === file).map(withoutFile));
    if ('refused' in edited) alone.push({ service, why: edited.refused });
  }
  return alone.length > 0 ? alone : concerned.map(({ service }) => ({ service, why }));
}

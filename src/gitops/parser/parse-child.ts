import type { ManifestEdit } from '../domain/editing/manifest-edit.ts';
import { editFile } from './edit-file.ts';
import { parseFile } from './parse-file.ts';

/** The process that reads hostile bytes: it has no secret, no network, no file but its own program, and 128 MiB. */
interface Order {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Null: the file is only read. */
  readonly edits: readonly ManifestEdit[] | null;
}

process.on('message', ({ path, bytes, edits }: Order) => {
  process.send?.(edits === null ? { file: parseFile(path, bytes) } : { edited: editFile(path, bytes, edits) });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ ready: true });

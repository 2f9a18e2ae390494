import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fault, type Fault } from '../../gitops/domain/reading/fault.ts';
import { codeOf } from '../offline/offline-command.ts';
import type { UsageFault } from '../usage-fault.ts';

/** Of a repository: by path, as text or as it lies in a folder. */
export type SeedFiles = Readonly<Record<string, string | Uint8Array>>;

interface Place {
  readonly seedFile: string;
  /** Of the repository in the seed. */
  readonly path: Fault['path'];
  readonly refuse: (found: Fault) => UsageFault;
}

/** Of names of files those that are folders of others, too. */
export function foldersAmong(names: readonly string[]): readonly string[] {
  return names.filter((name) => names.some((other) => other.startsWith(`${name}/`)));
}

/** What a repository begins with: the files of its folder, and over them those that the seed itself says. @throws {UsageFault} */
export async function filesOf({ folder, files }: { readonly folder?: string | undefined; readonly files: Readonly<Record<string, string>> }, { seedFile, path, refuse }: Place): Promise<SeedFiles> {
  if (folder === undefined) return files;
  const root = resolve(dirname(seedFile), folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw refuse(fault({ code: 'unreadable-folder', path: [...path, 'folder'], message: `The folder ${root} cannot be read (${codeOf(error)})`, expected: 'a folder, named from where the seed lies', hint: 'Correct the path, or make the folder' }));
  });
  const found: Record<string, string | Uint8Array> = {};
  for (const entry of entries) {
    const name = relative(root, join(entry.parentPath, entry.name)).split(sep);
    // A link could lead anywhere; what Git keeps for itself is not a file of the repository.
    if (entry.isFile() && !name.includes('.git')) found[name.join('/')] = await readFile(join(entry.parentPath, entry.name));
  }
  const both = { ...found, ...files };
  const [taken] = foldersAmong(Object.keys(both));
  if (taken === undefined) return both;
  throw refuse(fault({ code: 'duplicate-name', path: [...path, 'files'], message: `\`${taken}\` is a file and, with what lies in ${root}, a folder, too`, expected: 'either a file or a folder', hint: 'Rename one of the two' }));
}

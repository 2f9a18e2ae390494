import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface ManifestFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Those that are there already, in whatever form. */
export async function existing(folder: string, files: readonly ManifestFile[]): Promise<readonly string[]> {
  const found = await Promise.all(files.map(({ path }) => lstat(join(folder, path)).then(() => [path], () => [])));
  return found.flat();
}

/** `overwrite`: also those that are there. @throws where one cannot be written; those before are. */
export async function writeFiles(folder: string, files: readonly ManifestFile[], overwrite: boolean): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // A file that came in between is somebody's.
    await writeFile(join(folder, path), text, { flag: overwrite ? 'w' : 'wx' });
  }
}

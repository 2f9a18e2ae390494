import { access, constants, mkdir, mkdtemp, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { CloudName } from '../../local/faults/fault-api.ts';
import { codeOf } from '../offline/offline-command.ts';
import { UsageFault } from '../usage-fault.ts';

/** Where the local clouds write. What they wrote goes when they end, and so does each folder that was made for it and is empty then. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
}

/** All that each cloud writes into it. */
export const written = {
  azure: { ca: 'ca.pem', federatedToken: 'federated-token.jwt' },
  github: { appKey: 'app-key.pem', repositories: 'github' },
} as const;

/** @throws {UsageFault} when something lies there that would be overwritten, and removed in the end. @throws when it cannot be written to. */
export async function openFolder(wanted: string | null, clouds: readonly CloudName[]): Promise<Folder> {
  const path = wanted === null ? await mkdtemp(join(tmpdir(), 'trueup-local-')) : resolve(wanted);
  const made = wanted === null ? [path] : await usableFolder(path);
  const names = clouds.flatMap((cloud) => Object.values(written[cloud]));
  const claims = await Promise.all(names.map(async (name) => ({ name, claimed: await claimed(path, name) })));
  const own = claims.filter((claim) => claim.claimed).map(({ name }) => name);
  const folder = {
    path,
    async [Symbol.asyncDispose]() {
      await Promise.all(own.map((name) => rm(join(path, name), { recursive: true, force: true })));
      // Who put something there keeps it.
      for (const each of made.toReversed()) await rmdir(each).catch(() => undefined);
    },
  };
  if (own.length === names.length) return folder;
  await folder[Symbol.asyncDispose]();
  throw new UsageFault(takenText(path, names.filter((name) => !own.includes(name))));
}

function takenText(path: string, taken: readonly string[]): string {
  const what = `${taken.map((name) => join(path, name)).join(' and ')} ${taken.length === 1 ? 'is' : 'are'} there already, and would be overwritten`;
  return `${what}. A start that was killed (kill -9) leaves such files; one that runs needs them; or somebody put them there. Choose another --directory, leave it out for a new temporary one, or remove them if nobody needs them`;
}

/** Makes the name, empty, unless it is there: of two starts at one moment one gets it. */
async function claimed(path: string, name: string): Promise<boolean> {
  const place = join(path, name);
  const isFolder = name === written.github.repositories;
  // Everybody may read whom to trust; the others are secrets.
  const mode = name === written.azure.ca ? 0o644 : 0o600;
  const code = await (isFolder ? mkdir(place) : writeFile(place, '', { flag: 'wx', mode })).then(() => null, codeOf);
  if (code !== null && code !== 'EEXIST') throw unusable(path, code);
  return code === null;
}

/** @returns the folders that were made for it, outermost first. */
async function usableFolder(path: string): Promise<readonly string[]> {
  try {
    const made = await makeFolder(path);
    await access(path, constants.W_OK);
    if ((await readdir(path).catch(() => null)) === null) throw new Error(`${path} is not a directory: choose another one with --directory`);
    return made;
  } catch (error) {
    throw error instanceof Error && 'code' in error ? unusable(path, codeOf(error)) : error;
  }
}

function unusable(path: string, code: string): Error {
  return new Error(`the directory ${path} cannot be written to (${code}): choose another one with --directory, or leave it out for a new temporary one`);
}

/** Node's own recursive mkdir never ends below a folder that answers ENOENT to everything, such as /proc. */
async function makeFolder(path: string): Promise<readonly string[]> {
  const code = await mkdir(path).then(() => null, codeOf);
  if (code === null) return [path];
  if (code === 'EEXIST') return [];
  const parent = dirname(path);
  if (code !== 'ENOENT' || (await stat(parent).catch(() => null)) !== null) throw Object.assign(new Error('a folder cannot be made'), { code });
  return [...(await makeFolder(parent)), ...(await makeFolder(path))];
}

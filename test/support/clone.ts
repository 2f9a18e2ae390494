import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A clone made, changed and pushed with plain git. */
export interface Clone extends AsyncDisposable {
  readonly path: string;
  branch(name: string): Promise<void>;
  /** A branch that is there. */
  take(name: string): Promise<void>;
  /** Commits every edit in one commit. @returns its SHA. */
  commit(edits: Readonly<Record<string, ((text: string) => string) | string | null>>, message?: string): Promise<string>;
  push(): Promise<void>;
}

export async function clone(url: string, token: string): Promise<Clone> {
  const path = await mkdtemp(join(tmpdir(), 'trueup-clone-'));
  const address = new URL(url);
  address.username = 'person';
  address.password = token;
  const git = async (...parameters: string[]): Promise<string> => (await run('git', ['-C', path, '-c', 'user.name=Person', '-c', 'user.email=person@example.com', '-c', 'core.fsync=none', ...parameters])).stdout.trim();
  await git('clone', '--quiet', '--template=', address.href, '.');
  return {
    path,
    branch: async (name) => void (await git('switch', '--quiet', '--create', name)),
    take: async (name) => void (await git('switch', '--quiet', name)),
    async commit(edits, message = `Change ${Object.keys(edits).join(', ')}`) {
      for (const [file, edit] of Object.entries(edits)) await edited(path, file, edit);
      await git('add', '--all');
      await git('commit', '--quiet', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    push: async () => void (await git('push', '--quiet', 'origin', 'HEAD')),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

async function edited(path: string, file: string, edit: ((text: string) => string) | string | null): Promise<void> {
  const place = join(path, file);
  if (edit === null) return rm(place);
  if (typeof edit === 'string') {
    await mkdir(dirname(place), { recursive: true });
    return writeFile(place, edit);
  }
  const before = await readFile(place, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${file} changes nothing`);
  await writeFile(place, after);
}

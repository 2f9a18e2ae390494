import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface LocalReady {
  readonly pid: number;
  readonly directory: string;
  readonly azure: { readonly arm: string; readonly port: number; readonly caFile: string; readonly token: string; readonly subscription: string };
  readonly github: {
    readonly url: string;
    readonly api: string;
    readonly token: string;
    readonly owner: string;
    readonly repositories: readonly { readonly name: string; readonly clone: string }[];
    readonly users: readonly { readonly login: string; readonly permission: string; readonly token: string }[];
    readonly webhook: { readonly url: string; readonly secret: string } | null;
  };
  readonly panel: { readonly url: string; readonly faults: string; readonly journal: string; readonly asked: readonly object[] };
  readonly env: Readonly<Record<string, string>>;
}

export type StartedLocal = Awaited<ReturnType<typeof startedLocal>>;

/** `trueup local` as another program starts it, with a temporary directory of its own. */
export async function startedLocal(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'trueup-scenario-local-'));
  const child = spawn(process.execPath, ['src/cli/main.ts', 'local', ...args], { env: { ...process.env, TMPDIR: folder, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const printed = { out: [] as string[], error: '' };
  child.stderr.on('data', (chunk: Buffer) => (printed.error += chunk.toString('utf8')));
  const first = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      printed.out.push(line);
      resolve(line);
    });
  });
  return {
    child,
    printed,
    folder,
    /** What it says first. @throws when it ends before. */
    async ready(): Promise<LocalReady> {
      const said = await Promise.race([first, exited.then(() => null)]);
      if (said === null) throw new Error(`it ended: ${printed.error}`);
      // The tests hold what they use of it.
      return JSON.parse(said) as LocalReady;
    },
    /** Its exit code and signal, once it has ended by itself. */
    exited,
    left: () => readdir(folder),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

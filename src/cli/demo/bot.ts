import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../../..');

export interface Bot extends AsyncDisposable {
  readonly url: string;
  /** Process ids by role; a restarted one has a new id. */
  pids(): Readonly<Record<string, number>>;
}

interface BotOptions {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logDirectory: string;
  /** Says when a process ended by itself and was started again. */
  readonly onRestart: (role: string) => void;
}

/** Trueup as it runs in production: one web and one worker process, each started again when it dies. */
export async function startBot({ port, env, logDirectory, onRestart }: BotOptions): Promise<Bot> {
  const roles = ['web', 'worker'].map((role) => superviseRole(role, env, logDirectory, () => onRestart(role)));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await Promise.all(roles.map((role) => role.stop()));
  };
  try {
    await answering(`${url}/readyz`, roles);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pids: () => Object.fromEntries(roles.map(({ role, pid }) => [role, pid()])), [Symbol.asyncDispose]: stop };
}

interface SupervisedRole {
  readonly role: string;
  readonly pid: () => number;
  readonly failedStarts: () => number;
  readonly stop: () => Promise<void>;
}

function superviseRole(role: string, env: Readonly<Record<string, string>>, logDirectory: string, onRestart: () => void): SupervisedRole {
  const log = createWriteStream(join(logDirectory, `${role}.log`), { flags: 'a' });
  let stopping = false;
  let again: NodeJS.Timeout | undefined;
  let failedStarts = 0;
  let child = launch();

  function launch(): ChildProcess {
    const startedAt = Date.now();
    const started = spawn(process.execPath, [join(root, 'src/main.ts'), role], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    started.once('exit', () => {
      if (stopping) return;
      failedStarts = Date.now() - startedAt < 5000 ? failedStarts + 1 : 0;
      if (failedStarts >= 3) return;
      onRestart();
      again = setTimeout(() => (child = launch()), 500);
    });
    return started;
  }

  return {
    role,
    pid: () => child.pid ?? 0,
    failedStarts: () => failedStarts,
    async stop() {
      stopping = true;
      clearTimeout(again);
      await ended(child);
      log.end();
    },
  };
}

/** SIGTERM, then SIGKILL for a process that does not drain within 30 s. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await exit;
  clearTimeout(kill);
}

async function answering(url: string, roles: readonly SupervisedRole[]): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const broken = roles.find(({ failedStarts }) => failedStarts() >= 3);
    if (broken) throw new Error(`the ${broken.role} process does not start; its log says why`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}

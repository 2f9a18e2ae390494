import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';

export interface Supervised {
  /** Of the newest start. */
  readonly pid: () => number;
  /** Starts in a row that ended by themselves at once. */
  readonly failedStarts: () => number;
  readonly stop: () => Promise<void>;
}

interface SuperviseOptions {
  /** Of Node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Takes what the process prints, one start after the other. */
  readonly logFile: string;
  readonly onRestart: () => void;
}

const atOnceMs = 5000;
const firstPauseMs = 500;
const longestPauseMs = 4000;

/** A process that is started again whenever it ends, after a pause that grows while it ends at once; it never gives up, as no real supervisor does. */
export function supervise({ args, env, logFile, onRestart }: SuperviseOptions): Supervised {
  const log = createWriteStream(logFile, { flags: 'a' });
  let stopping = false;
  let again: NodeJS.Timeout | undefined;
  let failedStarts = 0;
  let child = launch();

  function launch(): ChildProcess {
    const startedAt = performance.now();
    const started = spawn(process.execPath, args, { env: { ...ofThisProcess(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    started.once('exit', (_code, signal) => {
      if (stopping) return;
      // Who is killed early did not fail to start.
      failedStarts = signal === null && performance.now() - startedAt < atOnceMs ? failedStarts + 1 : 0;
      onRestart();
      again = setTimeout(() => (child = launch()), Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, failedStarts - 1)));
    });
    return started;
  }

  return {
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

/** Where programs are found, and where Node keeps what it has compiled, if anywhere: all else is said. */
function ofThisProcess(): Readonly<Record<string, string>> {
  const { PATH = '', NODE_COMPILE_CACHE: compiled } = process.env;
  return { PATH, ...(compiled !== undefined && { NODE_COMPILE_CACHE: compiled }) };
}

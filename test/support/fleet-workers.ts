import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { until } from '../../src/cli/demo/until.ts';
import { freePort } from '../../src/local/free-port.ts';

const program = join(import.meta.dirname, '../../src/main.ts');
/** Also one that is stopped must not stay behind, however the run ended; setpriv is part of util-linux. */
const guard: readonly string[] = spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).status === 0 ? ['setpriv', '--pdeathsig', 'SIGKILL'] : [];
/** Hundreds of starts would each compile everything. */
const compiled = process.env['NODE_COMPILE_CACHE'] ?? join(tmpdir(), 'trueup-compiled');
/** Who does not end by itself after SIGTERM is killed then, as every platform does. */
const killedAfterMs = 30_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly ms: number;
}

/** A process of Trueup that is started again, with the newest settings, whenever it ends. */
export interface FleetProcess {
  readonly name: string;
  /** Answers, and nobody has stopped it. */
  isReady(): boolean;
  /** SIGKILL. */
  kill(): void;
  /** SIGSTOP, and SIGCONT after `ms`. */
  pause(ms: number): Promise<void>;
  /** SIGTERM. @returns how it ended. */
  terminate(): Promise<Exit>;
  /** SIGTERM, and no other start. */
  stop(): Promise<void>;
}

interface ProcessOptions {
  readonly role: 'web' | 'worker';
  readonly name: string;
  readonly env: () => Readonly<Record<string, string>>;
  readonly directory: string;
  /** The port that its readiness is asked on. */
  readonly port: number;
}

function fleetProcess({ role, name, env, directory, port }: ProcessOptions): FleetProcess {
  const log: WriteStream = createWriteStream(join(directory, `${name}.log`), { flags: 'a' });
  let isReady = false;
  let isPaused = false;
  let isOver = false;
  let child = launch();

  function launch(): ChildProcess {
    const { PATH = '' } = process.env;
    const [command = process.execPath, ...args] = [...guard, process.execPath, program, role];
    const started = spawn(command, args, { env: { PATH, NODE_COMPILE_CACHE: compiled, ...env() }, stdio: ['ignore', 'pipe', 'pipe'] });
    started.stdout.pipe(log, { end: false });
    started.stderr.pipe(log, { end: false });
    started.once('exit', (code) => {
      isReady = false;
      isPaused = false;
      // Who does not start must not keep the machine busy with it.
      if (!isOver) setTimeout(() => (child = isOver ? child : launch()), code === null || code === 0 ? 0 : 500);
    });
    void becomesReady(started);
    return started;
  }

  async function becomesReady(started: ChildProcess): Promise<void> {
    while (started.exitCode === null && started.signalCode === null) {
      if ((await fetch(`http://127.0.0.1:${port}/readyz`).then(({ ok }) => ok, () => false)) && started === child) {
        isReady = true;
        return;
      }
      await sleep(50, undefined, { ref: false });
    }
  }

  async function ended(signal: 'SIGTERM' | 'SIGKILL'): Promise<Exit> {
    const ending = child;
    const began = performance.now();
    isReady = false;
    const exit = new Promise<Exit>((resolve) => ending.once('exit', (code, by) => resolve({ code, signal: by, ms: performance.now() - began })));
    ending.kill(signal);
    const late = setTimeout(() => ending.kill('SIGKILL'), killedAfterMs);
    return exit.finally(() => clearTimeout(late));
  }

  return {
    name,
    isReady: () => isReady && !isPaused,
    kill: () => void ended('SIGKILL'),
    async pause(ms) {
      const paused = child;
      isPaused = true;
      paused.kill('SIGSTOP');
      await sleep(ms);
      paused.kill('SIGCONT');
      if (paused === child) isPaused = false;
    },
    terminate: () => ended('SIGTERM'),
    async stop() {
      isOver = true;
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGCONT');
        await ended('SIGTERM');
      }
      log.end();
    },
  };
}

/** Node keeps what it compiled when a process ends by itself: one that is killed leaves nothing to the next. */
async function compileOnce(): Promise<void> {
  if (existsSync(compiled)) return;
  const { PATH = '' } = process.env;
  await promisify(execFile)(process.execPath, ['--eval', `import(${JSON.stringify(pathToFileURL(join(program, '../process.ts')))})`], { env: { PATH, NODE_COMPILE_CACHE: compiled } });
}

interface FleetOptions {
  readonly env: () => Readonly<Record<string, string>>;
  readonly workers: number;
  readonly directory: string;
}

export interface FleetProcesses extends AsyncDisposable {
  readonly workers: readonly FleetProcess[];
}

/** One web process and as many workers, all of them up. The web process listens where the settings say. */
export async function startFleet({ env, workers: count, directory }: FleetOptions): Promise<FleetProcesses> {
  await compileOnce();
  const web = fleetProcess({ role: 'web', name: 'web', env, directory, port: Number(env()['PORT']) });
  const workers: FleetProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all([web, ...workers].map((one) => one.stop()));
  };
  try {
    for (let number = 1; number <= count; number += 1) {
      const port = await freePort();
      workers.push(fleetProcess({ role: 'worker', name: `worker-${number}`, env: () => ({ ...env(), WORKER_PORT: String(port) }), directory, port }));
    }
    await until('the start of the fleet', async () => ([web, ...workers].every((one) => one.isReady()) ? true : null), { withinMs: 60_000, everyMs: 25 });
    return { workers, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

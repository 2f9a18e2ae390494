import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface GitOrder {
  readonly id: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | Uint8Array;
}

export interface GitEnd {
  readonly id: number;
  /** Null when it could not be started, or when a signal ended it. */
  readonly code: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

interface Starter {
  readonly child: ChildProcess;
  /** By the order's id. */
  readonly waiting: Map<number, (end: GitEnd) => void>;
}

/** One for all repositories of this process, started with the first command and gone with the process. */
let starter: Starter | null = null;
let orders = 0;

/** Runs one git, without a shell, in a small process beside this one: see `git-process.ts`. */
export function askGit(order: Omit<GitOrder, 'id'>): Promise<GitEnd> {
  const asked = (starter ??= startStarter());
  const id = (orders += 1);
  return new Promise((resolve) => {
    asked.waiting.set(id, resolve);
    hold(asked.child);
    asked.child.send({ id, ...order }, () => undefined); // one that is gone is seen by its exit
  });
}

function startStarter(): Starter {
  const child = fork(fileURLToPath(new URL('git-process.ts', import.meta.url)), [], { execArgv: ['--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' });
  const started: Starter = { child, waiting: new Map() };
  const lost = (): void => {
    if (starter === started) starter = null;
    for (const [id, resolve] of started.waiting) resolve({ id, code: null, stdout: new Uint8Array(), stderr: 'the process that starts git ended' });
    started.waiting.clear();
  };
  child.once('error', lost).once('exit', lost);
  // Its own program, which sends nothing else.
  child.on('message', (message) => ended(started, message as GitEnd));
  return started;
}

function ended({ child, waiting }: Starter, end: GitEnd): void {
  waiting.get(end.id)?.(end);
  waiting.delete(end.id);
  if (waiting.size === 0) release(child);
}

function hold(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}

/** Idle, it does not keep the program running. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

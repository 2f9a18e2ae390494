import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ManifestEdit } from '../domain/editing/manifest-edit.ts';
import { fileProblem } from '../domain/file-problem.ts';
import { parsedFileSchema, type ParsedFile } from '../domain/parsed-file.ts';
import type { ManifestEditor, ManifestParser } from '../ports.ts';

export interface ChildParserOptions {
  /** Children that are kept warm, and files that are read at a time. */
  readonly children?: number;
  /** Per reading of a file; starting a child does not count. */
  readonly timeoutMs?: number;
  readonly memoryMiB?: number;
}

const defaults = { children: 2, timeoutMs: 1500, memoryMiB: 128 };

/** The text is read to be changed and to see that nothing is left to do, and before and after to be compared. */
const readsOfAnEdit = 4;

/** A child that takes longer to start than this is not coming. */
const startMs = 20_000;

const parsedAnswer = z.object({ file: parsedFileSchema });
const editedAnswer = z.object({ edited: z.union([z.strictObject({ text: z.string() }), z.strictObject({ refused: z.string() })]) });

/** What a child is told, see `parse-child.ts`. */
interface Order {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly edits: readonly ManifestEdit[] | null;
}

/**
 * Reads and edits every file in a child process of bounded time and memory, so that the worst file costs itself only. A child that is
 * too slow or dies is replaced, and the file is answered with a problem.
 */
export function childParser(options: ChildParserOptions = {}): ManifestParser & ManifestEditor & AsyncDisposable {
  const settings = { ...defaults, ...options };
  const idle: ChildProcess[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;
  let closed = false;

  const turn = async (): Promise<void> => {
    if (busy >= settings.children) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
  };
  const next = (): void => {
    const first = waiting.shift();
    if (first === undefined) busy -= 1;
    else first();
  };
  const warmChild = async (): Promise<ChildProcess> => {
    const child = idle.pop();
    return child !== undefined && isAlive(child) ? child : startChild(settings.memoryMiB);
  };

  const carryOut = async (order: Order, timeoutMs: number): Promise<{ readonly value: unknown } | Refused> => {
    if (closed) throw new Error('the parser is closed');
    await turn();
    try {
      const child = await warmChild();
      const result = await ask(child, order, timeoutMs);
      if (typeof result === 'string') return result;
      if (closed) child.kill('SIGKILL');
      else idle.push(child);
      return result;
    } finally {
      next();
    }
  };

  return {
    async parse(path, bytes) {
      const result = await carryOut({ path, bytes, edits: null }, settings.timeoutMs);
      return typeof result === 'string' ? refused(path, result, settings) : parsedAnswer.parse(result.value).file;
    },
    async edit(path, bytes, edits) {
      const timeoutMs = settings.timeoutMs * readsOfAnEdit;
      const result = await carryOut({ path, bytes, edits }, timeoutMs);
      return typeof result === 'string' ? { refused: `the file cannot be edited ${boundOf(result, { ...settings, timeoutMs })}` } : editedAnswer.parse(result.value).edited;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(idle.splice(0).map(stop));
    },
  };
}

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The same Node without anything of ours in its environment. */
async function startChild(memoryMiB: number): Promise<ChildProcess> {
  const readable = [folder('.'), folder('../domain/'), folder('../../../node_modules/yaml/'), folder('../../../package.json')];
  const child = fork(folder('parse-child.ts'), [], {
    execArgv: ['--permission', ...readable.map((path) => `--allow-fs-read=${path}`), `--max-old-space-size=${memoryMiB}`, '--disable-warning=ExperimentalWarning'],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  child.on('error', () => undefined); // what fails is seen by its end
  const ready = await firstOf(child, startMs);
  if (ready === 'timeout' || ready === 'exit') {
    child.kill('SIGKILL');
    throw new Error('the parser process does not start');
  }
  release(child);
  return child;
}

type Refused = 'timeout' | 'exit';

async function ask(child: ChildProcess, order: Order, timeoutMs: number): Promise<{ readonly value: unknown } | Refused> {
  hold(child);
  const answered = firstOf(child, timeoutMs);
  child.send(order, () => undefined); // a child that is gone is seen by its exit
  const message = await answered;
  if (message === 'timeout' || message === 'exit') {
    child.kill('SIGKILL');
    return message;
  }
  release(child);
  return message;
}

/** What comes first: a message, the end of the process, or of the time. */
async function firstOf(child: ChildProcess, timeoutMs: number): Promise<{ readonly value: unknown } | Refused> {
  const { promise, resolve } = Promise.withResolvers<{ readonly value: unknown } | Refused>();
  const onMessage = (value: unknown): void => resolve({ value });
  const onEnd = (): void => resolve('exit');
  const timer = setTimeout(() => resolve('timeout'), timeoutMs);
  child.once('message', onMessage).once('exit', onEnd).once('error', onEnd);
  if (!isAlive(child)) onEnd();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onEnd).off('error', onEnd);
  }
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null && child.connected;
}

/** An idle child does not keep the program running. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

function hold(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.ref();
  child.kill('SIGKILL');
  await ended;
}

interface Bounds {
  readonly timeoutMs: number;
  readonly memoryMiB: number;
}

function refused(path: string, why: Refused, bounds: Bounds): ParsedFile {
  const code = why === 'timeout' ? 'parse-timeout' : 'parse-crashed';
  const problem = fileProblem({ file: path, code, message: `The file cannot be read ${boundOf(why, bounds)}`, hint: 'Make it smaller and simpler' });
  return { path, documents: [], problems: [problem] };
}

function boundOf(why: Refused, { timeoutMs, memoryMiB }: Bounds): string {
  return why === 'timeout' ? `within ${timeoutMs} ms` : `with ${memoryMiB} MiB of memory`;
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ManifestEdit } from '../domain/editing/manifest-edit.ts';
import { Unavailable } from '../../kernel/errors.ts';
import { fileProblem } from '../domain/file-problem.ts';
import { parsedFileSchema, type ParsedFile } from '../domain/parsed-file.ts';
import type { ManifestEditor, ManifestParser } from '../ports.ts';
import { processorMs } from './processor-time.ts';

export interface ChildParserOptions {
  /** Children that are kept warm, and files that are read at a time. */
  readonly children?: number;
  /** Of the child's processor time per reading of a file, so that a busy machine makes no file slow; starting a child does not count. */
  readonly timeoutMs?: number;
  /** Of the clock: a child that got too little of the processor by then is given up, which says nothing about its file. */
  readonly patienceMs?: number;
  readonly memoryMiB?: number;
}

const defaults = { children: 2, timeoutMs: 1500, patienceMs: 30_000, memoryMiB: 128 };

/** The text is read to be changed and to see that nothing is left to do, and before and after to be compared. */
const readsOfAnEdit = 4;

/** A child that takes longer to start than this is not coming. */
const startMs = 20_000;

/** Whoever ended the first child, as a system short of memory does, is not there for the second; a file that ends one ends both. */
const crashesOfAFile = 2;

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
 * @throws Unavailable when the machine had no time for a child.
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

  const once = async (order: Order, timeoutMs: number): Promise<Answer | Refused> => {
    const child = await warmChild();
    const result = await ask(child, order, { processorMs: timeoutMs, clockMs: Math.max(timeoutMs, settings.patienceMs) });
    if (typeof result === 'string') return result;
    if (closed) child.kill('SIGKILL');
    else idle.push(child);
    return result;
  };
  const carryOut = async (order: Order, timeoutMs: number): Promise<Answer | Refused> => {
    if (closed) throw new Error('the parser is closed');
    await turn();
    try {
      for (let crashes = 1; ; crashes += 1) {
        const result = await once(order, timeoutMs);
        if (result !== 'exit' || closed || crashes === crashesOfAFile) return result;
      }
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
  const ready = await firstOf(child, { processorMs: startMs, clockMs: startMs });
  if (typeof ready === 'string') {
    child.kill('SIGKILL');
    throw new Error('the parser process does not start');
  }
  release(child);
  return child;
}

type Refused = 'timeout' | 'exit';

interface Answer {
  readonly value: unknown;
}

interface Time {
  readonly processorMs: number;
  readonly clockMs: number;
}

async function ask(child: ChildProcess, order: Order, time: Time): Promise<Answer | Refused> {
  hold(child);
  const answered = firstOf(child, time);
  child.send(order, () => undefined); // a child that is gone is seen by its exit
  const message = await answered;
  if (typeof message !== 'string') {
    release(child);
    return message;
  }
  child.kill('SIGKILL');
  if (message === 'starved') throw new Unavailable('The machine has no time to read manifests', { code: 'ParserStarved' });
  return message;
}

/** What comes first: a message, the end of the process, or of one of its times. */
async function firstOf(child: ChildProcess, time: Time): Promise<Answer | Refused | 'starved'> {
  const { promise, resolve } = Promise.withResolvers<Answer | Refused | 'starved'>();
  const onMessage = (value: unknown): void => resolve({ value });
  const onEnd = (): void => resolve('exit');
  const left = timeLeft(child, time);
  // The timer of a process that was held up itself is due before it has seen what was answered meanwhile.
  const look = (): void => {
    const now = left();
    if (typeof now === 'string') resolve(now);
    else timer = setTimeout(look, now);
  };
  let timer = setTimeout(look, time.processorMs);
  child.once('message', onMessage).once('exit', onEnd).once('error', onEnd);
  if (!isAlive(child)) onEnd();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', onMessage).off('exit', onEnd).off('error', onEnd);
  }
}

/** Milliseconds after which to look again, or which time ran out. Where nobody measures the processor, the clock stands for it. */
function timeLeft({ pid }: ChildProcess, time: Time): () => number | 'timeout' | 'starved' {
  const began = performance.now();
  const before = processorMs(pid);
  return () => {
    const elapsed = performance.now() - began;
    const total = processorMs(pid);
    const used = total === null || before === null ? elapsed : total - before;
    if (used >= time.processorMs) return 'timeout';
    return elapsed >= time.clockMs ? 'starved' : Math.max(20, Math.min(time.processorMs - used, time.clockMs - elapsed));
  };
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
  return why === 'timeout' ? `within ${timeoutMs} ms of processor time` : `with ${memoryMiB} MiB of memory`;
}

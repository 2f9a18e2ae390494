import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { gitEnvironment } from './git.ts';

interface GitObject {
  readonly sha: string;
  readonly type: 'commit' | 'tree' | 'blob' | 'tag';
  readonly content: Buffer;
}

export interface ObjectReader {
  /** `name` is a full sha, a checked ref, or one of them with `^{commit}` or `^{tree}`. Null when there is no such object. */
  read(name: string): Promise<GitObject | null>;
  close(): void;
}

interface Waiting {
  readonly resolve: (object: GitObject | null) => void;
  readonly reject: (error: Error) => void;
}

/** One `git cat-file --batch` per repository, started at the first read: a blob costs no process. */
export function objectReader(directory: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | null = null;
  let waiting: Waiting[] = [];

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn('git', ['--git-dir', directory, 'cat-file', '--batch'], { env: gitEnvironment(), stdio: 'pipe' });
    const answers = answerParser((object) => waiting.shift()?.resolve(object));
    started.stdout.on('data', answers);
    started.stdin.on('error', () => undefined);
    started.stderr.resume();
    const end = (error: Error): void => {
      if (child === started) child = null;
      waiting.splice(0).forEach(({ reject }) => reject(error));
    };
    started.once('error', end);
    started.once('close', () => end(new Error('git cat-file ended')));
    return started;
  }

  return {
    read(name) {
      if (/[\0\n]/.test(name)) return Promise.resolve(null);
      return new Promise((resolve, reject) => {
        child ??= start();
        waiting.push({ resolve, reject });
        child.stdin.write(`${name}\n`);
      });
    },
    close() {
      child?.stdin.end();
      child = null;
      waiting = [];
    },
  };
}

/** Cuts the stream into `<sha> <type> <size>\n<bytes>\n`, or `<name> missing\n`. */
function answerParser(onObject: (object: GitObject | null) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let needed = 0;
  let length = 0;
  return (chunk) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < needed) return;
    let buffered: Buffer = Buffer.concat(chunks);
    for (;;) {
      const lineEnd = buffered.indexOf(0x0a);
      if (lineEnd < 0) break;
      const header = /^([0-9a-f]{40}) (commit|tree|blob|tag) (\d+)$/.exec(buffered.toString('utf8', 0, lineEnd));
      const end = lineEnd + 1 + (header ? Number(header[3]) + 1 : 0);
      if (buffered.length < end) {
        needed = end;
        break;
      }
      // The expression admits exactly these four words.
      const object = header ? { sha: header[1] ?? '', type: header[2] as GitObject['type'], content: Buffer.from(buffered.subarray(lineEnd + 1, end - 1)) } : null;
      buffered = buffered.subarray(end);
      needed = 0;
      onObject(object);
    }
    chunks = [buffered];
    length = buffered.length;
  };
}

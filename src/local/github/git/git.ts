import { askGit, type GitEnd } from './ask-git.ts';
import { immutableAnswers, staysSo } from './immutable-answers.ts';

/** Git said no. `stderr` is for logs and tests, never for an answer. */
export class GitFailed extends Error {
  readonly exitCode: number | null;
  readonly stderr: string;
  constructor(command: string, exitCode: number | null, stderr: string) {
    super(`git ${command} ended with ${exitCode}: ${stderr.trim()}`);
    this.name = 'GitFailed';
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer, not a failure. */
  readonly accept?: readonly number[];
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
}

/** Without the configuration of the machine or the user: the same answers everywhere. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    ...extra,
  };
}

const remembered = immutableAnswers<GitEnd>();

/** Runs one git command on a bare repository: arguments as an array, no shell between. @throws GitFailed */
export async function runGit(directory: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const ask = (): Promise<GitEnd> => askGit({ args: ['--git-dir', directory, ...args], env: gitEnvironment(options.env), input: options.input ?? '' });
  const { code, stdout, stderr } = await (options.input === undefined && options.env === undefined && staysSo(args) ? remembered([directory, ...args], ask) : ask());
  if (code === null || (code !== 0 && !options.accept?.includes(code))) throw new GitFailed(args[0] ?? '', code, stderr);
  return { exitCode: code, stdout: Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength) };
}

export async function gitText(directory: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return (await runGit(directory, args, options)).stdout.toString('utf8').replace(/\n$/, '');
}

import { CommanderError, type Command } from 'commander';
import { vi } from 'vitest';
import { withExitCodes } from '../../src/cli/exit-codes.ts';

export interface CliRun {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs a command as a person would, with what it prints and how it ends. The console stays mocked until the test restores it. */
export async function run(command: Command, ...words: readonly string[]): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void out.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void err.push(line));
  command.configureOutput({ writeErr: (text) => void err.push(text), writeOut: (text) => void out.push(text) });
  try {
    await withExitCodes(command).parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { out: out.join('\n'), err: err.join('\n'), code };
}

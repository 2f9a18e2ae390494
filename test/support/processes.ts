import { readFileSync } from 'node:fs';

/** Whether a process is there and not merely waiting for its end to be noticed. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || stateOf(pid) !== 'Z';
}

function stateOf(pid: number): string | undefined {
  try {
    // After the name, which is in parentheses and may hold anything.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
  } catch {
    return 'Z';
  }
}

/** Linux only: what `ps` shows to everybody, and the environment that only the owner can read. */
export function seenFromOutside(pid: number): { readonly commandLine: string; readonly environment: Readonly<Record<string, string>> } {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return {
    commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
    environment: Object.fromEntries(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])),
  };
}

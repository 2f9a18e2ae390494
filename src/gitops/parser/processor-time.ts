import { readFileSync } from 'node:fs';

/** Clock ticks per second of /proc, the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Processor time of a process, all its threads, in milliseconds and steps of ten; null where the system does not say. */
export function processorMs(pid: number | undefined): number | null {
  if (pid === undefined || process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold spaces; user and system time are the 14th and 15th.
    const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
    return user === undefined || system === undefined ? null : ((user + system) * 1000) / ticksPerSecond;
  } catch {
    return null;
  }
}

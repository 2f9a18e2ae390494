import { runProgram, type RunningProgram } from './workload-program.ts';
import { readTask } from './workload-task.ts';

/**
 * A replica's process. Its task comes in one line on the standard input, its port leaves in one on the standard output. The input stays
 * open as long as the emulator lives: with its end the process ends, however the emulator ended.
 */
let program: RunningProgram | null = null;
let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk: string) => {
  text += chunk;
  if (program !== null || !text.includes('\n')) return;
  const { late, ...task } = readTask(text);
  Object.assign(process.env, late);
  program = runProgram(task, { pid: process.pid, env: process.env, listening: (port) => process.stdout.write(`${port}\n`), exit: (code) => process.exit(code) });
});
process.stdin.on('end', () => process.exit(1));
process.stdin.on('error', () => process.exit(1));
process.on('SIGTERM', () => (program === null ? process.exit(0) : program.terminate()));
// Ctrl-C in the emulator's terminal is for the emulator.
process.on('SIGINT', () => {});

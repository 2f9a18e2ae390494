import { runProgram, type RunningProgram } from './workload-program.ts';
import type { Workloads } from './workloads.ts';

/** Programs in the emulator's own process: hundreds of them cost nothing to start, and none can be killed from outside. */
export function workloadsInProcess(): Workloads {
  const running = new Map<RunningProgram, Promise<void>>();
  return {
    launch({ env, ...task }) {
      const listening = Promise.withResolvers<number>();
      const ended = Promise.withResolvers<void>();
      const program = runProgram(task, { pid: process.pid, env, listening: listening.resolve, exit: () => ended.resolve() });
      running.set(program, ended.promise);
      void ended.promise.then(() => running.delete(program));
      return { listening: listening.promise, ended: ended.promise, stop: (graceMs) => stop(program, ended.promise, graceMs) };
    },
    async [Symbol.asyncDispose]() {
      for (const program of running.keys()) program.cut();
      await Promise.all(running.values());
    },
  };
}

function stop(program: RunningProgram, ended: Promise<void>, graceMs: number): void {
  if (graceMs === 0) return program.cut();
  program.terminate();
  const late = setTimeout(() => program.cut(), graceMs);
  void ended.then(() => clearTimeout(late));
}

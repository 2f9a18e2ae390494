import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { gate } from './gate.ts';
import type { WorkloadOrder } from './workload-order.ts';
import { taskOf } from './workload-task.ts';
import type { Workload, Workloads } from './workloads.ts';

const entry = join(import.meta.dirname, 'workload-start.mjs');

/** A Node process for every program. So many start at once as the machine has processors: more would only make each of them late. */
export function workloadsAsProcesses(): Workloads {
  const starts = gate(availableParallelism());
  const running = new Set<ChildProcess>();
  let closed = false;
  return {
    launch: (order) =>
      launch(async (isWanted) => {
        const leave = await starts.enter();
        const child = closed || !isWanted() ? null : startedBy(order);
        if (child === null) {
          leave();
          return null;
        }
        running.add(child);
        child.once('exit', () => (running.delete(child), leave()));
        child.stdout?.once('data', leave);
        return child;
      }),
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(
        [...running].map(async (child) => {
          const exit = once(child, 'exit');
          child.kill('SIGKILL');
          await exit;
        }),
      );
    },
  };
}

/** Null where the system refuses: a value of more than 128 kB, for example. The container counts as one that does not start. */
function startedBy(order: WorkloadOrder): ChildProcess | null {
  const { line, env } = taskOf(order);
  try {
    const child = spawn(process.execPath, [entry], { env, cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] });
    child.once('error', () => child.emit('exit', null, null));
    // It may be gone before it has read its task.
    child.stdin.on('error', () => {});
    child.stdin.write(line);
    return child;
  } catch {
    return null;
  }
}

function launch(start: (isWanted: () => boolean) => Promise<ChildProcess | null>): Workload {
  const listening = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<void>();
  let child: ChildProcess | null = null;
  let isWanted = true;
  const begin = async () => {
    child = await start(() => isWanted);
    if (child === null) return ended.resolve();
    if (!isWanted) child.kill('SIGKILL');
    child.once('exit', () => ended.resolve());
    child.stdout?.once('data', (port: Buffer) => listening.resolve(Number(port)));
  };
  void begin();
  return {
    listening: listening.promise,
    ended: ended.promise,
    stop(graceMs) {
      isWanted = false;
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      child.kill(graceMs === 0 ? 'SIGKILL' : 'SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      child.once('exit', () => clearTimeout(late));
    },
  };
}

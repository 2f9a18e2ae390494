import type { WorkloadOrder } from './workload-order.ts';

interface WorkloadTask extends Omit<WorkloadOrder, 'env'> {
  /** Variables that the program sets itself, as its first act. */
  readonly late: Readonly<Record<string, string>>;
}

/** These would change Node, its loader or its memory in our stand-in, which is not what the declared image does with them. */
const changesNode = /^(?:NODE_(?!ENV$)|LD_|DYLD_|GLIBC_|MALLOC_|UV_|OPENSSL_)/;

/** An order in the two halves in which it reaches a process. Neither is an argument: those can be read by everybody on the machine. */
export function taskOf({ env, ...order }: WorkloadOrder): { readonly line: string; readonly env: Readonly<Record<string, string>> } {
  const { late = [], early = [] } = Object.groupBy(Object.entries(env), ([name]) => (changesNode.test(name) ? 'late' : 'early'));
  const task: WorkloadTask = { ...order, late: Object.fromEntries(late) };
  return { line: `${JSON.stringify(task)}\n`, env: Object.fromEntries(early) };
}

export function readTask(line: string): WorkloadTask {
  return JSON.parse(line) as WorkloadTask; // written by taskOf, over a pipe that only the emulator holds
}

import { describe, expect, it } from 'vitest';
import type { WorkloadOrder } from './workload-order.ts';
import { readTask, taskOf } from './workload-task.ts';

const order: Omit<WorkloadOrder, 'env'> = {
  image: 'r.azurecr.io/web:1',
  secrets: [{ name: 'db', variable: 'DB', version: null }],
  behaviour: { crash: false, unready: false, errorPercent: 0, verdict: null },
  paths: [],
  whileUnready: [],
};

describe('a variable of a workload', () => {
  const variables = [
    { reason: 'an ordinary one', name: 'DB', isLate: false },
    { reason: 'the one that images of Node set, and that changes nothing', name: 'NODE_ENV', isLate: false },
    { reason: 'options of Node', name: 'NODE_OPTIONS', isLate: true },
    { reason: 'the loader of Linux', name: 'LD_PRELOAD', isLate: true },
    { reason: 'the loader of macOS', name: 'DYLD_INSERT_LIBRARIES', isLate: true },
    { reason: 'the C library', name: 'GLIBC_TUNABLES', isLate: true },
    { reason: 'its allocator', name: 'MALLOC_PERTURB_', isLate: true },
    { reason: 'the event loop', name: 'UV_THREADPOOL_SIZE', isLate: true },
    { reason: 'the cryptography', name: 'OPENSSL_CONF', isLate: true },
  ];
  it.each(variables)('reaches the process at its start or by the program: $reason', ({ name, isLate }) => {
    const { env, line } = taskOf({ ...order, env: { [name]: 'between us' } });
    const { late, ...task } = readTask(line);
    expect(task).toEqual(order);
    expect({ env, late }).toEqual(isLate ? { env: {}, late: { [name]: 'between us' } } : { env: { [name]: 'between us' }, late: {} });
  });
});

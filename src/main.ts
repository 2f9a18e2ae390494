import type { Role } from './app.ts';
import { shapesOnly } from './kernel/scrubbing/scrubber.ts';
import { keepMemorySmall } from './small-memory.ts';

/** The process edge: role, signals, exit code. Nothing else. */
const roles: readonly Role[] = ['web', 'worker', 'all'];

async function main(name: string): Promise<number> {
  const role = roles.find((one) => one === name);
  if (role !== undefined) {
    if (role === 'web') keepMemorySmall();
    // Loaded after that.
    const { runRole } = await import('./process.ts');
    return runRole(role);
  }
  console.error(`trueup: unknown role ${JSON.stringify(name)}, expected ${roles.join(', ')}`);
  return 2;
}

main(process.argv[2] ?? 'all').then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(shapesOnly.to('log').text(`trueup: ${error instanceof Error ? error.message : String(error)}`));
    process.exit(1);
  },
);

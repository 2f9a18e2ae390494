import type { Role } from './app.ts';
import { runRole } from './process.ts';

/** The process edge: role, signals, exit code. Nothing else. */
const roles: readonly Role[] = ['web', 'worker', 'all'];

async function main(name: string): Promise<number> {
  const role = roles.find((one) => one === name);
  if (role !== undefined) return runRole(role);
  console.error(`trueup: unknown role ${JSON.stringify(name)}, expected ${roles.join(', ')}`);
  return 2;
}

main(process.argv[2] ?? 'all').then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`trueup: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);

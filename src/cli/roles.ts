import { Command } from 'commander';
import { keepMemorySmall } from '../small-memory.ts';

/** `trueup serve`: takes webhooks in. Settings come from the environment (docs/configuration.md). */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Take webhooks in; with --all do the work in the same process')
    .option('--all', 'also work')
    .action(({ all }: { readonly all?: boolean }) => run(all === true ? 'all' : 'web'));
}

/** `trueup work`: does what the webhooks ask for. */
export function workCommand(): Command {
  return new Command('work').description('Do the work: plan, provision, deploy, watch').action(() => run('worker'));
}

async function run(role: 'web' | 'worker' | 'all'): Promise<void> {
  if (role === 'web') keepMemorySmall();
  // Loaded here, so that commands that work offline do not pay for the SDKs.
  const { runRole } = await import('../process.ts');
  process.exit(await runRole(role));
}

import { Command } from 'commander';

interface DemoOptions {
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly directory?: string;
}

/** `trueup demo`: the whole story on this machine. Exit 0 when every step happened, 1 otherwise. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Tell the whole story on this machine: a local GitHub, a local Azure, a Redis and Trueup, all on loopback')
    .option('--keep', 'leave everything running until Ctrl-C, to play with')
    .option('--json', 'one JSON line per step, and first one that says how to drive it')
    .option('--directory <path>', 'where repositories, logs and Redis keep their files (default: a new folder under the system\'s temporary one)')
    .action(async (options: DemoOptions) => {
      // Loaded here, so that the other commands do not pay for the local cloud.
      const { runDemo } = await import('./demo/run-demo.ts');
      process.exitCode = await runDemo({ keep: options.keep === true, json: options.json === true, directory: options.directory ?? null });
    });
}

import { Command } from 'commander';
import type { FaultRequest } from '../local/faults/board.ts';
import { faultHelp, faultOption, faultSyntax } from './fault-option.ts';

interface DemoOptions {
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly directory?: string;
  readonly fault?: readonly FaultRequest[];
}

/** `trueup demo`: the whole story on this machine. Exit 0 when every step happened and every fault struck, 1 otherwise. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Tell the whole story on this machine: a local GitHub, a local Azure, a Redis and Trueup, all on loopback')
    .option('--keep', 'leave everything running until Ctrl-C, to play with')
    .option('--json', 'one JSON line per step, and first one that says how to drive it')
    .option('--directory <path>', 'where repositories, logs and Redis keep their files (default: a new folder under the system\'s temporary one)')
    .option('--fault <fault>', `let something go wrong for Trueup, repeatable: ${faultSyntax}`, faultOption('bot'))
    .addHelpText('after', `${faultHelp}\nHere a fault spares the story's own looks, unless by=anyone, and is asked for before Trueup starts.\n\nExit code: 0 every step happened and every fault struck, 1 not so, 2 usage.`)
    .action(async (options: DemoOptions) => {
      // Loaded here, so that the other commands do not pay for the local cloud.
      const { runDemo } = await import('./demo/run-demo.ts');
      process.exitCode = await runDemo({ keep: options.keep === true, json: options.json === true, directory: options.directory ?? null, faults: options.fault ?? [] });
    });
}

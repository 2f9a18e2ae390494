import { Argument, Command, InvalidArgumentError } from 'commander';
import type { Pace } from '../local/azure/world.ts';
import type { FaultRequest } from '../local/faults/board.ts';
import { faultHelp, faultOption, faultSyntax } from './fault-option.ts';
import { httpAddress, isHttpAddress } from './local/address.ts';
import { paceOption } from './local/pace.ts';
import { portOption, type Ports } from './local/ports.ts';

const choices = { azure: ['azure'], github: ['github'], all: ['azure', 'github'] } as const;

interface Options {
  readonly port?: Ports;
  readonly directory?: string;
  readonly seed?: string;
  readonly fault?: readonly FaultRequest[];
  readonly pace?: Partial<Pace>;
  readonly webhook?: string;
  readonly json?: boolean;
  readonly untilStdinEnds?: boolean;
}

/** `trueup local`: the local clouds alone, for anybody's own tests. */
export function localCommand(): Command {
  return new Command('local')
    .description('Start the local Azure, the local GitHub or both alone, on loopback, until Ctrl-C: for your own tests')
    .addArgument(new Argument('<cloud>', 'which').choices(Object.keys(choices)))
    .option('--json', 'one JSON line when everything is ready, with everything that a program needs, and nothing else')
    .option('--port <name=port>', 'azure, github or panel; repeatable (default: any that is free)', portOption)
    .option('--directory <path>', 'where certificate, keys and repositories lie meanwhile (default: a new folder under the system\'s temporary one)')
    .option('--seed <file>', 'YAML or JSON: what is there to begin with (docs/local-azure.md, docs/local-github.md)')
    .option('--fault <fault>', `ask for a fault, repeatable: ${faultSyntax}`, faultOption())
    .option('--pace <pace>', 'how long Azure takes: quick, real, or KEY=MILLISECONDS; repeatable', paceOption)
    .option('--until-stdin-ends', 'end, too, when standard input does: whoever started it with a pipe leaves nothing, also when killed')
    .option('--webhook <url>', 'where the local GitHub sends its events, instead of the seed\'s', webhookAddress)
    .addHelpText('after', `${faultHelp}\n\nExit code: 0 ended by Ctrl-C, SIGTERM or --until-stdin-ends, 1 something could not start, 2 usage or a seed with mistakes.`)
    .action(async (cloud: keyof typeof choices, { port = {}, directory, seed, fault = [], pace = {}, webhook, json = false, untilStdinEnds = false }: Options) => {
      const ended = untilEnded(untilStdinEnds);
      // Loaded here, so that the other commands do not pay for the local cloud.
      const { runLocal } = await import('./local/run-local.ts');
      process.exitCode = await runLocal({ clouds: choices[cloud], ports: port, directory: directory ?? null, seedFile: seed ?? null, faults: fault, pace, webhookUrl: webhook ?? null, json, ended });
    });
}

/** Heard from here on: what is loaded meanwhile takes longer than somebody who changes his mind. */
function untilEnded(untilStdinEnds: boolean): Promise<void> {
  return new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    if (!untilStdinEnds) return;
    // `close` also comes when it cannot be read at all.
    process.stdin.once('error', () => undefined).once('close', () => resolve()).once('end', () => resolve()).resume();
  }).then(() => void process.stdin.destroy());
}

function webhookAddress(text: string): string {
  if (!isHttpAddress(text)) throw new InvalidArgumentError(`It is ${httpAddress}.`);
  return text;
}

import type { Command } from 'commander';

/** Of every command; what goes wrong on the way is 1 too. */
export const exitCodes = { clean: 0, findings: 1, usage: 2 } as const;

/** Sets the code for what was typed wrongly, here and in every command below, before parsing throws a CommanderError. */
export function withExitCodes(command: Command): Command {
  command.exitOverride((error) => {
    process.exitCode = error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
    throw error;
  });
  command.commands.forEach(withExitCodes);
  return command;
}

import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditCommand } from './audit.ts';
import { demoCommand } from './demo.ts';
import { diffCommand } from './diff.ts';
import { exitCodes, withExitCodes } from './exit-codes.ts';
import { importCommand } from './import.ts';
import { jobsCommand } from './jobs.ts';
import { localCommand } from './local.ts';
import { renderCommand } from './render.ts';
import { serveCommand, workCommand } from './roles.ts';
import { scrubOutput } from './scrubbed-output.ts';
import { UsageFault } from './usage-fault.ts';
import { validateCommand } from './validate.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { readonly version: string }; // our own file

scrubOutput(process.argv.slice(2), process.env, [process.stdout, process.stderr]);
// Node would print it past the streams, with all that it holds.
process.on('uncaughtException', (error) => {
  console.error(`trueup: ${error.message}`);
  process.exit(1);
});

const program = withExitCodes(
  new Command('trueup')
    .description('Keeps Azure Container Apps true to Git.')
    .version(manifest.version, '-v, --version')
    .showHelpAfterError('(trueup --help lists the commands)')
    .addCommand(demoCommand())
    .addCommand(localCommand())
    .addCommand(serveCommand())
    .addCommand(workCommand())
    .addCommand(validateCommand())
    .addCommand(importCommand())
    .addCommand(renderCommand())
    .addCommand(diffCommand())
    .addCommand(jobsCommand())
    .addCommand(auditCommand()),
);

try {
  await program.parseAsync();
} catch (error) {
  // What commander refuses it has said itself.
  if (!(error instanceof CommanderError)) {
    console.error(`trueup: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = error instanceof UsageFault || (error instanceof Error && error.name === 'ConfigurationFault') ? exitCodes.usage : 1;
  }
}

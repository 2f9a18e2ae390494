import { Command } from 'commander';
import { isError } from '../kernel/problem.ts';
import { exitCodes } from './exit-codes.ts';
import { compileFolder, oneOf, type FolderState } from './offline/offline-command.ts';
import { githubProblem, humanProblem, problemFormats, type ProblemFormat } from './offline/problem-text.ts';
import { pointerInto, type Pointer } from './offline/source-line.ts';

interface Options {
  readonly format: ProblemFormat;
  readonly strict: boolean;
}

/** `trueup validate`: every problem of the manifests in a folder. Needs no network and no credentials. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('check the manifests in a folder, offline')
    .argument('[path]', 'a repository, a folder of manifests or one file', '.')
    .option('--format <format>', problemFormats.join(', '), oneOf(problemFormats), 'human')
    .option('--strict', 'warnings count as findings', false)
    .addHelpText('after', '\nExit code: 0 clean (warnings are shown), 1 findings, 2 usage.')
    .action(async (path: string, { format, strict }: Options, command: Command) => {
      const state = await compileFolder(command, path);
      const counted = state.problems.filter(({ severity }) => strict || severity === 'error');
      const pointer = format === 'human' ? await pointerInto(state.problems) : () => [];
      for (const line of linesOf(state, format, pointer)) console.log(line);
      process.exitCode = counted.length > 0 ? exitCodes.findings : exitCodes.clean;
    });
}

function linesOf(state: FolderState, format: ProblemFormat, pointer: Pointer): readonly string[] {
  const { problems, environments, documents } = state;
  switch (format) {
    case 'json':
      return [JSON.stringify({ documents, environments: environments.map(environmentSummary), problems }, null, 2)];
    case 'github':
      return problems.map(githubProblem);
    case 'human':
      return [...problems.map((problem) => humanProblem(problem, pointer(problem))), summary(state)];
  }
}

function environmentSummary({ name, services, invalid }: FolderState['environments'][number]): object {
  return { name, services: services.length, invalid };
}

function summary({ problems, environments, documents }: FolderState): string {
  const errors = problems.filter(isError).length;
  const names = environments.map(({ name }) => name).join(', ');
  const found = `${counted(documents, 'document')}, ${names === '' ? 'no environment' : `environments: ${names}`}`;
  return `${found}; ${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

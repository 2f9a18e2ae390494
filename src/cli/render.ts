import { Command } from 'commander';
import { stringify } from 'yaml';
import { concerns } from '../gitops/desired/standing.ts';
import type { DesiredEnvironment, DesiredService } from '../kernel/desired-state.ts';
import { isError } from '../kernel/problem.ts';
import { exitCodes } from './exit-codes.ts';
import { compileFolder, oneOf, type FolderState } from './offline/offline-command.ts';
import { humanProblem } from './offline/problem-text.ts';
import { visible } from './offline/visible.ts';

const formats = ['human', 'json'] as const;

interface Options {
  readonly environment: string;
  readonly service?: string;
  readonly format: (typeof formats)[number];
}

/** `trueup render`: the bodies that would be sent to Azure, without the tags that only a deployment knows (commit, trace). */
export function renderCommand(): Command {
  return new Command('render')
    .description('print the container apps that would be sent to Azure, offline')
    .argument('[path]', 'a repository, a folder of manifests or one file', '.')
    .requiredOption('--environment <name>', 'a RuntimeEnvironment')
    .option('--service <name>', 'one RuntimeService of it')
    .option('--format <format>', formats.join(', '), oneOf(formats), 'human')
    .addHelpText('after', '\nExit code: 0 rendered, 1 the environment or a service of it is declared wrongly, 2 usage.')
    .action(async (path: string, options: Options, command: Command) => {
      const state = await compileFolder(command, path);
      const environment = state.environments.find(({ name }) => name === options.environment);
      const problems = problemsOf(state, environment);
      for (const problem of problems) console.error(humanProblem(problem));
      if (environment === undefined && problems.length === 0) misuse(command, `there is no environment ${options.environment}`, state.environments);
      const services = chosen(environment, options.service);
      if (environment !== undefined && services.length === 0 && problems.length === 0) misuse(command, `there is no service ${options.service ?? ''}`, environment.services);
      if (environment !== undefined) console.log(options.format === 'json' ? jsonOf(environment, services) : yamlOf(environment, services));
      process.exitCode = problems.length > 0 ? exitCodes.findings : exitCodes.clean;
    });
}

/** Errors that keep something out of what is printed. An environment that did not compile may be kept out by any. */
function problemsOf({ problems }: FolderState, environment: DesiredEnvironment | undefined): FolderState['problems'] {
  const errors = problems.filter(isError);
  return environment === undefined ? errors : errors.filter((problem) => problem.document === null || concerns(environment, problem));
}

function chosen(environment: DesiredEnvironment | undefined, service: string | undefined): readonly DesiredService[] {
  return (environment?.services ?? []).filter(({ name }) => service === undefined || name === service);
}

function misuse(command: Command, what: string, known: readonly { readonly name: string }[]): never {
  const names = known.map(({ name }) => name).join(', ');
  return command.error(`error: ${visible(what)}${names === '' ? '' : `; there is ${names}`}`, { exitCode: exitCodes.usage });
}

function resourceId({ azure }: DesiredEnvironment, { name }: DesiredService): string {
  return `/subscriptions/${azure.subscription}/resourceGroups/${azure.resourceGroup}/providers/Microsoft.App/containerApps/${name}`;
}

function jsonOf(environment: DesiredEnvironment, services: readonly DesiredService[]): string {
  return JSON.stringify(services.map((service) => ({ id: resourceId(environment, service), name: service.name, ...service.app })), null, 2);
}

function yamlOf(environment: DesiredEnvironment, services: readonly DesiredService[]): string {
  return services.map((service) => `# ${resourceId(environment, service)}\n${stringify(service.app, { aliasDuplicateObjects: false })}`).join('---\n');
}

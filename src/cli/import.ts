import { Command } from 'commander';
import { declaredProblems } from '../contexts/tenant-isolation/context.ts';
import { manifestLanguage } from '../gitops/desired/language.ts';
import type { ParsedFile } from '../gitops/domain/parsed-file.ts';
import { tenantSlug } from '../gitops/domain/values/names.ts';
import { childParser } from '../gitops/parser/child-parser.ts';
import type { ManifestParser } from '../gitops/ports.ts';
import { stages, type JsonObject } from '../kernel/desired-state.ts';
import { isError, type Problem } from '../kernel/problem.ts';
import { exitCodes } from './exit-codes.ts';
import { ImportMisuse, manifestsOf, soleTenantIn, type Manifests } from './import/manifests-of.ts';
import { savedApps } from './import/saved-apps.ts';
import { existing, writeFiles, type ManifestFile } from './import/write-files.ts';
import { codeOf, oneOf } from './offline/offline-command.ts';
import { humanProblem } from './offline/problem-text.ts';
import { readFolder } from './offline/read-folder.ts';
import { UnreadableAnswer } from './offline/saved-json.ts';
import { visible } from './offline/visible.ts';

const formats = ['human', 'json'] as const;

interface Options {
  readonly resourceGroup?: string;
  readonly subscription?: string;
  readonly from?: string;
  readonly environment?: string;
  readonly tenant?: string;
  readonly project?: string;
  readonly stage: (typeof stages)[number];
  readonly into: string;
  readonly force: boolean;
  readonly format: (typeof formats)[number];
}

const help = `
The apps come from Azure, read with the identity that the environment variables AZURE_* name (docs/configuration.md), or from a file:
  az containerapp list --resource-group RG --output json > apps.json && trueup import --from apps.json
Nothing is changed in Azure, and no file is written over without --force.

Exit code: 0 written, 1 nothing to write, a file that is there, or manifests that need a hand before they are valid, 2 usage.`;

/** `trueup import`: manifests for container apps that run. */
export function importCommand(): Command {
  return new Command('import')
    .description('write manifests for container apps that run, so that merging them changes nothing')
    .option('--resource-group <name>', 'the group whose container apps are read from Azure')
    .option('--subscription <id>', 'its subscription')
    .option('--from <file>', 'JSON of one container app or of a list instead: nothing is read from Azure')
    .option('--environment <name>', 'name in Git; otherwise after the Container Apps environment')
    .option('--tenant <name>', 'whose the manifests are; otherwise the tenant of the folder, or `main`')
    .option('--project <name>', 'the project that they belong to')
    .option('--stage <stage>', stages.join(', '), oneOf(stages), 'prod')
    .option('--into <folder>', 'the root of the repository', '.')
    .option('--force', 'write over files that are there', false)
    .option('--format <format>', formats.join(', '), oneOf(formats), 'human')
    .addHelpText('after', help)
    .action(run);
}

async function run(_options: Options, command: Command): Promise<void> {
  const options = command.opts<Options>();
  const apps = await appsOf(command, options);
  await using parser = childParser({ children: 1 });
  // Nothing, where there is no such folder.
  const there = await readFolder(options.into, parser).then(({ files }) => files, () => []);
  const tenant = tenantOf(command, options, there);
  const made = manifests(command, options, { apps, tenant, there });
  const inTheWay = options.force ? [] : await existing(options.into, made.files);
  for (const path of inTheWay) console.error(`error: ${visible(path)} is there already, and nothing was written: --force writes over it`);
  const written = inTheWay.length > 0 ? [] : made.files;
  await writeFiles(options.into, written, options.force).catch((error: unknown) => command.error(`error: ${visible(options.into)} cannot be written (${codeOf(error)}): --into names a folder`, { exitCode: exitCodes.usage }));
  const wrong = written.length === 0 ? [] : await problemsOf(written, there, parser);
  const result = { into: options.into, files: written.map(({ path }) => path), notes: made.notes, problems: wrong };
  console.log(options.format === 'json' ? JSON.stringify(result, null, 2) : humanText(result).map(visible).join('\n'));
  process.exitCode = written.length === 0 || wrong.length > 0 ? exitCodes.findings : exitCodes.clean;
}

async function appsOf(command: Command, { from, resourceGroup, subscription }: Options): Promise<readonly JsonObject[]> {
  const misuse = (why: string): never => command.error(`error: ${visible(why)}`, { exitCode: exitCodes.usage });
  if (from !== undefined && (resourceGroup !== undefined || subscription !== undefined)) misuse('--from reads a file, and --resource-group Azure: one of them');
  try {
    if (from !== undefined) return await savedApps(from);
    if (resourceGroup === undefined || subscription === undefined) return misuse('--resource-group and --subscription, or --from FILE, say what to import');
    // Loaded here, so that a file can be imported without paying for the SDKs.
    const { liveApps } = await import('./import/live-apps.ts');
    return await liveApps({ resourceGroup, subscription }, process.env);
  } catch (error) {
    if (error instanceof UnreadableAnswer) misuse(error.message);
    throw error;
  }
}

/** Errors that the folder has with what was written. */
async function problemsOf(written: readonly ManifestFile[], there: readonly ParsedFile[], parser: ManifestParser): Promise<readonly Problem[]> {
  const files = await Promise.all(written.map(({ path, text }) => parser.parse(path, new TextEncoder().encode(text))));
  const kept = there.filter(({ path }) => !written.some((one) => one.path === path));
  const { problems, environments } = manifestLanguage.compile([...kept, ...files]);
  return [...problems, ...environments.flatMap(declaredProblems)].filter(isError);
}

function tenantOf(command: Command, { tenant }: Options, there: readonly ParsedFile[]): string {
  const name = tenant ?? soleTenantIn(there) ?? 'main';
  if (!tenantSlug.safeParse(name).success) command.error(`error: --tenant ${visible(name)} is not a name in Git: lower-case letters, digits and single hyphens`, { exitCode: exitCodes.usage });
  return name;
}

interface Found {
  readonly apps: readonly JsonObject[];
  readonly tenant: string;
  readonly there: readonly ParsedFile[];
}

function manifests(command: Command, { environment, project, stage }: Options, { apps, tenant, there }: Found): Manifests {
  if (apps.length === 0) return { files: [], notes: ['there is no container app'] };
  try {
    return manifestsOf(apps, { environment: environment ?? null, project: project ?? null, stage, tenant }, there);
  } catch (error) {
    if (error instanceof ImportMisuse) return command.error(`error: ${visible(error.message)}`, { exitCode: exitCodes.usage });
    throw error;
  }
}

interface Result {
  readonly into: string;
  readonly files: readonly string[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
}

function humanText({ into, files, notes, problems }: Result): readonly string[] {
  const wrote = files.length === 0 ? ['Nothing was written.'] : [`Wrote ${files.length} file${files.length === 1 ? '' : 's'} into ${into}:`, ...files.map((file) => `  ${file}`)];
  const left = notes.length === 0 ? [] : ['What to look at:', ...notes.map((note) => `  ${note}`)];
  const wrong = problems.length === 0 ? [] : ['Before they are valid:', ...problems.map((problem) => humanProblem(problem))];
  const next = files.length === 0 || problems.length > 0 ? [] : ['Open a pull request with them: its plan says what the merge would change, which is nothing where nothing is said above.'];
  return [...wrote, ...left, ...wrong, ...next];
}

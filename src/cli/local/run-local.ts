import type { Pace } from '../../local/azure/world.ts';
import type { FaultRequest } from '../../local/faults/board.ts';
import type { CloudName } from '../../local/faults/fault-api.ts';
import { azureCloud, githubCloud, startPanel } from '../../local/panel/panel.ts';
import { askFaults } from '../demo/asked-faults.ts';
import { exitCodes } from '../exit-codes.ts';
import { UsageFault } from '../usage-fault.ts';
import { openFolder } from './folder.ts';
import { openAzure } from './open-azure.ts';
import { openGithub } from './open-github.ts';
import type { Opened } from './opened.ts';
import { checkPorts, listeningAt, type Ports } from './ports.ts';
import { noSeed, readSeed } from './read-seed.ts';
import { readyForPeople, readyForPrograms } from './ready.ts';

interface LocalOptions {
  readonly clouds: readonly CloudName[];
  readonly ports: Ports;
  readonly directory: string | null;
  readonly seedFile: string | null;
  readonly faults: readonly FaultRequest[];
  readonly pace: Partial<Pace>;
  readonly webhookUrl: string | null;
  readonly json: boolean;
  /** What ends them. */
  readonly ended: Promise<void>;
}

/** Local clouds until they are ended. @returns the exit code. @throws when something cannot start; what had started has ended then. */
export async function runLocal(options: LocalOptions): Promise<number> {
  // Whoever took the first line may close the pipe (`| head -1`) and go on using what it says.
  process.stdout.on('error', () => undefined);
  await using stack = new AsyncDisposableStack();
  const opened = await open(options, stack);
  console.log(options.json ? JSON.stringify(readyForPrograms(opened)) : readyForPeople(opened).join('\n'));
  await options.ended;
  return exitCodes.clean;
}

async function open({ clouds, ports, directory, seedFile, faults, pace, webhookUrl }: LocalOptions, stack: AsyncDisposableStack): Promise<Opened> {
  checkPorts(ports, clouds);
  const stranger = faults.find(({ name }) => !clouds.some((cloud) => name.startsWith(`${cloud}:`)));
  if (stranger) throw new UsageFault(`${stranger.name} is a fault of a cloud that is not started: start it, too, with \`trueup local all\``);
  const seed = seedFile === null ? noSeed : await readSeed(seedFile);
  const folder = stack.use(await openFolder(directory, clouds));
  const azure = clouds.includes('azure') ? stack.use(await openAzure({ directory: folder.path, port: ports.azure, pace, seed: seed.azure, refuse: seed.refuse, log: logFailure })) : null;
  const github = clouds.includes('github') ? stack.use(await openGithub({ directory: folder.path, port: ports.github, seed: seed.github, seedFile: seedFile ?? '', refuse: seed.refuse, webhookUrl, log: logFailure })) : null;
  const shown = [...(azure ? [azureCloud(azure)] : []), ...(github ? [githubCloud(github.github)] : [])];
  const panel = stack.use(await listeningAt('panel', ports.panel, () => startPanel({ clouds: shown, ...(ports.panel !== undefined && { port: ports.panel }) })));
  askFaults(panel, faults);
  return { directory: folder.path, azure, github, panel };
}

/** What went wrong in a cloud itself, without the query, which carries signatures. Every answered request is in the journal. */
function logFailure(line: object): void {
  if (!('error' in line)) return;
  const path = 'path' in line ? String(line.path).split('?', 1)[0] : null;
  console.error(JSON.stringify({ message: 'a local cloud failed', path, error: line.error }));
}

import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isoSeconds, type Person } from './git/commits.ts';
import { runGit } from './git/git.ts';
import { objectReader } from './git/object-reader.ts';
import { sendInstallation, sendInstallationRepository } from './events/installation.ts';
import { findRepository, forkOf, type Account, type Repository, type World } from './world.ts';
import { HttpProblem } from './problem.ts';

/** `gc.auto`: nothing may move under a reader that lives as long as the process. `core.fsync`: nobody reads it after a crash of the machine. */
const settings = `
[core]
	fsync = none
[http]
	receivepack = true
[receive]
	hideRefs = refs/pull
	denyDeleteCurrent = refuse
	fsckObjects = true
	autogc = false
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[gc]
	auto = 0
`;

const validName = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/;

/** An empty bare repository, known to the world. */
export async function addRepository(world: World, owner: Account, name: string, parent: Repository | null): Promise<Repository> {
  if (!validName.test(name) || name.endsWith('.git')) throw new HttpProblem(422, 'Repository creation failed: name is not valid');
  if (findRepository(world, owner.login, name)) throw new HttpProblem(422, 'Repository creation failed: name already exists on this account');
  const directory = join(world.directory, owner.login, `${name}.git`);
  if (await stat(directory).catch(() => null)) throw new HttpProblem(422, 'Repository creation failed: its folder already exists');
  await mkdir(join(world.directory, owner.login), { recursive: true });
  await runGit(directory, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main']);
  await appendFile(join(directory, 'config'), settings);
  const now = isoSeconds(world.now());
  const repository: Repository = {
    id: world.nextId(),
    name,
    owner,
    parent,
    defaultBranch: parent?.defaultBranch ?? 'main',
    createdAt: now,
    archived: false,
    deleted: false,
    pushedAt: now,
    directory,
    objects: objectReader(directory),
    alone: inTurn(),
    pulls: new Map(),
    comments: new Map(),
    suites: new Map(),
    runs: new Map(),
    statuses: [],
    deployments: new Map(),
    nextNumber: 1,
  };
  world.repositories.set(repository.id, repository);
  return repository;
}

/** One after another, whatever the one before came to. */
function inTurn(): Repository['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** The first commit, with one process however many files. */
export async function commitFiles(repository: Repository, files: Readonly<Record<string, string | Uint8Array>>, author: Person): Promise<void> {
  const seconds = Math.floor(Date.parse(author.date) / 1000);
  const signature = `${author.name} <${author.email}> ${seconds} +0000`;
  const message = 'Initial commit';
  const head = [`commit refs/heads/${repository.defaultBranch}`, `author ${signature}`, `committer ${signature}`, `data ${message.length}`, message, ''].join('\n');
  const changes = Object.entries(files).flatMap(([path, content]) => {
    const bytes = Buffer.from(content);
    return [Buffer.from(`M 100644 inline ${quoted(path)}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n')];
  });
  await runGit(repository.directory, ['fast-import', '--quiet'], { input: Buffer.concat([Buffer.from(head), ...changes, Buffer.from('done\n')]) });
}

function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

/** Installs the App on the repository, with the event that GitHub would send. @returns the installation's id. */
export function installOn(world: World, repository: Repository, sender: Account): number {
  const first = world.installation === null;
  const installation = (world.installation ??= { id: world.nextId(), account: world.organization, repositories: new Set(), createdAt: isoSeconds(world.now()), suspended: null });
  installation.repositories.add(repository.id);
  if (first) sendInstallation(world, installation, 'created', sender);
  else sendInstallationRepository(world, installation, 'added', repository, sender);
  return installation.id;
}

/** A real copy with its own refs. The App is not installed there, as it is not on a contributor's account. */
export async function forkRepository(world: World, parent: Repository, owner: Account, name: string): Promise<Repository> {
  const existing = forkOf(world, parent, owner.login);
  if (existing) return existing;
  const fork = await addRepository(world, owner, name, parent);
  await runGit(fork.directory, ['fetch', '--quiet', '--no-write-fetch-head', parent.directory, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  return fork;
}

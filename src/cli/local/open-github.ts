import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startLocalGitHub, type LocalGitHub, type LocalRepository } from '../../local/github/start.ts';
import type { Role, Webhook } from '../../local/github/world.ts';
import { written } from './folder.ts';
import { listeningAt } from './ports.ts';
import type { ReadSeed } from './read-seed.ts';
import { filesOf, type SeedFiles } from './seed-files.ts';
import type { GithubSeed } from './seed.ts';

interface GithubOptions {
  readonly directory: string;
  readonly port: number | undefined;
  readonly seed: GithubSeed | undefined;
  /** For folders that it names. */
  readonly seedFile: string;
  readonly refuse: ReadSeed['refuse'];
  /** Instead of the seed's. */
  readonly webhookUrl: string | null;
  readonly log: (line: object) => void;
}

export interface OpenedGitHub extends AsyncDisposable {
  readonly github: LocalGitHub;
  readonly privateKeyFile: string;
  readonly webhook: Webhook | null;
  readonly repositories: readonly LocalRepository[];
  readonly users: readonly { readonly login: string; readonly permission: Role; readonly token: string }[];
}

/** Repositories cannot be made through GitHub's API here, so there is one to begin with. */
const sandbox: GithubSeed = { app: {}, webhook: null, users: [], repositories: [{ name: 'sandbox', files: { 'README.md': '# Sandbox\n' } }] };

/** The local GitHub with what the seed says. */
export async function openGithub({ directory, port, seed = sandbox, seedFile, refuse, webhookUrl, log }: GithubOptions): Promise<OpenedGitHub> {
  requireGit();
  const { id, slug, events, permissions } = seed.app;
  const app = { ...(id !== undefined && { id }), ...(slug !== undefined && { slug }), ...(events && { events }), ...(permissions && { permissions: present(permissions) }) };
  const contents: { readonly name: string; readonly files: SeedFiles }[] = [];
  for (const [index, repository] of seed.repositories.entries()) contents.push({ name: repository.name, files: await filesOf(repository, { seedFile, path: ['github', 'repositories', index], refuse }) });
  const webhook = webhookOf(seed.webhook, webhookUrl);
  const privateKeyFile = join(directory, written.github.appKey);
  await using opened = new AsyncDisposableStack();
  const github = opened.use(
    await listeningAt('github', port, () => startLocalGitHub({ directory: join(directory, written.github.repositories), app, webhook: null, log, ...(port !== undefined && { port }) })),
  );
  await writeFile(privateKeyFile, github.app.privateKey, { mode: 0o600 });
  const repositories: LocalRepository[] = [];
  for (const { name, files } of contents) repositories.push(await github.createRepository(name, files));
  const users: { login: string; permission: Role; token: string }[] = [];
  for (const { login, permission } of seed.users) users.push({ login, permission, token: await github.addUser(login, permission) });
  // Nobody listens yet for what the seed itself does.
  github.setWebhook(webhook);
  const ended = opened.move();
  return { github, privateKeyFile, webhook, repositories, users, [Symbol.asyncDispose]: () => ended.disposeAsync() };
}

function webhookOf(seed: GithubSeed['webhook'], url: string | null): Webhook | null {
  const address = url ?? seed?.url;
  return address === undefined ? null : { url: address, secret: seed?.secret ?? randomBytes(32).toString('hex') };
}

/** Only what is set: an absent right is none. */
function present<T>(record: Readonly<Record<string, T | undefined>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined));
}

/** `merge-tree` writes trees since 2.38. */
function requireGit(): void {
  const { stdout, error } = spawnSync('git', ['--version'], { encoding: 'utf8' });
  if (error) throw new Error('git is not on the PATH: the local GitHub needs it, 2.38 or newer; install it, or start the local Azure alone (trueup local azure)');
  const [, major = '0', minor = '0'] = /(?<!\d)(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) * 1000 + Number(minor) < 2038) throw new Error(`git is ${stdout.trim().replace(/^git version /, '')}: the local GitHub needs 2.38 or newer`);
}

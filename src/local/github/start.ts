import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { getRequestListener } from '@hono/node-server';
import { newPersonalToken } from './auth/tokens.ts';
import { appDeliveries, type Deliveries } from './events/deliveries.ts';
import { githubFaultBoard, type GithubFaultBoard } from './faults.ts';
import { isoSeconds } from './git/commits.ts';
import { githubJournal, type GithubJournal } from './journal.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { listening } from './listening.ts';
import type { GithubObserver } from './observer.ts';
import { personOf } from './pull-requests/test-merge.ts';
import { repositoryPage } from './render/repository.ts';
import { addRepository, commitFiles, installOn } from './repositories.ts';
import { answerRequest, type RequestLog } from './request.ts';
import type { Account, AppRecord, Permissions, Role, Webhook, World } from './world.ts';

export interface LocalGitHubOptions {
  /** On 127.0.0.1; any free one when absent. */
  readonly port?: number;
  /** For the bare repositories. */
  readonly directory: string;
  readonly app?: { readonly id?: number; readonly slug?: string; readonly events?: readonly string[]; readonly permissions?: Permissions };
  readonly webhook: Webhook | null;
  readonly log?: RequestLog;
  readonly observe?: GithubObserver;
  /** GitHub's own where nothing is said. */
  readonly limits?: Partial<Limits>;
  /** Milliseconds since the epoch; the limits, the tokens and all times go by it. */
  readonly now?: () => number;
}

export interface LocalGitHub extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`: pages, and Git over HTTP. */
  readonly url: string;
  /** Octokit's `baseUrl`. */
  readonly api: string;
  readonly app: { readonly id: number; readonly slug: string; readonly clientId: string; readonly privateKey: string };
  /** The organization whose repositories the App is installed on. */
  readonly owner: string;
  /** Personal token of the organization's maintainer; for Git over HTTP the password. */
  readonly token: string;
  /** The first commit on `main`, then the App is installed there. */
  createRepository(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<LocalRepository>;
  /** A person who may do this in every repository of the organization. @returns a personal token. */
  addUser(login: string, permission: Role): Promise<string>;
  setWebhook(webhook: Webhook | null): void;
  readonly faults: GithubFaultBoard;
  readonly journal: GithubJournal;
  readonly deliveries: Deliveries;
}

export interface LocalRepository {
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly htmlUrl: string;
  readonly cloneUrl: string;
}

const defaultEvents = ['push', 'pull_request', 'check_run', 'check_suite', 'issue_comment'];
const defaultPermissions: Permissions = { checks: 'write', contents: 'write', deployments: 'write', issues: 'write', metadata: 'read', pull_requests: 'write', statuses: 'write' };

/** GitHub on loopback, over real bare repositories. Its state lives as long as it does. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  await mkdir(options.directory, { recursive: true });
  // Longer than a busy machine makes a client wait between two requests: a connection that closes under a request is a fault of nobody's.
  const server = createServer({ keepAliveTimeout: 60_000 });
  const port = await listening(server, options.port ?? 0);
  const world = newWorld(options, `http://127.0.0.1:${port}`);
  const closing = new AbortController();
  const faults = githubFaultBoard();
  const journal = githubJournal();
  const deliveries = appDeliveries(world, faults, options.observe ?? null, closing.signal);
  world.send = deliveries.send;
  server.on('request', getRequestListener(answerRequest({ world, faults, journal, deliveries, log: options.log ?? (() => undefined), observe: options.observe ?? null, closing: closing.signal }), { overrideGlobalObjects: false }));
  const maintainer = addAccount(world, 'mona');
  world.members.set('mona', 'admin');
  const { id, slug, clientId, privateKey } = world.app;

  return {
    url: world.origin,
    api: world.api,
    app: { id, slug, clientId, privateKey },
    owner: world.organization.login,
    token: personalToken(world, maintainer),
    async createRepository(name, files) {
      const repository = await addRepository(world, world.organization, name, null);
      await commitFiles(repository, files, personOf(world, maintainer));
      const installationId = installOn(world, repository, maintainer);
      const htmlUrl = repositoryPage(world, repository);
      return { id: repository.id, installationId, owner: world.organization.login, name, htmlUrl, cloneUrl: `${htmlUrl}.git` };
    },
    async addUser(login, permission) {
      const account = world.accounts.get(login.toLowerCase()) ?? addAccount(world, login);
      world.members.set(login.toLowerCase(), permission);
      return personalToken(world, account);
    },
    setWebhook(webhook) {
      world.webhook = webhook;
    },
    faults,
    journal,
    deliveries,
    async [Symbol.asyncDispose]() {
      closing.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      for (const { objects } of world.repositories.values()) objects.close();
    },
  };
}

function newWorld(options: LocalGitHubOptions, origin: string): World {
  let lastId = 1000;
  const nextId = (): number => (lastId += 1);
  const now = options.now ?? Date.now;
  return {
    origin,
    api: `${origin}/api/v3`,
    directory: options.directory,
    app: newApp(options.app ?? {}, nextId(), isoSeconds(now())),
    limits: { ...defaultLimits, ...options.limits },
    organization: { id: nextId(), login: 'acme', type: 'Organization' },
    accounts: new Map(),
    members: new Map(),
    repositories: new Map(),
    installation: null,
    tokens: new Map(),
    webhook: options.webhook,
    send: () => undefined,
    nextId,
    now,
  };
}

function newApp(given: NonNullable<LocalGitHubOptions['app']>, botId: number, createdAt: string): AppRecord {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const id = given.id ?? 421;
  const slug = given.slug ?? 'trueup';
  return {
    id,
    clientId: `Iv23li${String(id).padStart(14, '0')}`,
    slug,
    name: slug,
    privateKey,
    publicKey,
    permissions: given.permissions ?? defaultPermissions,
    events: given.events ?? defaultEvents,
    bot: { id: botId, login: `${slug}[bot]`, type: 'Bot' },
    createdAt,
  };
}

function addAccount(world: World, login: string): Account {
  if (!/^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i.test(login) || login.toLowerCase() === world.organization.login) throw new Error(`${login} cannot be the login of a person`);
  const account: Account = { id: world.nextId(), login, type: 'User' };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

function personalToken(world: World, account: Account): string {
  const secret = newPersonalToken();
  world.tokens.set(secret, { kind: 'person', account });
  return secret;
}

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { freePort } from '../../local/free-port.ts';
import { startLocalAzure, type LocalAzure, type VaultSeed } from '../../local/azure/start.ts';
import type { AppsOptions } from '../../local/azure/apps/apps-service.ts';
import type { AzureObserver } from '../../local/azure/http/observation.ts';
import type { Pace } from '../../local/azure/world.ts';
import type { Limits } from '../../local/github/limits.ts';
import type { GithubObserver } from '../../local/github/observer.ts';
import { startLocalGitHub, type LocalGitHub, type LocalRepository } from '../../local/github/start.ts';
import { azureCloud, githubCloud, startPanel, type Panel } from '../../local/panel/panel.ts';
import { startLocalRedis, type LocalRedis } from '../../local/redis/start.ts';
import { azureEnvironment, githubEnvironment } from '../local/environment.ts';
import { startBot, type Bot } from './bot.ts';
import { grantsFor, subscription, vaultSeeds } from './storefront.ts';

/** Everything that the story is told on, all of it on loopback. */
export interface Stage extends AsyncDisposable {
  readonly directory: string;
  readonly redis: LocalRedis;
  readonly azure: LocalAzure;
  readonly github: LocalGitHub;
  readonly repository: LocalRepository;
  readonly others: readonly LocalRepository[];
  readonly botUrl: string;
  /** Faults and journals of both clouds. */
  readonly panel: Panel;
  /** What Trueup's processes are set up with, for whoever starts them otherwise. */
  readonly env: Readonly<Record<string, string>>;
  /** Trueup's own processes, set up to find all of the above. They end with the stage at the latest. */
  startBot(onRestart: (role: string) => void): Promise<Bot>;
}

interface StageOptions {
  readonly directory: string | null;
  readonly files: Readonly<Record<string, string>>;
  /** More repositories, by name, each with its first files. */
  readonly others?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The text of the operator's file; without it, what the storefront needs. */
  readonly grants?: (repositories: readonly LocalRepository[]) => string;
  readonly vaults?: readonly VaultSeed[];
  readonly pace?: Partial<Pace>;
  /** Added to the environment of Trueup's processes. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether workloads are processes of their own, the default. */
  readonly workloads?: AppsOptions['workloads'];
  /** Azure's own limit where nothing is said. */
  readonly environmentsPerRegion?: AppsOptions['environmentsPerRegion'];
  /** Gets every exchange with the local Azure. */
  readonly observeAzure?: AzureObserver;
  /** Gets every answer and every event of the local GitHub. */
  readonly observeGithub?: GithubObserver;
  /** GitHub's own where nothing is said. */
  readonly githubLimits?: Partial<Limits>;
  /** Told as each part is up. */
  readonly onPart?: (part: string, url: string, ms: number) => void;
}

export async function setStage({ directory: wanted, files, others: more = {}, grants = storefrontGrants, vaults = vaultSeeds(), pace = {}, env: settings = {}, workloads, environmentsPerRegion, observeAzure, observeGithub, githubLimits = {}, onPart = () => undefined }: StageOptions): Promise<Stage> {
  const directory = wanted ?? mkdtempSync(join(tmpdir(), 'trueup-demo-'));
  mkdirSync(directory, { recursive: true });
  const opened = new AsyncDisposableStack();
  const part = async <T extends AsyncDisposable>(name: string, start: () => Promise<T>, url: (started: T) => string): Promise<T> => {
    const began = performance.now();
    const started = opened.use(await start());
    onPart(name, url(started), Math.round(performance.now() - began));
    return started;
  };
  try {
    const webhookSecret = randomBytes(32).toString('hex');
    const redis = await part('redis', () => startLocalRedis({ directory }), ({ url }) => url);
    const azure = await part('azure', () => startLocalAzure({ directory, subscription, vaults, pace, workloads, environmentsPerRegion, ...(observeAzure && { observe: observeAzure }) }), ({ arm }) => arm);
    const github = await part('github', () => startLocalGitHub({ directory: join(directory, 'github'), webhook: null, app: appManifest(), limits: githubLimits, ...(observeGithub && { observe: observeGithub }) }), ({ url }) => url);
    const ports = { web: await freePort(), worker: await freePort() };
    github.setWebhook({ url: `http://127.0.0.1:${ports.web}/api/github/webhooks`, secret: webhookSecret });
    const repository = await github.createRepository('storefront', files);
    const others: LocalRepository[] = [];
    for (const [name, first] of Object.entries(more)) others.push(await github.createRepository(name, first));
    const panel = opened.use(await startPanel({ clouds: [azureCloud(azure), githubCloud(github)] }));
    const env = { ...botEnvironment({ directory, redis, azure, github, grants: grants([repository, ...others]), ports, webhookSecret }), ...(githubLimits.contentPerMinute !== undefined && withoutBudgets), ...settings };
    return {
      directory,
      redis,
      azure,
      github,
      repository,
      others,
      panel,
      env,
      botUrl: `http://127.0.0.1:${ports.web}`,
      startBot: async (onRestart) => opened.use(await startBot({ ports, env, logDirectory: directory, onRestart })),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/** Where GitHub's limits are lifted, more is done within a minute than a team does in hours. */
const withoutBudgets = { GITHUB_WRITES_PER_MINUTE: '0', GITHUB_WRITES_PER_HOUR: '0', AZURE_WRITES_PER_MINUTE: '0' };

const manifestSchema = z.object({ default_permissions: z.record(z.string(), z.enum(['read', 'write'])), default_events: z.array(z.string()) });

/** The App with exactly the permissions and events of `app.yml`: what is missing there fails here. */
function appManifest(): { readonly permissions: Readonly<Record<string, 'read' | 'write'>>; readonly events: readonly string[] } {
  const text = readFileSync(join(import.meta.dirname, '../../../app.yml'), 'utf8');
  const { default_permissions: permissions, default_events: events } = manifestSchema.parse(parse(text));
  return { permissions, events };
}

function storefrontGrants([repository]: readonly LocalRepository[]): string {
  return grantsFor(repository?.installationId ?? 0, repository?.id ?? 0);
}

interface BotParts {
  readonly directory: string;
  readonly redis: LocalRedis;
  readonly azure: LocalAzure;
  readonly github: LocalGitHub;
  readonly grants: string;
  readonly ports: { readonly web: number; readonly worker: number };
  readonly webhookSecret: string;
}

/** The same settings that an operator writes (docs/configuration.md), and the two that lead to the local cloud. */
function botEnvironment({ directory, redis, azure, github, grants, ports, webhookSecret }: BotParts): Readonly<Record<string, string>> {
  const grantsFile = join(directory, 'grants.json');
  const keyFile = join(directory, 'app-key.pem');
  writeFileSync(grantsFile, grants);
  writeFileSync(keyFile, github.app.privateKey, { mode: 0o600 });
  return {
    ...githubEnvironment(github, keyFile),
    ...azureEnvironment(azure),
    WEBHOOK_SECRET: webhookSecret,
    REDIS_URL: redis.url,
    TRUEUP_GRANTS_FILE: grantsFile,
    TRUEUP_SEAL_KEY: randomBytes(32).toString('base64'),
    HOST: '127.0.0.1',
    PORT: String(ports.web),
    WORKER_PORT: String(ports.worker),
    AZURE_POLL_MS: '250',
    LOG_LEVEL: 'info',
    NODE_ENV: 'production',
  };
}

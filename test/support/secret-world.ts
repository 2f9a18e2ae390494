import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startBot, type Bot } from '../../src/cli/demo/bot.ts';
import { setStage, type Stage } from '../../src/cli/demo/stage.ts';
import { subscription } from '../../src/cli/demo/storefront.ts';
import type { AzureExchange } from '../../src/local/azure/http/observation.ts';
import type { VaultSeed } from '../../src/local/azure/start.ts';
import { freePort } from '../../src/local/free-port.ts';
import type { GithubExchange } from '../../src/local/github/observer.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { wideLimits } from './local-github.ts';
import { vaultOf } from './shop.ts';

export interface SecretWorld extends AsyncDisposable {
  readonly stage: Stage;
  readonly bot: Bot;
  /** Of Trueup's processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly ports: { readonly web: number; readonly worker: number; readonly metrics: number };
  /** What the services answered Trueup, and what it sent to GitHub. */
  readonly heard: { readonly azure: readonly AzureExchange[]; readonly github: readonly GithubExchange[]; readonly events: readonly unknown[] };
  /** Every value in Redis, by key, and every command that ever changed one. */
  stored(): Promise<ReadonlyMap<string, Buffer>>;
}

/** Who edits apps in the portal. */
export const maria = 'maria@contoso.example';

interface SecretWorldOptions {
  readonly shops: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly vaults: readonly VaultSeed[];
  readonly webhookSecret: string;
  readonly redisPassword: string;
  /** 32 bytes in base64. */
  readonly sealKey: string;
}

/** Trueup on secrets that are looked for afterwards: each of its own settings is one. */
export async function secretWorld({ shops, vaults, webhookSecret, redisPassword, sealKey }: SecretWorldOptions): Promise<SecretWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-secrets-'));
  const azure: AzureExchange[] = [];
  const github: GithubExchange[] = [];
  const events: unknown[] = [];
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const stage = opened.use(await setStage({
    directory, files: { 'README.md': 'Nothing to manage here.\n' }, others: shops, grants: grantsOf, vaults, workloads: 'in-process', githubLimits: wideLimits,
    pace: { operationMs: 100, environmentMs: 100, readyMs: 200, metricsDelayMs: 100, activityDelayMs: 100, expiryMs: 5_000, vaultSyncMs: 60_000 },
    observeAzure: (exchange) => void azure.push(exchange),
    observeGithub: { answered: (exchange) => void (exchange.byPerson || github.push(exchange)), sent: ({ body }) => void events.push(body) },
  }));
  const ports = { web: Number(stage.env['PORT']), worker: Number(stage.env['WORKER_PORT']), metrics: await freePort() };
  const { port } = new URL(stage.redis.url);
  const env = { ...stage.env, WEBHOOK_SECRET: webhookSecret, TRUEUP_SEAL_KEY: sealKey, REDIS_URL: `redis://:${encodeURIComponent(redisPassword)}@127.0.0.1:${port}`, METRICS_PORT: String(ports.metrics), AZURE_POLL_MS: '50', AZURE_ACTIVITY_MS: '1000', LOG_LEVEL: 'debug' };
  const redis = opened.adopt(new Redis(stage.redis.url), (client) => client.disconnect());
  await redis.config('SET', 'requirepass', redisPassword);
  await redis.auth(redisPassword);
  stage.github.setWebhook({ url: `${stage.botUrl}/api/github/webhooks`, secret: webhookSecret });
  const bot = opened.use(await startBot({ ports, env, logDirectory: directory, onRestart: () => undefined }));
  const all = opened.move();
  return {
    stage,
    bot,
    env,
    ports,
    heard: {
      get azure() {
        const people = [stage.azure.token, stage.azure.signIn(maria)].map((token) => `Bearer ${token}`);
        return azure.filter(({ requestHeaders }) => !people.includes(requestHeaders.authorization ?? ''));
      },
      github,
      events,
    },
    stored: async () => new Map([...(await valuesOf(redis)), ...(await commandsOf(join(directory, 'redis')))]),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function grantsOf(repositories: readonly LocalRepository[]): string {
  const tenants = repositories.map(({ installationId: installation, id: repository, name }) => ({ installation, repository, tenant: 'contoso', subscriptions: [subscription], resourceGroups: [`rg-${name}`], vaults: [vaultOf(name)] }));
  return JSON.stringify({ tenants });
}

async function valuesOf(redis: Redis): Promise<ReadonlyMap<string, Buffer>> {
  const keys = await redis.keys('*');
  const commands: Readonly<Record<string, (key: string) => readonly [string, ...string[]]>> = {
    string: (key) => ['GET', key], hash: (key) => ['HGETALL', key], list: (key) => ['LRANGE', key, '0', '-1'], set: (key) => ['SMEMBERS', key], zset: (key) => ['ZRANGE', key, '0', '-1'], stream: (key) => ['XRANGE', key, '-', '+'],
  };
  const read = async (key: string): Promise<Buffer> => {
    // It may have gone since the keys were listed.
    const [command = 'ECHO', ...words] = commands[await redis.type(key)]?.(key) ?? ['ECHO', ''];
    return Buffer.concat([Buffer.from(`${key}\n`), ...flat(await redis.callBuffer(command, ...words))]);
  };
  return new Map(await Promise.all(keys.map(async (key) => [`Redis ${key}`, await read(key)] as const)));
}

function flat(answer: unknown): readonly Buffer[] {
  if (Array.isArray(answer)) return answer.flatMap(flat);
  return Buffer.isBuffer(answer) ? [answer, Buffer.from('\n')] : [Buffer.from(`${String(answer)}\n`)];
}

/** The append-only file holds each of them, also of what was deleted since. */
async function commandsOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return new Map(await Promise.all(files.map(async ({ parentPath, name }) => [`file of Redis ${name}`, await readFile(join(parentPath, name))] as const)));
}

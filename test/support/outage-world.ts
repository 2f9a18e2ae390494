import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { setStage, type Stage } from '../../src/cli/demo/stage.ts';
import { subscription } from '../../src/cli/demo/storefront.ts';
import { certificateAuthority } from '../../src/local/azure/http/certificates.ts';
import { cloudProxy, type AskedOfCloud, type CloudAnswer } from './cloud-proxy.ts';
import { wideLimits } from './local-github.ts';
import { outageFiles, outageGrants, outageShops, type OutageShop } from './outage-fleet.ts';
import { watchAttempts, type SpentAttempts } from './spent-attempts.ts';

export interface OutageWorld extends AsyncDisposable {
  readonly stage: Stage;
  /** Of the tenant whose subscription goes away. */
  readonly hit: readonly OutageShop[];
  /** Of the one next to it. */
  readonly others: readonly OutageShop[];
  readonly attempts: SpentAttempts;
  /** What the hit subscription, or GitHub, answers from here on; null for what it really answers. */
  readonly azure: Outage;
  readonly github: Outage;
  startBot(): Promise<void>;
}

export interface Outage {
  set(answer: CloudAnswer | null): void;
  /** Milliseconds since the epoch of every request that came. */
  readonly asked: readonly number[];
}

interface OutageWorldOptions {
  readonly hit: number;
  readonly others: number;
  readonly env: Readonly<Record<string, string>>;
}

/** A second subscription; the local Azure has one, and knows it by that name. */
const otherSubscription = '00000000-0000-4000-8000-0000000007e5';

/** Two tenants in subscriptions of their own, Trueup's own processes, and between them and both clouds what decides about each request. */
export async function outageWorld({ hit: hitCount, others: otherCount, env }: OutageWorldOptions): Promise<OutageWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-outage-'));
  const opened = new AsyncDisposableStack();
  opened.defer(() => (process.env['TRUEUP_KEEP'] === undefined ? rm(directory, { recursive: true, force: true }) : undefined));
  const hit = outageShops(subscription, 'hit', hitCount);
  const others = outageShops(otherSubscription, 'other', otherCount, hit.length);
  const shops = [...hit, ...others];
  const authority = await certificateAuthority();
  const caFile = join(directory, 'proxy-ca.pem');
  await writeFile(caFile, authority.certificate);
  const azure = outage(({ path }) => path.toLowerCase().includes(subscription));
  const github = outage(({ path }) => path.startsWith('/'));
  let stage: Stage | null = null;
  const started = (): Stage => stage ?? never();
  const toAzure = opened.use(await cloudProxy({ authority, target: () => ({ port: started().azure.port, ca: started().azure.ca }), answer: azure.answer, alias: { outside: otherSubscription, inside: subscription } }));
  const toGithub = opened.use(await cloudProxy({ authority: null, target: () => ({ port: Number(new URL(started().github.api).port), ca: null }), answer: github.answer }));
  const settings = { AZURE_ROUTE_PORT: String(toAzure.port), AZURE_CA_FILE: caFile, GITHUB_API_URL: `http://127.0.0.1:${toGithub.port}/api/v3`, AZURE_POLL_MS: '100', ...env };
  const running = opened.use(await setStage({ directory, files: { 'README.md': 'Nothing to manage here.\n' }, others: Object.fromEntries(shops.map((shop) => [shop.name, outageFiles(shop)])), grants: (repositories) => outageGrants(repositories, shops), vaults: [], pace: { operationMs: 300, environmentMs: 300, readyMs: 300, metricsDelayMs: 300, activityDelayMs: 300 }, workloads: 'in-process', githubLimits: wideLimits, env: settings }));
  stage = running;
  const redis = opened.adopt(new Redis(running.redis.url, { maxRetriesPerRequest: null }), (connection) => connection.disconnect());
  const attempts = opened.use(watchAttempts(redis));
  return {
    stage: running, hit, others, attempts, azure, github,
    startBot: async () => void (await running.startBot(() => undefined)),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function outage(isMeant: (asked: AskedOfCloud) => boolean): Outage & { readonly answer: (asked: AskedOfCloud) => CloudAnswer } {
  let planted: CloudAnswer | null = null;
  const asked: number[] = [];
  return {
    asked,
    set: (answer) => void (planted = answer),
    answer(request) {
      if (!isMeant(request)) return 'pass';
      asked.push(Date.now());
      return planted ?? 'pass';
    },
  };
}

function never(): never {
  throw new Error('nothing is asked before the stage is set');
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setStage, type Stage } from '../../src/cli/demo/stage.ts';
import { subscription } from '../../src/cli/demo/storefront.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import { azureLedger, type AzureLedger } from './fleet-azure.ts';
import { githubLedger, type GithubLedger } from './fleet-github.ts';
import { followRedis, type FleetRedis } from './fleet-redis.ts';
import { fleetFiles, fleetShop, type FleetShop } from './fleet-shop.ts';
import { startFleet, type FleetProcesses } from './fleet-workers.ts';
import { wideLimits } from './local-github.ts';
import { shopVaults, vaultOf } from './shop.ts';

/** Trueup as it runs in production with several workers, over both local clouds. */
export interface Fleet extends AsyncDisposable {
  readonly stage: Stage;
  readonly shops: readonly FleetShop[];
  readonly processes: FleetProcesses;
  /** Every write that Azure and GitHub answered, with headers and bodies. */
  readonly azure: AzureLedger;
  readonly github: GithubLedger;
  readonly redis: FleetRedis;
  /** Settings of every process that starts from here on. */
  setEnv(env: Readonly<Record<string, string>>): void;
}

interface FleetOptions {
  readonly environments: number;
  readonly workers: number;
  /** Added to the environment of every process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Short, and in the order of the real service. Azure finds the same writes doubled, whatever it takes for one. */
const pace = { operationMs: 150, environmentMs: 200, readyMs: 150, metricsDelayMs: 300, activityDelayMs: 300, expiryMs: 60_000, vaultSyncMs: 1_800_000 };

export async function openFleet({ environments, workers, env: first }: FleetOptions): Promise<Fleet> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-fleet-'));
  const opened = new AsyncDisposableStack();
  opened.defer(() => (process.env['TRUEUP_KEEP'] === undefined ? rm(directory, { recursive: true, force: true }) : undefined));
  try {
    const names = Array.from({ length: environments }, (_, index) => `fleet-${String(index).padStart(2, '0')}`);
    const azure = azureLedger();
    const github = githubLedger();
    const others = Object.fromEntries(names.map((name) => [name, fleetFiles(name)]));
    const stage = opened.use(await setStage({ directory, files: { 'README.md': 'Nothing to manage here.\n' }, others, grants, vaults: shopVaults(names), pace, workloads: 'in-process', environmentsPerRegion: environments, observeAzure: azure.observe, observeGithub: github.observer, githubLimits: { ...wideLimits, concurrent: 10_000 } }));
    let env = first;
    const redis = opened.use(followRedis(stage.redis.url, stage.others));
    const shops = await Promise.all(stage.others.map((repository) => fleetShop(stage, repository)));
    const processes = opened.use(await startFleet({ env: () => ({ ...stage.env, ...env }), workers, directory }));
    return { stage, shops, processes, azure, github, redis, setEnv: (changed) => void (env = changed), [Symbol.asyncDispose]: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

function grants(repositories: readonly LocalRepository[]): string {
  const tenants = repositories.map(({ installationId: installation, id: repository, name }) => ({ installation, repository, tenant: 'contoso', subscriptions: [subscription], resourceGroups: [`rg-${name}`], vaults: [vaultOf(name)] }));
  return JSON.stringify({ tenants });
}

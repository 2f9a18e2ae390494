import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bot } from '../../src/cli/demo/bot.ts';
import { setStage, type Stage } from '../../src/cli/demo/stage.ts';
import { subscription } from '../../src/cli/demo/storefront.ts';
import { until } from '../../src/cli/demo/until.ts';
import type { AzureObserver } from '../../src/local/azure/http/observation.ts';
import type { Pace } from '../../src/local/azure/world.ts';
import type { LocalRepository } from '../../src/local/github/start.ts';
import type { Judged as AuditJudged } from '../promises/p14-audit-judge.ts';
import { auditWatch } from './audit-watch.ts';
import { specWatch } from './azure-spec-watch.ts';
import { githubSpec } from './github-spec.ts';
import { wideLimits } from './local-github.ts';
import { shopVaults, vaultOf } from './shop.ts';
import { shopSeen, type Shop } from './shop-seen.ts';

/** Short, and in the order of the real service. */
const quick: Pace = { operationMs: 300, environmentMs: 500, readyMs: 800, metricsDelayMs: 300, activityDelayMs: 300, expiryMs: 5_000, vaultSyncMs: 60_000 };

export interface StageWorld extends AsyncDisposable {
  readonly stage: Stage;
  shop(name: string): Shop;
  /** SIGKILL, unless it is gone already; whoever supervises the process starts it again. */
  killWorker(): void;
  /** Ends every process of Trueup and starts it again, after `between`. */
  restart(between: () => Promise<void>): Promise<void>;
  emptyRedis(): Promise<void>;
  /** The audit against what both clouds saw so far. */
  audited(): Promise<AuditJudged>;
}

interface Asked {
  readonly workspaces: readonly string[];
  readonly gateHosts: readonly string[];
}

interface WorldOptions {
  /** Repositories by name, each with its first files. */
  readonly shops: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Repositories that the operator granted nothing. */
  readonly ungranted?: readonly string[];
  /** What contoso's gates may ask, in every shop; nothing if absent. */
  readonly gates?: Asked;
  readonly pace?: Partial<Pace>;
  /** Added to the environment of Trueup's processes. */
  readonly env?: Readonly<Record<string, string>>;
  /** Processes of their own if absent. */
  readonly workloads?: 'in-process';
  /** Without it everything that goes over the wire is held against both clouds' descriptions; a run that is about time may leave that to others. */
  readonly unwatched?: true;
  /** Gets every exchange with the local Azure in an unwatched run. */
  readonly observeAzure?: AzureObserver;
  /** Called before Trueup starts. */
  readonly before?: (stage: Stage) => void;
}

/** Redis, local Azure, local GitHub and the bot as processes of its own, over many small repositories. */
export async function stageWorld({ shops, ungranted = [], gates = { workspaces: [], gateHosts: [] }, pace = {}, env = {}, workloads, unwatched, observeAzure, before = () => undefined }: WorldOptions): Promise<StageWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-scenario-'));
  const grants = (repositories: readonly LocalRepository[]): string => grantsOf(repositories.filter(({ name }) => !ungranted.includes(name)), gates);
  const azureWatch = specWatch();
  const githubWatch = githubSpec();
  // Many repositories share one installation and one maintainer who looks several times a second: 1,450 points within the minute.
  const stage = await setStage({ directory, files: { 'README.md': 'Nothing to manage here.\n' }, others: shops, grants, vaults: shopVaults(Object.keys(shops)), pace: { ...quick, ...pace }, ...(unwatched ? observeAzure && { observeAzure } : { observeAzure: azureWatch.observe, observeGithub: githubWatch.observer }), githubLimits: wideLimits, ...(workloads && { workloads }), env: { AZURE_POLL_MS: '100', TRUEUP_BREAKER_PROBE_MS: '2000', ...env } });
  before(stage);
  const start = (): Promise<Bot> => stage.startBot(() => undefined);
  let bot = await start();
  const known = new Map<string, Shop>();
  const audit = auditWatch(stage);
  return {
    stage,
    shop(name) {
      const repository = stage.others.find((other) => other.name === name);
      if (!repository) throw new Error(`there is no repository ${name}`);
      const shop = known.get(name) ?? shopSeen(stage, repository);
      known.set(name, shop);
      return shop;
    },
    killWorker() {
      const pid = bot.pids()['worker'];
      if (pid === undefined) throw new Error('there is no worker');
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    },
    async restart(between) {
      await bot[Symbol.asyncDispose]();
      await between();
      bot = await start();
    },
    async emptyRedis() {
      await stage.redis.empty();
      audit.forget();
    },
    audited: () => audit.judged(),
    async [Symbol.asyncDispose]() {
      // Every scenario holds what was kept of its writes against what the clouds saw.
      const unaudited = unwatched ? [] : await audit.judged().then(({ figures, faults }) => (figures['unexplainedWrites'] === 0 && figures['brokenChains'] === 0 ? [] : faults), (error: unknown) => [String(error)]);
      await stage[Symbol.asyncDispose]();
      if (process.env['TRUEUP_KEEP'] === undefined) await rm(directory, { recursive: true, force: true });
      const what = Object.keys(shops).join(', ');
      if (unwatched) return;
      const held = await Promise.allSettled([azureWatch.holds(what), githubWatch.holds(what)]);
      const faults = held.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []));
      faults.push(...unaudited.map((fault) => `the audit: ${fault}`));
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
  };
}

/** In every shop contoso may use the shop's vault and fabrikam one that is not there; nobody may use kv-foreign. */
function grantsOf(repositories: readonly LocalRepository[], gates: Asked): string {
  const tenants = repositories.flatMap(({ installationId: installation, id: repository, name }) => {
    const place = { installation, repository, subscriptions: [subscription], resourceGroups: [`rg-${name}*`] };
    return [
      { ...place, tenant: 'contoso', vaults: [vaultOf(name)], ...gates },
      { ...place, tenant: 'fabrikam', vaults: [`${vaultOf(name)}-guest`] },
    ];
  });
  return JSON.stringify({ tenants });
}

export { until };

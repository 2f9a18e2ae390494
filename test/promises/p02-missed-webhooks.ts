import { setTimeout as sleep } from 'node:timers/promises';
import { Octokit } from '@octokit/rest';
import type { Stage } from '../../src/cli/demo/stage.ts';
import { seededChance } from '../support/chance.ts';
import { lossyWebhooks } from '../support/lossy-webhooks.ts';
import { shopFiles } from '../support/shop.ts';
import type { Shop } from '../support/shop-seen.ts';
import { stageWorld, type StageWorld } from '../support/stage-world.ts';
import type { PromiseProof, ProofOptions, Proved } from './promise.ts';

interface Sizes {
  readonly shops: number;
  readonly environmentsEach: number;
  readonly pushes: number;
  /** Stands for the five minutes between two resyncs; everything else is scaled alike. */
  readonly resyncMs: number;
}

const sizes: Record<ProofOptions['size'], Sizes> = {
  short: { shops: 2, environmentsEach: 1, pushes: 6, resyncMs: 1000 },
  full: { shops: 10, environmentsEach: 5, pushes: 40, resyncMs: 10_000 },
};

/** Azure takes 15 managed environments of a subscription in one region. */
const regions = ['westeurope', 'northeurope', 'swedencentral', 'eastus', 'westus2'];
const webhookSecret = 'c8a1f07be23d4956b7f19d20e4a6538c';
/** Processing is not scaled with the intervals: what this machine needs to read a repository and to say so. */
const processingMs = 45_000;

export const p02: PromiseProof = {
  id: 'P2',
  promise: 'A missed webhook costs minutes, not correctness',
  how: 'Small repositories, each with several environments, are pushed to from before their first deployment on, while a network between GitHub and Trueup first loses every webhook for ten simulated minutes, and then 30 % at random, doubles 20 % and reorders all. Half of what is lost GitHub believes delivered, the other half it lists as failed. The resync comes every 10 s instead of every 5 minutes (every second in the short form), and ten minutes are 20 s (2 s). What is looked at: whether `trueup/deploy (ENV)` stands on the newest commit one resync after the last push, and whether every app in Azure ends at that commit.',
  limits: `the time that this machine needs to work a resync off is not scaled: it is given ${processingMs / 1000} s beside the interval.`,
  thresholds: { environmentsNotToldOneResyncLater: { atMost: 0 }, environmentsNotDeployedInTheEnd: { atMost: 0 }, webhooksLost: { atLeast: 5 } },
  run,
};

async function run({ seed, size, tell }: ProofOptions): Promise<Proved> {
  const { shops, environmentsEach, pushes, resyncMs } = sizes[size];
  const chance = seededChance(seed);
  const environments = Array.from({ length: environmentsEach }, (_, index) => `e${index}`);
  const names = Array.from({ length: shops }, (_, index) => `missed${index}`);
  const files = (name: string, index: number) => Object.entries(shopFiles(name, { environments })).map(([path, text]) => [path, text.replace('region: westeurope', `region: ${regions[index % regions.length]}`)]);
  await using stack = new AsyncDisposableStack();
  const world = stack.use(await stageWorld({
    shops: Object.fromEntries(names.map((name, index) => [name, Object.fromEntries(files(name, index))])),
    env: { WEBHOOK_SECRET: webhookSecret, TRUEUP_RESYNC_MS: String(resyncMs), TRUEUP_CONCURRENCY: '8' },
    workloads: 'in-process',
    unwatched: true,
  }));
  const network = stack.use(await lossyWebhooks(`${world.stage.botUrl}/api/github/webhooks`, chance));
  network.set({ drop: 1, double: 0, delayMs: 0 });
  world.stage.github.setWebhook({ url: network.url, secret: webhookSecret });
  const all = names.map((name) => world.shop(name));
  const options = { world, shops: all, environments, chance, pushes: pushes / 2, phaseMs: 2 * resyncMs, resyncMs };
  const allLost = await phase({ ...options, series: 1 });
  tell(`every webhook was lost for ten simulated minutes: ${allLost.filter((ms) => ms !== null).length} environments are told all the same`);
  network.set({ drop: 0.3, double: 0.2, delayMs: resyncMs / 5 });
  const someLost = await phase({ ...options, series: 2 });
  tell('a third of them were lost, some came twice, and out of order');
  const deployed = await Promise.all((await placesOf(all, environments)).map(isDeployed));
  const { swallowed, failed, doubled, passed } = network.counts;
  return {
    run: { environments: deployed.length, pushesEach: pushes, webhooksPassed: passed, secondsBetweenResyncs: resyncMs / 1000 },
    figures: {
      environmentsNotToldOneResyncLater: [...allLost, ...someLost].filter((ms) => ms === null).length,
      environmentsNotDeployedInTheEnd: deployed.filter((is) => !is).length,
      slowestToldWithoutAnyWebhookSeconds: slowestSeconds(allLost),
      slowestToldWithSomeSeconds: slowestSeconds(someLost),
      webhooksLost: swallowed + failed,
      webhooksDoubled: doubled,
    },
  };
}

function slowestSeconds(told: readonly (number | null)[]): number {
  return Math.round(Math.max(...told.map((ms) => ms ?? Number.POSITIVE_INFINITY)) / 100) / 10;
}

interface PhaseOptions {
  readonly world: StageWorld;
  readonly shops: readonly Shop[];
  readonly environments: readonly string[];
  readonly chance: () => number;
  /** Per repository. */
  readonly pushes: number;
  readonly phaseMs: number;
  readonly resyncMs: number;
  /** First number of its versions. */
  readonly series: number;
}

/** Each repository is pushed to at moments of its own. @returns per environment the milliseconds from the last push to the check on the newest commit; null for one that had none in time. */
async function phase({ world, shops, environments, chance, pushes, phaseMs, resyncMs, series }: PhaseOptions): Promise<readonly (number | null)[]> {
  await Promise.all(shops.map(async (shop) => {
    for (let push = 0; push < pushes; push += 1) {
      await sleep(chance() * (phaseMs / pushes) * 2);
      await release(world.stage, shop, `${series}.${push}.0`);
    }
  }));
  const last = Date.now();
  return Promise.all((await placesOf(shops, environments)).map((place) => whenTold(place, last, resyncMs + processingMs)));
}

async function placesOf(shops: readonly Shop[], environments: readonly string[]): Promise<readonly Place[]> {
  const heads = await Promise.all(shops.map((shop) => shop.head()));
  return shops.flatMap((shop, index) => environments.map((environment) => ({ shop, environment, head: heads[index] ?? '' })));
}

const path = 'trueup/services/web.yaml';

async function release({ github }: Stage, { repository: { owner, name: repo } }: Shop, version: string): Promise<void> {
  const octokit = new Octokit({ baseUrl: github.api, auth: github.token, log: { debug() {}, info() {}, warn() {}, error() {} } });
  const { data } = await octokit.repos.getContent({ owner, repo, path });
  if (Array.isArray(data) || data.type !== 'file') throw new Error(`${path} is no file`);
  const text = Buffer.from(data.content, 'base64').toString().replace(/web:[\d.]+/, `web:${version}`);
  await octokit.repos.createOrUpdateFileContents({ owner, repo, path, branch: 'main', message: `Release ${version}`, content: Buffer.from(text).toString('base64'), sha: data.sha });
}

interface Place {
  readonly shop: Shop;
  readonly environment: string;
  readonly head: string;
}

/** Milliseconds from the last push to the check on the newest commit; null when it does not come in time. */
async function whenTold({ shop, environment, head }: Place, last: number, withinMs: number): Promise<number | null> {
  while (Date.now() < last + withinMs) {
    if ((await shop.checks(head)).some(({ name }) => name === `trueup/deploy (${environment})`)) return Date.now() - last;
    await sleep(250);
  }
  return null;
}

async function isDeployed({ shop, environment, head }: Place): Promise<boolean> {
  const check = await shop.finished(head, `trueup/deploy (${environment})`, ({ conclusion }) => conclusion === 'success', 300_000).catch(() => null);
  const app = await shop.app('web', environment);
  return check !== null && app.tags['trueup-commit'] === head;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { seededChance } from '../support/chance.ts';
import { openFleet, type Fleet } from '../support/fleet.ts';
import { dealBlows, planBlows, type Dealt } from '../support/fleet-blows.ts';
import type { Exit } from '../support/fleet-workers.ts';
import { fleetCheck, type FleetShop } from '../support/fleet-shop.ts';

const workerCount = 4;
export const concurrency = 4;

/** What one part of a fleet's run is made of. */
export interface Part {
  /** Deployments asked for in each environment, one push each; the first commit of a repository is one. */
  readonly generations: number;
  readonly kills: number;
  readonly pauses: number;
  readonly terminations: number;
  readonly lockMs: number;
  /**
   * `each` push waits until the one before is deployed; or else the next comes as soon as the one before was read, after up to so many
   * milliseconds.
   */
  readonly pushes: 'each' | { readonly withinMs: number };
}

export interface PartRun extends Dealt {
  readonly part: Part;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly ended: number;
  /** By environment, the commits of this part and the numbers of their generations, counted from 1. */
  readonly pushed: readonly { readonly shop: FleetShop; readonly commits: readonly string[] }[];
  /** How Azure differed from Git when everything had ended. */
  readonly differences: readonly string[];
  /** Between the end of all pushes and Azure as Git has it: what was overwritten is healed by then. */
  readonly healedMs: number;
}

const settingsOf = ({ lockMs }: Part): Readonly<Record<string, string>> => ({ TRUEUP_LOCK_MS: String(lockMs), TRUEUP_CONCURRENCY: String(concurrency), AZURE_POLL_MS: '100', LOG_LEVEL: process.env['TRUEUP_KEEP'] === undefined ? 'warn' : 'info' });

export function fleetFor(environments: number, part: Part): Promise<Fleet> {
  return openFleet({ environments, workers: workerCount, env: settingsOf(part) });
}

/** All workers at once, as a new version is rolled out: the next ones have the settings of that part. */
export function replaceWorkers(fleet: Fleet, part: Part): Promise<readonly Exit[]> {
  fleet.setEnv(settingsOf(part));
  return Promise.all(fleet.processes.workers.map((worker) => worker.terminate()));
}

/** One resync, and what a loaded machine adds. */
const settlesWithinMs = 330_000;
/** As long as a release may take to get ready on a loaded machine, and twice over: who is overtaken earlier would not have been lost. */
const deployedWithinMs = 20 * 60_000;

/** Pushes and blows side by side, until everything that was asked for has ended. */
export async function runPart(fleet: Fleet, part: Part, seed: number, tell: (line: string) => void): Promise<PartRun> {
  const chance = seededChance(seed);
  const began = Date.now();
  const total = fleet.shops.length * part.generations;
  let done = 0;
  const blows = planBlows({ ...part, chance, workers: workerCount });
  const pushed = fleet.shops.map((shop) => ({ shop, commits: [] as string[] }));
  const pushing = Promise.all(pushed.map(async ({ shop, commits }) => {
    const isFirst = fleet.github.check(shop.commits[0] ?? '', fleetCheck)?.status !== 'completed';
    for (let number = 1; number <= part.generations; number += 1) {
      const commit = isFirst && number === 1 ? (shop.commits[0] ?? '') : await shop.push();
      commits.push(commit);
      await (part.pushes === 'each' ? ended(fleet, commit) : read(fleet, shop, commit));
      done += 1;
      if (part.pushes !== 'each') await sleep(chance() * part.pushes.withinMs);
    }
  }));
  const telling = setInterval(() => tell(`${done} of ${total} after ${Math.round((Date.now() - began) / 1000)} s`), 10_000);
  const dealt = await dealBlows(blows, fleet.processes.workers, () => done / total).finally(() => clearInterval(telling));
  await pushing;
  const pushesEnded = Date.now();
  const differences = await settled(fleet, pushed);
  return { ...dealt, part, began, ended: Date.now(), pushed, differences, healedMs: Date.now() - pushesEnded };
}

/** What never ends is counted at the end, and does not keep the others from being asked for. */
async function ended(fleet: Fleet, commit: string): Promise<void> {
  await seen(() => fleet.github.check(commit, fleetCheck)?.status === 'completed', deployedWithinMs);
}

async function read({ redis }: Fleet, { repository }: FleetShop, commit: string): Promise<void> {
  await seen(() => redis.synced(repository) === commit, settlesWithinMs);
}

async function seen(is: () => boolean, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(20)) if (is()) return;
}

/** Until every check has ended and Azure is as Git has it, or it is clear that this does not come. */
async function settled(fleet: Fleet, pushed: PartRun['pushed']): Promise<readonly string[]> {
  const open = (): boolean => pushed.some(({ commits }) => commits.some((commit) => fleet.github.check(commit, fleetCheck)?.status !== 'completed'));
  const end = Date.now() + settlesWithinMs;
  while (open() && Date.now() < end) await sleep(50);
  for (;;) {
    const differences = (await Promise.all(pushed.map(({ shop }) => shop.differences().catch((error: unknown) => [`${shop.name}: ${String(error)}`])))).flat();
    if (differences.length === 0 || Date.now() >= end) return differences;
    await sleep(250);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { deployChecks, pushVersion, type OutageShop } from './outage-fleet.ts';
import type { OutageWorld } from './outage-world.ts';

/** One version in many repositories. */
export interface Release {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly commits: readonly { readonly shop: OutageShop; readonly commit: string }[];
}

export async function release({ stage }: OutageWorld, shops: readonly OutageShop[], version: string): Promise<Release> {
  const at = Date.now();
  const commits = await Promise.all(shops.map(async (shop) => ({ shop, commit: await pushVersion(stage.github, shop, version) })));
  return { at, commits };
}

export function environmentsOf({ commits }: Release): number {
  return commits.reduce((total, { shop }) => total + shop.environments.length, 0);
}

/** Milliseconds from its beginning to the green check, for each environment that has one in time. */
export async function deployedAt({ stage }: OutageWorld, release: Release, withinMs: number): Promise<readonly number[]> {
  const wanted = environmentsOf(release);
  const done = new Map<string, number>();
  while (done.size < wanted && Date.now() < release.at + withinMs) {
    for (const { shop, commit } of release.commits) {
      if (shop.environments.every((environment) => done.has(`${shop.name} ${environment}`))) continue;
      for (const { environment, conclusion } of await deployChecks(stage.github, shop, commit)) {
        const key = `${shop.name} ${environment}`;
        if (conclusion === 'success' && !done.has(key)) done.set(key, Date.now() - release.at);
      }
    }
    await sleep(200);
  }
  return [...done.values()];
}

/** How many environments say of this commit that they wait for Azure, or are deployed already. */
export async function toldAway({ stage }: OutageWorld, { commits }: Release): Promise<number> {
  const checks = await Promise.all(commits.map(({ shop, commit }) => deployChecks(stage.github, shop, commit)));
  return checks.flat().filter(({ title, conclusion }) => /^Waiting for Azure since \d/.test(title) || conclusion === 'success').length;
}

export function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? Number.NaN;
}

import type { SeenWrite } from '../support/fleet-azure.ts';
import type { SeenCheck } from '../support/fleet-github.ts';

/** What a fleet's run is judged by. */
export interface Evidence {
  /** Oldest first, from the start of the fleet on: what was written before a part is what the part must not repeat. */
  readonly writes: readonly SeenWrite[];
  /** Commits of each environment that asked for a deployment, oldest first. */
  readonly asked: ReadonlyMap<string, readonly string[]>;
  readonly check: (commit: string) => SeenCheck | null;
  /** How Azure differs from Git at the end, each beginning with the environment's repository. */
  readonly differences: readonly string[];
}

/** Writes that changed something and had been made before: more than one for one environment, generation and step. */
export function doubledSteps({ writes }: Pick<Evidence, 'writes'>): readonly string[] {
  const times = new Map<string, number>();
  for (const { shop, step } of writes.filter(({ effect }) => effect === 'changed')) times.set(`${shop} ${step}`, (times.get(`${shop} ${step}`) ?? 0) + 1);
  return [...times].flatMap(([step, count]) => (count > 1 ? [`${step}: ${count} times`] : []));
}

/** Accepted, and what was asked for was so already: what a crash between Azure's answer and the save of it leads to. */
export function noOpRepeats({ writes }: Pick<Evidence, 'writes'>): number {
  return writes.filter(({ effect }) => effect === 'same').length;
}

/** A template, or all traffic, of an older generation than the one that the environment had. */
export function staleOverwrites({ writes }: Pick<Evidence, 'writes'>): readonly string[] {
  const newest = new Map<string, number>();
  const made = new Map<string, number>();
  return writes.filter(({ effect }) => effect === 'changed').flatMap(({ shop, step, generation, revision, serves }) => {
    if (generation !== null && revision !== null) made.set(`${shop} ${revision}`, generation);
    const of = generation ?? (serves === null ? null : (made.get(`${shop} ${serves}`) ?? null));
    if (of === null) return [];
    const key = `${shop} ${generation === null ? 'traffic' : 'template'}`;
    const before = newest.get(key) ?? 0;
    newest.set(key, Math.max(before, of));
    return of < before ? [`${shop} ${step}`] : [];
  });
}

export function withoutTerminalCheck({ asked, check }: Evidence): readonly string[] {
  return [...asked].flatMap(([shop, commits]) => commits.flatMap((commit) => (check(commit)?.status === 'completed' ? [] : [`${shop} ${commit}: ${check(commit)?.status ?? 'no check'}`])));
}

/** Without a check that says that it ran to its end. Of deployments that supersede each other only the newest must. */
export function lostDeployments({ asked, check }: Evidence, each: boolean): readonly string[] {
  return [...asked].flatMap(([shop, commits]) => (each ? commits : commits.slice(-1)).flatMap((commit) => (check(commit)?.conclusion === 'success' ? [] : [`${shop} ${commit}: ${check(commit)?.title ?? 'no check'}`])));
}

/** Green without everything that makes it so, or Azure in between two releases at the end. */
export function halfApplied({ writes, asked, check, differences }: Evidence): readonly string[] {
  const byShop = Map.groupBy(writes.filter(({ effect }) => effect === 'changed'), ({ shop }) => shop);
  const green = [...asked].flatMap(([shop, commits]) => {
    const own = byShop.get(shop) ?? [];
    return commits.filter((commit) => check(commit)?.conclusion === 'success').flatMap((commit) => whatLacks(own, commit).map((what) => `${shop} ${commit}: ${what}`));
  });
  return [...green, ...new Set(differences.map((one) => one.split(':')[0] ?? one))];
}

function whatLacks(own: readonly SeenWrite[], commit: string): readonly string[] {
  const template = own.find((write) => write.commit === commit && write.revision !== null);
  if (template === undefined) return ['no template'];
  // Azure gives all traffic to the revision that an app is made with.
  const isFirst = own.find(({ revision }) => revision !== null) === template;
  const traffic = own.find(({ serves, at }) => serves === template.revision && at >= template.at);
  if (!isFirst && traffic === undefined) return ['no traffic'];
  const before = own.filter(({ revision, at }) => revision !== null && at < template.at);
  const open = before.filter(({ revision }) => !own.some(({ step }) => step === `deactivate ${revision}`));
  return open.map(({ revision }) => `${revision} was not ended`);
}

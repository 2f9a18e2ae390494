import { setTimeout as sleep } from 'node:timers/promises';
import { seededChance } from '../support/chance.ts';
import { outageAnswers, inOrder, type OutageKind } from '../support/outage-kinds.ts';
import { deployedAt, environmentsOf, p95, release, toldAway, type Release } from '../support/outage-releases.ts';
import { outageWorld, type Outage, type OutageWorld } from '../support/outage-world.ts';
import { outageShort } from './p07-short.ts';
import type { PromiseProof, ProofOptions, Proved } from './promise.ts';

interface Sizes {
  /** In the subscription that goes away, and in the one beside it. */
  readonly environments: number;
  readonly others: number;
  /** How many times shorter outages and the breaker's intervals are than in production. */
  readonly scale: number;
}

const full: Sizes = { environments: 100, others: 10, scale: 6 };
const azureKinds: readonly OutageKind[] = ['503', '429 with Retry-After', '429 without', 'reset', 'hang'];
const githubKinds: readonly OutageKind[] = ['500', '503', '429 with Retry-After', 'hang'];

const minuteMs = 60_000;
const outageMs = 10 * minuteMs;
const probeMs = 30_000;
const callMs = 30_000;
/** After which no deployment is waited for any more. */
const lostAfterMs = 300_000;

export const p07: PromiseProof = {
  id: 'P7',
  promise: 'An outage of Azure or GitHub is survived quietly',
  how: 'Two tenants with subscriptions of their own, deployed by Trueup\'s own processes. A release is pushed to every environment of both, without an outage: what that takes is what the rest is held against. Another release is pushed; the subscription of one tenant then never answers, which calls hold places longest by, and after that answers 503, 429 with `Retry-After: 1`, 429 without, and reset connections, in an order by chance, for ten minutes altogether. Then GitHub does the like while a third release is pushed. Outages, the breaker\'s 30 s and the 30 s after which a call is given up are six times shorter than in production; what a deployment takes is not. Calls are counted in front of the local Azure and GitHub from the second minute of an outage on, and told per second of the time that it stands for. After an outage every environment has to be at its commit within two minutes (20 s here) and what the same release took without an outage, which is the machine\'s part. The other tenant releases two seconds after the first one, with and without an outage. The short form has one kind, 503, from before Trueup\'s first call until the breaker has held for five tries and the other tenant is deployed.',
  limits: 'the budgets of writes are off, because a hundred environments of one installation would wait for GitHub\'s limits alone. Both subscriptions are served by one local Azure.',
  thresholds: {
    callsPerSecondWhileAway: { atMost: 0.2 },
    environmentsLost: { atMost: 0 },
    attemptsSpent: { atMost: 0 },
    deadLetters: { atMost: 0 },
    environmentsNotToldThatAzureIsAway: { atMost: 0 },
    otherTenantsNotDeployedMeanwhile: { atMost: 0 },
  },
  thresholdsAtFullSize: {
    notConvergedTwoMinutesAfter: { atMost: 0 },
    otherTenantsP95Ratio: { atMost: 1.5 },
  },
  run: (options) => (options.size === 'short' ? outageShort() : outageFull(options, full)),
};

async function outageFull({ seed, tell }: Pick<ProofOptions, 'seed' | 'tell'>, { environments, others, scale }: Sizes): Promise<Proved> {
  const chance = seededChance(seed);
  await using world = await outageWorld({ hit: environments, others, env: { TRUEUP_BREAKER_PROBE_MS: String(probeMs / scale), TRUEUP_CALL_MS: String(callMs / scale), TRUEUP_CONCURRENCY: '8' } });
  const began = Date.now();
  const first = [...world.hit, ...world.others].map((shop) => ({ shop, commit: 'main' }));
  await world.startBot();
  const running = await deployedAt(world, { at: began, commits: first }, 2 * lostAfterMs);
  if (running.length < environments + others) throw new Error(`only ${running.length} of ${environments + others} environments run their first release`);
  tell(`${environments + others} environments run their first release after ${seconds(Date.now() - began)} s`);

  const alone = await deployedAt(world, await release(world, world.others, '1.0.1'), lostAfterMs);
  const usual = await without(world, '1.1.0');
  tell(`without an outage a release takes ${seconds(usual.slowest)} s, the other tenant's ${seconds(p95(usual.others))} s beside it and ${seconds(p95(alone))} s alone`);
  const shape = { world, scale, usualMs: usual.slowest, tell };
  const azure = await away({ ...shape, outage: world.azure, kinds: inOrder(azureKinds, chance), version: '1.2.0', isBeside: true });
  const github = await away({ ...shape, outage: world.github, kinds: inOrder(githubKinds, chance), version: '1.3.0', isBeside: false });
  const both = [azure, github];
  return {
    run: { environments, otherEnvironments: others, simulatedMinutes: outageMs / minuteMs, timesShorter: scale, outages: both.map(({ order }) => order).join('; ') },
    figures: {
      callsPerSecondWhileAway: Math.max(...both.map(({ callsPerSecond }) => callsPerSecond)),
      callsInTheFirstMinute: Math.max(...both.map(({ firstCalls }) => firstCalls)),
      environmentsLost: azure.lost + github.lost,
      notConvergedTwoMinutesAfter: azure.late + github.late,
      slowestConvergedSeconds: seconds(Math.max(azure.slowest, github.slowest)),
      sameReleaseWithoutOutageSeconds: seconds(usual.slowest),
      attemptsSpent: world.attempts.spent,
      deadLetters: await world.attempts.deadLetters(),
      environmentsNotToldThatAzureIsAway: azure.untold,
      otherTenantsNotDeployedMeanwhile: azure.othersMissing,
      otherTenantsP95Seconds: seconds(p95(azure.others)),
      otherTenantsP95WithoutOutageSeconds: seconds(p95(usual.others)),
      otherTenantsP95AloneSeconds: seconds(p95(alone)),
      otherTenantsP95Ratio: Math.round((p95(azure.others) / p95(usual.others)) * 100) / 100,
    },
  };
}

/** A release is under way by then, and some of it is not even begun. */
const underWayMs = 2000;

/** The same as `away`, with nothing away. */
async function without(world: OutageWorld, version: string): Promise<{ readonly slowest: number; readonly others: readonly number[] }> {
  const hit = await release(world, world.hit, version);
  await sleep(underWayMs);
  const beside = await release(world, world.others, version);
  const [times, others] = await Promise.all([deployedAt(world, hit, lostAfterMs), deployedAt(world, beside, lostAfterMs)]);
  return { slowest: Math.max(...times), others };
}

interface AwayOptions {
  readonly world: OutageWorld;
  readonly scale: number;
  /** What a release takes without an outage. */
  readonly usualMs: number;
  readonly tell: ProofOptions['tell'];
  readonly outage: Outage;
  readonly kinds: readonly OutageKind[];
  readonly version: string;
  /** Whether the other tenant releases meanwhile. */
  readonly isBeside: boolean;
}

async function away({ world, scale, usualMs, tell, outage, kinds, version, isBeside }: AwayOptions) {
  const hit = await release(world, world.hit, version);
  await sleep(underWayMs);
  const from = Date.now();
  outage.set(outageAnswers[kinds[0] ?? '503']);
  const beside = isBeside ? await release(world, world.others, version) : null;
  const others = beside === null ? Promise.resolve([]) : deployedAt(world, beside, lostAfterMs);
  for (const kind of kinds) {
    outage.set(outageAnswers[kind]);
    await sleep(outageMs / scale / kinds.length);
  }
  const to = Date.now();
  const untold = isBeside ? environmentsOf(hit) - (await toldAway(world, hit)) : 0;
  const otherTimes = await others;
  outage.set(null);
  const after: Release = { at: Date.now(), commits: hit.commits };
  const converged = await deployedAt(world, after, lostAfterMs);
  const steady = from + minuteMs / scale;
  const within = (2 * minuteMs) / scale + usualMs;
  const calls = outage.asked.filter((at) => at >= steady && at < to).length;
  const wanted = environmentsOf(hit);
  tell(`${kinds.join(', ')}: ${converged.length} of ${wanted} at their commit, the last ${seconds(Math.max(...converged))} s after it`);
  return {
    order: kinds.join(', '),
    callsPerSecond: Math.round((calls / (((to - steady) * scale) / 1000)) * 1000) / 1000,
    firstCalls: outage.asked.filter((at) => at >= from && at < steady).length,
    lost: wanted - converged.length,
    late: wanted - converged.filter((ms) => ms <= within).length,
    slowest: Math.max(...converged),
    untold,
    others: otherTimes,
    othersMissing: beside === null ? 0 : environmentsOf(beside) - otherTimes.length,
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

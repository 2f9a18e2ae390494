import type { Figures, Spread } from './rollout-figures.ts';

interface Told extends Figures {
  readonly settings: { readonly rollouts: number; readonly concurrency: number };
  readonly commit: string;
  readonly perRollout: { readonly looks: number; readonly stateWrites: number; readonly githubReads: number; readonly githubWrites: number };
  readonly memory: { readonly workerMegabytes: number; readonly redisMegabytes: number };
  readonly processor: { readonly secondsPerRollout: { readonly worker: number; readonly redis: number; readonly clouds: number }; readonly coresBusy: number };
}

/** What the JSON line says, as a table for people: Markdown, as docs/benchmarks.md holds it. */
export function tableOf(told: Told): string {
  const { settings, busy, armCalls, armReads, failureToRestored, memory, processor, perRollout } = told;
  const { good, takenBack } = armCalls;
  const rows: readonly (readonly [string, string])[] = [
    ['rollouts, and how they ended', `${settings.rollouts}: ${Object.entries(told.ends).map(([end, count]) => `${count} ${end}`).join(', ')}`],
    ['one good rollout, from push to end', seconds(told.rolloutSeconds)],
    ['its bakes, Azure\'s operations and the start of its revision', seconds(told.idealSeconds)],
    ['ratio of the two', of(told.ratioToIdeal, '')],
    ['the same and the time until Azure Monitor shows enough requests', seconds(told.idealWithMetricsSeconds)],
    ['**ratio to that**', of(told.ratioToIdealWithMetrics, '')],
    ['**workers busy, deployment context**', `${percent(busy.deploymentContext)} of ${settings.concurrency} deliveries at a time`],
    ['workers busy, all seven contexts', percent(busy.allContexts)],
    ['looks and state writes per rollout', `${perRollout.looks}, ${perRollout.stateWrites}`],
    ['**ARM reads per good rollout** (floor)', `${good.reads} (${good.floor.reads})`],
    ['ARM writes per good rollout (floor)', `${good.writes} (${good.floor.writes})`],
    ['ARM reads, writes per rollout that is taken back (floor)', `${takenBack.reads} (${takenBack.floor.reads}), ${takenBack.writes} (${takenBack.floor.writes})`],
    ['ARM reads per second, mean and busiest minute', `${armReads.perSecondMean}, ${armReads.perSecondPeakMinute}`],
    ['**rollouts at a time within one subscription\'s 25 reads per second**', String(armReads.concurrentPerSubscription)],
    ['**gate failure to restored weights, without Azure\'s operation**', seconds(failureToRestored.withoutAzureSeconds)],
    ['gate failure to the accepted write', seconds(failureToRestored.toAcceptedWriteSeconds)],
    ['gate failure to restored weights, with Azure\'s operation', seconds(failureToRestored.wholeSeconds)],
    ['GitHub calls per rollout: reads, writes', `${perRollout.githubReads}, ${perRollout.githubWrites}`],
    ['memory of the worker process, of Redis', `${memory.workerMegabytes} MB, ${memory.redisMegabytes} MB`],
    ['processor time per rollout: the worker, Redis, both local clouds', `${processor.secondsPerRollout.worker} s, ${processor.secondsPerRollout.redis} s, ${processor.secondsPerRollout.clouds} s`],
    ['cores busy with all of it', String(processor.coresBusy)],
  ];
  return ['', `Commit ${told.commit}; p50, p95, longest.`, '', '| | |', '|---|---|', ...rows.map(([what, figure]) => `| ${what} | ${figure} |`), ''].join('\n');
}

function seconds(spread: Spread): string {
  return of(spread, ' s');
}

function of({ p50, p95, max }: Spread, unit: string): string {
  return [p50, p95, max].map((value) => `${value}${unit}`).join(', ');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

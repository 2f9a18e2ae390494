import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { operationQuantiles, sendUsers } from './rollout-azure.ts';
import { bookCalls, bookGithub } from './rollout-calls.ts';
import { figuresOf } from './rollout-figures.ts';
import { fleetOf, releaseAll, weights } from './rollout-fleet.ts';
import { followLog } from './rollout-log.ts';
import { setBenchStage } from './rollout-stage.ts';
import { tableOf } from './rollout-table.ts';
import { lookAtMachine, stateWrites, watchWorker, type Machine } from './rollout-watch.ts';

/**
 * Many canary rollouts at once, through Trueup's own processes, against the local Azure with the durations that were recorded of the real
 * one. GitHub is the local one without its limits; users' requests are put into Azure's metrics; a part of the releases is bad and has to
 * be taken back at the first weight.
 */
const { values } = parseArgs({
  options: {
    rollouts: { type: 'string', default: '1000' },
    /** Percent of releases that answer users with 500. */
    bad: { type: 'string', default: '10' },
    /** Seconds. */
    bake: { type: 'string', default: '90' },
    watch: { type: 'string', default: '90' },
    /** Resource Manager's answer, milliseconds. Not recorded: an assumption. */
    'call-ms': { type: 'string', default: '100' },
    /** How late metrics come, seconds. Azure's take one to three minutes. */
    'metrics-delay': { type: 'string', default: '120' },
    'ready-ms': { type: 'string', default: '20000' },
    /** Deliveries at a time per context: TRUEUP_CONCURRENCY. */
    concurrency: { type: 'string', default: '16' },
    /** Users' requests per second and service. */
    users: { type: 'string', default: '4' },
    'min-samples': { type: 'string', default: '10' },
    /** Minutes after which a run is given up. */
    within: { type: 'string', default: '20' },
    keep: { type: 'boolean', default: false },
  },
});
const settings = {
  rollouts: Number(values.rollouts), badPercent: Number(values.bad), bakeMs: Number(values.bake) * 1000, watchMs: Number(values.watch) * 1000, callMs: Number(values['call-ms']),
  metricsDelayMs: Number(values['metrics-delay']) * 1000, readyMs: Number(values['ready-ms']), concurrency: Number(values.concurrency), usersPerSecond: Number(values.users),
  minSamples: Number(values['min-samples']), weights, operationQuantiles,
};

const fleet = fleetOf(settings.rollouts, settings.badPercent);
const directory = mkdtempSync(join(tmpdir(), 'trueup-rollout-'));
await using stage = await setBenchStage({ directory, fleet, ...settings });
try {
  const result = await run();
  console.log(JSON.stringify(result));
  console.log(tableOf(result));
  process.exitCode = result.asExpected === settings.rollouts ? 0 : 1;
} finally {
  if (!values.keep) rmSync(directory, { recursive: true, force: true });
  else console.error(`kept: ${directory}`);
}

async function run() {
  const { azure, github, redis } = stage;
  const bot = await stage.startBot();
  const watch = watchWorker();
  await using _log = await followLog(stage.workerLog, watch.take);
  await using book = bookCalls(azure);
  const began = Date.now();
  await waitFor('the first releases', () => watch.ended());
  await quiet();
  const firstSeconds = (Date.now() - began) / 1000;

  const first = new Map([...azure.traffic()].map(([group, { weights: now }]) => [group, new Set(now.keys())]));
  const bad = new Set(fleet.filter(({ isBad }) => isBad).map(({ group }) => group));
  const statusOf = (group: string, revision: string, count: number): number => (bad.has(group) && first.get(group)?.has(revision) === false && count % 4 === 0 ? 500 : 200);
  using _users = sendUsers(azure, { perSecond: settings.usersPerSecond, statusOf });
  watch.reset();
  book.clear();
  await using reports = bookGithub(github);
  azure.takeRecordedTimes();
  const writesBefore = azure.writes.length;
  const before = await lookAtMachine(bot.pids()['worker'] ?? 0, redis);
  const pushedAt = await releaseAll(github, fleet, { bake: values.bake + 's', watch: values.watch + 's', minSamples: settings.minSamples });
  let peak = before;
  const mostDue: Record<string, number> = {};
  await waitFor('the rollouts', () => watch.ended(), async () => {
    peak = highest(peak, await lookAtMachine(bot.pids()['worker'] ?? 0, redis));
    for (const [name, count] of Object.entries(await stage.due())) mostDue[name] = Math.max(count, mostDue[name] ?? 0);
  });
  await sleep(3000);
  const seconds = (Date.now() - Math.min(...pushedAt.values())) / 1000;
  const saves = await Promise.all([...watch.stories.values()].map((story) => stateWrites(redis, story)));
  const deliveries = [...watch.stories.values()].map((story) => story.deliveries);
  const figures = figuresOf({ fleet, watch, calls: book.calls, writes: azure.writes.slice(writesBefore), pushedAt, ...settings });
  return {
    bench: 'rollout',
    commit: execFileSync('git', ['describe', '--always', '--dirty'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim(),
    machine: { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
    settings,
    firstReleasesSeconds: Math.round(firstSeconds),
    ...figures,
    perRollout: { looks: mean(deliveries), stateWrites: mean(saves), githubReads: share(reports.counts.reads), githubWrites: share(reports.counts.writes) },
    memory: { workerMegabytes: megabytes(peak.workerRss), workerBeforeMegabytes: megabytes(before.workerRss), redisMegabytes: megabytes(peak.redisBytes), redisBeforeMegabytes: megabytes(before.redisBytes) },
    processor: {
      secondsPerRollout: { worker: share(peak.workerCpu - before.workerCpu), redis: share(peak.redisCpu - before.redisCpu), clouds: share(peak.cloudsCpu - before.cloudsCpu) },
      secondsPerFirstRelease: { worker: share(before.workerCpu), redis: share(before.redisCpu), clouds: share(before.cloudsCpu) },
      coresBusy: share(((peak.workerCpu - before.workerCpu + peak.redisCpu - before.redisCpu + peak.cloudsCpu - before.cloudsCpu) / seconds) * settings.rollouts),
      loadAverage: loadavg().map(rounded),
    },
    mostDeliveriesDue: mostDue,
    faults: Object.fromEntries(watch.faults),
  };
}

/** All of them ended, or time is over: then what ended is told. */
async function waitFor(what: string, ended: () => number, also: () => Promise<void> = async () => undefined): Promise<void> {
  const until = Date.now() + Number(values.within) * 60_000;
  for (let looks = 0; ended() < settings.rollouts && Date.now() < until; looks += 1) {
    await also();
    if (looks % 15 === 0) console.error(`${what}: ${ended()} of ${settings.rollouts}`);
    await sleep(2000);
  }
  if (ended() < settings.rollouts) console.error(`${what}: only ${ended()} of ${settings.rollouts} ended within ${values.within} minutes`);
}

/** What follows the first releases, reports above all, is over. */
async function quiet(): Promise<void> {
  const until = Date.now() + Number(values.within) * 60_000;
  for (let still = 0; still < 3 && Date.now() < until; ) {
    const due = Object.values(await stage.due()).reduce((sum, count) => sum + count, 0);
    still = due === 0 ? still + 1 : 0;
    await sleep(1000);
  }
}

function highest(one: Machine, other: Machine): Machine {
  return {
    workerRss: Math.max(one.workerRss, other.workerRss), redisBytes: Math.max(one.redisBytes, other.redisBytes), redisPeakBytes: Math.max(one.redisPeakBytes, other.redisPeakBytes),
    workerCpu: Math.max(one.workerCpu, other.workerCpu), redisCpu: Math.max(one.redisCpu, other.redisCpu), cloudsCpu: Math.max(one.cloudsCpu, other.cloudsCpu),
  };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function mean(values: readonly number[]): number {
  return rounded(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length));
}

/** Of one rollout. */
function share(total: number): number {
  return Number((total / settings.rollouts).toFixed(3));
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}

import { rmSync } from 'node:fs';
import { maintainerOf, type Maintainer } from '../src/cli/demo/maintainer.ts';
import { setStage, type Stage } from '../src/cli/demo/stage.ts';
import { until } from '../src/cli/demo/until.ts';
import { manyServices, nameOf, serviceFile } from './many-services.ts';

/**
 * One changed service of 4 and of 400, through the kept demo's processes: the time from the push to the finished check, against the sum
 * of the calls to GitHub and Azure that lie in between, as both servers measured them; and how many calls that were. The deployment also
 * waits for Azure's operation and the gate, which no call shows.
 */
const sizes = process.argv.slice(2).map(Number);
const minute = 60_000;

for (const services of sizes.length > 0 ? sizes : [4, 400]) console.log(JSON.stringify(await measure(services)));

async function measure(services: number): Promise<object> {
  // Whoever waits here looks forty times a second; what makes content is held to GitHub's limits.
  const githubLimits = { pointsPerMinute: 1_000_000, personPerHour: 1_000_000 };
  await using stage = await setStage({ directory: null, files: manyServices(services), workloads: 'in-process', githubLimits });
  try {
    const { github, repository } = stage;
    const maintainer = maintainerOf(github.api, github.token, repository.owner, repository.name);
    const began = performance.now();
    await stage.startBot((role) => console.error(`the ${role} process ended and was started again`));
    await finished(maintainer, await maintainer.headOf('main'), 'trueup/deploy (staging)', 20 * minute);
    const firstMs = Math.round(performance.now() - began);
    await quiet(stage);

    const edit = { [serviceFile(nameOf(1))]: (text: string) => text.replace(':1.0.0', ':1.1.0') };
    const plan = await loop(stage, async () => {
      const pull = await maintainer.openPullRequest('change-one', 'Change one service', edit, '');
      return { from: performance.now(), value: pull, end: () => finished(maintainer, pull.head, 'trueup/plan', minute) };
    });
    await quiet(stage);
    const deploy = await loop(stage, async () => {
      const merged = await maintainer.merge(plan.value.number);
      return { from: performance.now(), value: merged, end: () => finished(maintainer, merged, 'trueup/deploy (staging)', 3 * minute) };
    });
    return { bench: 'loop', services, changed: 1, firstDeploymentMs: firstMs, plan: plan.figures, deploy: deploy.figures };
  } finally {
    rmSync(stage.directory, { recursive: true, force: true });
  }
}

interface Started<T> {
  /** When the change was there: `performance.now()`. */
  readonly from: number;
  readonly value: T;
  readonly end: () => Promise<void>;
}

async function loop<T>(stage: Stage, start: () => Promise<Started<T>>): Promise<{ readonly value: T; readonly figures: object }> {
  stage.github.journal.clear();
  stage.azure.journal.clear();
  const { from, value, end } = await start();
  await end();
  const ms = performance.now() - from;
  const github = stage.github.journal.calls.filter(({ actor }) => actor === 'installation' || actor === 'app');
  const azure = botCalls(stage);
  const callsMs = [...github, ...azure].reduce((sum, call) => sum + call.ms, 0);
  return {
    value,
    figures: { ms: Math.round(ms), callsMs: Math.round(callsMs), ratio: Number((ms / callsMs).toFixed(2)), githubCalls: github.length, azureCalls: azure.length, azureWrites: azure.filter(({ method }) => method !== 'GET').length },
  };
}

function botCalls(stage: Stage) {
  return stage.azure.journal.entries().filter(({ principalId }) => principalId === stage.azure.identity.principalId);
}

async function finished(maintainer: Maintainer, commit: string, name: string, withinMs: number): Promise<void> {
  const { conclusion, title } = await until(`${name} on ${commit.slice(0, 7)}`, () => maintainer.finishedCheck(commit, name), { withinMs, everyMs: 25 });
  if (conclusion !== 'success') throw new Error(`${name}: ${conclusion}, ${title}`);
}

/** No call of the bot for a while: what follows a deployment (health, drift, inventory) is over. */
async function quiet(stage: Stage): Promise<void> {
  let last = -1;
  let since = performance.now();
  await until('quiet', async () => {
    const calls = botCalls(stage).length + stage.github.journal.calls.length;
    if (calls !== last) {
      last = calls;
      since = performance.now();
    }
    return performance.now() - since > 2500 ? true : null;
  }, { withinMs: 3 * minute, everyMs: 100 });
}

import { beforeEach, describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { gitopsWorld, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { deploymentProgress } from '../../../test/support/progress.ts';
import { canary, canaryStages, passing } from '../../../test/support/rollout-samples.ts';
import { manifest } from '../../../test/support/tiny-language.ts';
import type { DeploymentProgress, ServiceProgress } from '../../kernel/messages/deployment.ts';

const lookMs = 10_000;
const minute = 60_000;

let world: GitopsWorld;
let sequence: number;
let samples: number;
beforeEach(async () => {
  world = gitopsWorld();
  sequence = 0;
  samples = 0;
  const commit = world.github.commit('main', { 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services: [desiredService()] }) }) });
  world.github.openPull(12, commit, { state: 'closed', merged: true, mergeCommit: commit });
  await world.settle('SyncRepository', { reason: 'push' });
});

/** What the deployment says next; every look counts more requests. */
async function says(state: DeploymentProgress['state'], service: Partial<ServiceProgress>, over: Partial<DeploymentProgress> = {}): Promise<void> {
  const { environment, commit, generation } = world.last('Deploy');
  sequence += 1;
  samples += 17;
  const gates = passing.map((gate) => (gate.samples === null ? gate : { ...gate, samples, detail: `${samples} requests, 99.7 % ok` }));
  const progress = deploymentProgress({ environment, commit, generation, sequence, state, services: [canary({ gates, detail: `Look ${sequence}`, ...service })], ...over });
  await world.settle(state === 'Completed' ? 'RuntimeDeploymentCompleted' : state === 'Requested' ? 'RuntimeDeploymentRequested' : 'RuntimeDeploymentProgressed', progress);
  world.clock.advance(lookMs);
}

async function bakes(ms: number, service: Partial<ServiceProgress>, over: Partial<DeploymentProgress> = {}): Promise<void> {
  for (let passed = 0; passed < ms; passed += lookMs) await says('HealthGating', service, over);
}

async function writesOf(then: () => Promise<void>): Promise<readonly string[]> {
  const from = world.github.writes.length;
  await then();
  return world.github.writes.slice(from).map((write) => write.split(' ')[0] ?? '');
}

const atTen = { stages: canaryStages('passed', 'judging', 'open', 'open'), weight: 10 };

describe('how often a deployment is written', () => {
  test('numbers alone: at most eight times a stage, and only the check', async () => {
    await says('HealthGating', atTen);
    const writes = await writesOf(() => bakes(10 * minute, atTen));
    expect(new Set(writes)).toEqual(new Set(['check']));
    expect(writes.length).toBeGreaterThanOrEqual(6);
    expect(writes.length).toBeLessThanOrEqual(8);
  });

  test('numbers of a short stage: at most every 30 seconds', async () => {
    const short = { ...atTen, stages: atTen.stages.map((stage) => ({ ...stage, bakeMs: minute })) };
    await says('HealthGating', short);
    expect((await writesOf(() => bakes(5 * minute, short))).length).toBeLessThanOrEqual(10);
  });

  test.each([
    { reason: 'another weight', service: { weight: 11 }, over: {} },
    { reason: 'another stage', service: { stages: canaryStages('passed', 'passed', 'moving', 'open') }, over: {} },
    { reason: 'a hold', service: {}, over: { hold: { why: 'paused' as const, detail: 'Paused by octocat', until: null } } },
    { reason: 'a gate that fails', service: { gates: [{ gate: 'success rate', answer: 'fail' as const, detail: '1 request, 0 % ok', samples: 1, threshold: null }] }, over: {} },
  ])('news is written at once: $reason', async ({ service, over }) => {
    await says('HealthGating', atTen);
    expect(await writesOf(() => says('HealthGating', atTen)), 'numbers alone').toEqual([]);
    expect(await writesOf(() => says('HealthGating', { ...atTen, ...service }, over))).toContain('check');
  });

  test('the GitHub Deployment and the comment change with weight and state, not with numbers or turns of the state', async () => {
    await says('HealthGating', atTen);
    const writes = await writesOf(async () => {
      await bakes(minute, atTen);
      await says('Promoting', { ...atTen, stages: canaryStages('passed', 'passed', 'moving', 'open') });
    });
    expect(writes.filter((write) => write === 'deployment')).toEqual([]);
    expect(await writesOf(() => says('HealthGating', { weight: 50, stages: canaryStages('passed', 'passed', 'judging', 'open') }))).toEqual(['check', 'deployment', 'comment']);
  });

  test('a canary of 10 % and 50 % for ten minutes each and a watch of five takes some fifty writes, of the 500 an hour', async () => {
    const writes = await writesOf(async () => {
      const none = { stages: canaryStages('open', 'open', 'open', 'open'), weight: 0, gates: [], until: null };
      await says('Requested', { ...none, stages: [] });
      for (const step of ['creating', 'pinning', 'applying']) await says('RollingOut', { ...none, step });
      await bakes(minute, { ...none, stages: canaryStages('judging', 'open', 'open', 'open') });
      await says('Promoting', { ...none, stages: canaryStages('passed', 'moving', 'open', 'open') });
      await bakes(10 * minute, atTen);
      await says('Promoting', { weight: 10, stages: canaryStages('passed', 'passed', 'moving', 'open') });
      await bakes(10 * minute, { weight: 50, stages: canaryStages('passed', 'passed', 'judging', 'open') });
      await says('Promoting', { weight: 50, stages: canaryStages('passed', 'passed', 'passed', 'moving') });
      await bakes(5 * minute, { weight: 100, stages: canaryStages('passed', 'passed', 'passed', 'judging') });
      for (const step of ['retiring', 'done']) await says(step === 'done' ? 'Completed' : 'HealthGating', { step, weight: 100, stages: canaryStages('passed', 'passed', 'passed', 'passed') });
    });
    const kinds = Object.fromEntries(['check', 'deployment', 'comment'].map((kind) => [kind, writes.filter((write) => write === kind).length]));
    expect(kinds, 'a GitHub Deployment is one more request, which makes it').toEqual({ check: 35, deployment: 7, comment: 10 });
  });
});

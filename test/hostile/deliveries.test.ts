import { describe, expect, test } from 'vitest';
import { installationMessages } from '../../src/handlers/installation.ts';
import { pullRequestMessages } from '../../src/handlers/pull-request.ts';
import { pushMessages } from '../../src/handlers/push.ts';
import { loadRepositorySync } from '../../src/gitops/records/repository-sync.ts';
import type { EmittedMessage } from '../../src/kernel/envelope.ts';
import { desiredEnvironment, desiredService } from '../support/desired.ts';
import { gitopsWorld, repositoryTenant, type GitopsWorld } from '../support/gitops-world.ts';
import { manifest } from '../support/tiny-language.ts';

const from = { installation: { id: 100 }, repository: { id: 7, default_branch: 'main' } };
const files = (image: string) => ({ 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services: [desiredService({ name: 'checkout', image })] }) }) });
const zeros = '0'.repeat(40);

/** A push as GitHub tells it. */
const push = (ref: string, after: string, more: object = {}) => pushMessages({ ...from, ref, after, deleted: false, ...more });
const pull = (action: string) => pullRequestMessages({ ...from, action, pull_request: { number: 4 }, sender: { type: 'User' } });

/** What was deployed, in order. */
async function handled(world: GitopsWorld, messages: readonly EmittedMessage[]): Promise<readonly string[]> {
  const deployed: string[] = [];
  for (const { type, payload } of messages) {
    const emitted = await world.settle(type, payload);
    deployed.push(...emitted.filter((one) => one.type === 'Deploy').map((one) => JSON.stringify(one.payload)));
  }
  return deployed;
}

interface Case {
  readonly reason: string;
  /** What comes after a first push was handled. */
  readonly deliveries: (world: GitopsWorld, first: string) => readonly EmittedMessage[];
  readonly deploys: 0 | 1;
}

const cases: readonly Case[] = [
  { reason: 'the same push a hundred times', deploys: 1, deliveries: ({ github }) => {
    const head = github.commit('main', files('shop:2'));
    return Array.from({ length: 100 }, () => push('refs/heads/main', head)).flat();
  } },
  { reason: 'the push of an old commit after that of a newer one', deploys: 1, deliveries: ({ github }, first) => {
    const head = github.commit('main', files('shop:2'));
    return [...push('refs/heads/main', head), ...push('refs/heads/main', first)];
  } },
  { reason: 'pushes in the wrong order, the head known only to Git', deploys: 1, deliveries: ({ github }, first) => {
    const second = github.commit('main', files('shop:2'));
    github.commit('main', files('shop:3'));
    return [...push('refs/heads/main', second), ...push('refs/heads/main', first)];
  } },
  { reason: 'a force-push back to another history', deploys: 1, deliveries: ({ github }, first) => {
    github.setBranch('main', github.commit(null, files('shop:9'), []));
    return push('refs/heads/main', first, { forced: true, before: first });
  } },
  { reason: 'a force-push that changes nothing that is managed', deploys: 0, deliveries: ({ github }) => {
    const head = github.commit(null, { ...files('shop:1'), 'README.md': 'rewritten' }, []);
    github.setBranch('main', head);
    return push('refs/heads/main', head, { forced: true });
  } },
  { reason: 'the default branch deleted', deploys: 0, deliveries: () => push('refs/heads/main', zeros, { deleted: true }) },
  { reason: 'a deletion that does not say so, only zeros', deploys: 0, deliveries: () => push('refs/heads/main', zeros) },
  { reason: 'a tag of the branch\'s name', deploys: 0, deliveries: ({ github }) => push('refs/tags/main', github.commit(null, files('shop:2'))) },
  { reason: 'a branch of a merge queue', deploys: 0, deliveries: ({ github }) => push('refs/heads/gh-readonly-queue/main/pr-4-abc', github.commit(null, files('shop:2'))) },
  { reason: 'a branch called as the ref of the branch', deploys: 0, deliveries: ({ github }) => push('refs/heads/refs/heads/main', github.commit(null, files('shop:2'))) },
  { reason: '2,000 commits in one push', deploys: 1, deliveries: ({ github }) => {
    let head = '';
    for (let commit = 0; commit < 50; commit += 1) head = github.commit('main', files(`shop:${commit + 2}`));
    return push('refs/heads/main', head, { commits: Array.from({ length: 2000 }, (_, index) => ({ id: String(index).padStart(40, '0') })), size: 2000 });
  } },
  { reason: 'a pull request closed before it was opened', deploys: 0, deliveries: ({ github }, first) => {
    github.openPull(4, first, { state: 'closed' });
    return [...pull('closed'), ...pull('opened')];
  } },
  { reason: 'the installation removed', deploys: 0, deliveries: () => installationMessages({ ...from, action: 'deleted' }) },
];

describe('hostile deliveries', () => {
  test.each(cases)('$reason: converged to the head of Git, $deploys deployments', async ({ deliveries, deploys }) => {
    const world = gitopsWorld();
    const first = world.github.commit('main', files('shop:1'));
    await handled(world, push('refs/heads/main', first));
    const after = await handled(world, deliveries(world, first));
    expect(after).toHaveLength(deploys);
    const { value } = await loadRepositorySync(world.store, repositoryTenant);
    expect(value?.environments['staging']?.digest).toBeDefined();
    const head = world.github.branch('main') ?? '';
    const image = /shop:\d+/.exec(world.github.filesAt(head)['trueup/staging.yaml'] ?? '')?.[0];
    expect(await handled(world, push('refs/heads/main', head)), `${image} is deployed already`).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { gitopsWorld, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { manifest } from '../../../test/support/tiny-language.ts';
import { putOff } from '../records/asked-often.ts';

async function synced(): Promise<{ readonly world: GitopsWorld; readonly head: string }> {
  const world = gitopsWorld();
  const head = world.github.commit('main', { 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services: [desiredService()] }) }) });
  world.github.openPull(12, head);
  world.github.setPermission('helper', 'write');
  await world.settle('SyncRepository', { reason: 'push' });
  return { world, head };
}

async function says(world: GitopsWorld, commentId: number, body: string) {
  world.github.addComment({ id: commentId, author: 'helper', authorIsBot: false, body });
  const from = [world.github.writes.length, world.store.emitted.length] as const;
  await world.settle('AnswerComment', { number: 12, commentId });
  return { writes: world.github.writes.slice(from[0]), emitted: world.store.emitted.slice(from[1]).map(({ type }) => type) };
}

test('a program that answers every answer hears nothing more, and still stops what it may stop', async () => {
  const { world } = await synced();
  for (const id of [1, 2, 3]) expect((await says(world, id, `/trueup dance-${id}`)).writes).toEqual(['reaction confused', 'comment 12']);
  expect(await says(world, 4, '/trueup status')).toEqual({ writes: ['reaction confused'], emitted: [] });
  expect(await says(world, 5, '/trueup pause staging')).toEqual({ writes: ['reaction +1'], emitted: ['PauseDeployments'] });
  world.clock.advance(61 * 60_000);
  expect((await says(world, 6, '/trueup status')).writes, 'after an hour of silence').toEqual(['reaction +1', 'comment 12']);
});

test('a program that comments every new pull request at once is one, however seldom they are opened', async () => {
  const { world, head } = await synced();
  const answers: number[] = [];
  for (const number of [20, 21, 22, 23]) {
    world.clock.advance(5 * 60_000);
    world.github.openPull(number, head, { openedAt: new Date(world.clock.now() - 2000).toISOString() });
    world.github.addComment({ id: number, author: 'helper', authorIsBot: false, body: '/trueup help' });
    const before = world.github.writes.length;
    await world.settle('AnswerComment', { number, commentId: number });
    answers.push(world.github.writes.slice(before).filter((write) => write.startsWith('comment')).length);
  }
  expect(answers).toEqual([1, 1, 1, 0]);
});

test('checks that are run again each time they complete are completed later and later', async () => {
  const { world, head } = await synced();
  const began = world.clock.now();
  const minutes: number[] = [];
  for (let times = 0; times < 9; times += 1) {
    const { outcomes } = await world.deliver('ConfirmChecks', { commit: head });
    for (const outcome of outcomes) expect(outcome).toMatchObject(outcome.end === 'wait' ? { reason: putOff } : { end: 'done' });
    minutes.push((world.clock.now() - began) / 60_000);
  }
  expect(minutes).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
});

test('the same commit is looked at from the ground up at once only once', async () => {
  const { world } = await synced();
  const recheck = async () => (await world.deliver('SyncRepository', { reason: 'check run requested again', recheck: true })).outcomes.map(({ end }) => end);
  expect([await recheck(), await recheck()]).toEqual([['done'], ['wait', 'done']]);
  world.github.commit('main', { 'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services: [desiredService({ name: 'cart' })] }) }) });
  expect(await recheck(), 'another commit').toEqual(['done']);
});

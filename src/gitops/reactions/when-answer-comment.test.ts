import { describe, expect, test } from 'vitest';
import { gitopsWorld, type GitopsWorld } from '../../../test/support/gitops-world.ts';

function commented(body: string, by: { readonly login?: string; readonly bot?: boolean } = {}): GitopsWorld {
  const world = gitopsWorld();
  const head = world.github.commit('main', {});
  world.github.openPull(12, head);
  world.github.setPermission('maintainer', 'write');
  world.github.setPermission('reader', 'read');
  world.github.addComment({ id: 5, author: by.login ?? 'maintainer', authorIsBot: by.bot ?? false, body });
  return world;
}

async function answered(world: GitopsWorld): Promise<{ readonly reactions: readonly string[]; readonly emits: readonly string[] }> {
  const { last } = await world.deliver('AnswerComment', { number: 12, commentId: 5 });
  return { reactions: [...(world.github.reactions.get(5) ?? [])], emits: last.emits.map(({ type }) => type) };
}

const plan = { reactions: ['eyes'], emits: ['PlanPullRequest'] };
const help = { reactions: ['+1'], emits: ['ReportPullRequest'] };
const unknown = { reactions: ['confused'], emits: ['ReportPullRequest'] };
const ignored = { reactions: [], emits: [] };
const refused = { reactions: ['-1'], emits: [] };

describe('answering a comment', () => {
  test.each([
    { body: '/trueup plan', is: plan, reason: 'a command' },
    { body: 'Please\n/trueup plan\nthanks', is: plan, reason: 'on any line of its own' },
    { body: '/trueup PLAN  now', is: plan, reason: 'words are not case-sensitive, the rest is not ours' },
    { body: '/trueup help', is: help, reason: 'the list' },
    { body: '/trueup', is: help, reason: 'nothing asked for' },
    { body: '/trueup dance', is: unknown, reason: 'an unknown word is answered' },
    { body: '/trueup adapt', is: unknown, reason: 'what there is not is not pretended' },
    { body: 'try /trueup plan', is: ignored, reason: 'not at the start of the line' },
    { body: '> /trueup plan', is: ignored, reason: 'quoted' },
    { body: '```\n/trueup plan\n```', is: ignored, reason: 'in a code block' },
    { body: '~~~~\n```\n/trueup plan\n~~~~', is: ignored, reason: 'in a code block of the other kind' },
    { body: '    /trueup plan', is: ignored, reason: 'indented code' },
    { body: '<!-- \n/trueup plan\n-->', is: ignored, reason: 'hidden' },
    { body: '/trueupplan', is: ignored, reason: 'another word' },
    { body: '/truеup plan', is: ignored, reason: 'a Cyrillic letter' },
    { body: `/trueup${' '.repeat(10_000)}plan`, is: plan, reason: 'many spaces are still spaces' },
  ])('$reason', async ({ body, is }) => {
    expect(await answered(commented(body))).toEqual(is);
  });

  test.each([
    { login: 'reader', bot: false, is: refused, reason: 'who may only read is refused' },
    { login: 'stranger', bot: false, is: refused, reason: 'a stranger is refused' },
    { login: 'maintainer', bot: true, is: ignored, reason: 'a bot is ignored, so that none talks to itself' },
  ])('$reason', async ({ login, bot, is }) => {
    expect(await answered(commented('/trueup plan', { login, bot }))).toEqual(is);
  });

  test('a comment that is gone, or not of a pull request, is nobody\'s', async () => {
    const world = commented('/trueup plan');
    await world.settle('AnswerComment', { number: 12, commentId: 99 });
    await world.settle('AnswerComment', { number: 99, commentId: 5 });
    expect(world.github.writes).toEqual([]);
  });

  test('nothing is planned of a closed pull request', async () => {
    const world = commented('/trueup plan');
    world.github.changePull(12, { state: 'closed' });
    expect(await answered(world)).toEqual({ reactions: ['confused'], emits: [] });
  });

  test('an unknown word is shown inert, in the one comment, once', async () => {
    const world = commented('/trueup `@everyone`');
    await world.settle('AnswerComment', { number: 12, commentId: 5 });
    await world.settle('AnswerComment', { number: 12, commentId: 5 });
    expect(world.github.writes).toEqual(['reaction confused', 'comment 12']);
    expect(world.github.comment(12)).toContain('is not a command here');
    expect(world.github.comment(12)).not.toMatch(/(?<!`)@everyone/);
  });
});

describe('resyncing an installation', () => {
  test('syncs each of its repositories', async () => {
    const { last } = await gitopsWorld().deliver('ResyncInstallation', { reason: 'start' });
    expect(last.emits.map(({ type, tenantId }) => [type, tenantId])).toEqual([['SyncRepository', '100.7'], ['SyncRepository', '100.8']]);
  });
});

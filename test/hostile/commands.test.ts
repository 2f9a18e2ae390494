import { describe, expect, test } from 'vitest';
import { askedCommand } from '../../src/gitops/report/commands.ts';
import { issueCommentMessages } from '../../src/handlers/issue-comment.ts';
import { pullRequestMessages } from '../../src/handlers/pull-request.ts';
import { gitopsWorld } from '../support/gitops-world.ts';
import { authorCases, bodyCases, elsewhereCases } from './command-cases.ts';

const body = '/trueup help';
const from = { installation: { id: 100 }, repository: { id: 7, default_branch: 'main' } };
const created = { ...from, action: 'created', issue: { number: 3, pull_request: {} }, comment: { id: 9, body, performed_via_github_app: null } };

describe('hostile comments', () => {
  test.each(bodyCases)('$reason asks for $asks', ({ body: text, asks }) => {
    const began = performance.now();
    const asked = askedCommand(text);
    const said = asked === null ? null : asked.name === 'unknown' ? `unknown ${asked.word}` : [asked.name, ...asked.words].join(' ');
    expect(said).toBe(asks);
    expect(performance.now() - began, 'milliseconds').toBeLessThan(20_000);
  });

  test.each(authorCases)('of $reason: answered with $reactions, and once, however often it comes', async ({ permission, bot = false, reactions }) => {
    const world = gitopsWorld();
    world.github.openPull(3, world.github.commit('main', {}));
    world.github.setPermission('somebody', permission);
    world.github.addComment({ id: 9, author: 'somebody', authorIsBot: bot, body });
    await world.settle('AnswerComment', { number: 3, commentId: 9 });
    const writes = [...world.github.writes];
    // Edited meanwhile, to something that would be taken; and delivered once more.
    world.github.addComment({ id: 9, author: 'somebody', authorIsBot: bot, body: '/trueup status' });
    await world.settle('AnswerComment', { number: 3, commentId: 9 });
    expect({ reactions: [...(world.github.reactions.get(9) ?? [])], writes: world.github.writes }).toEqual({ reactions, writes });
    expect(world.github.comment(3) === null).toBe(!reactions.includes('+1'));
  });

  test('the one that the rows change is answered', () => {
    expect(issueCommentMessages(created, 421)).toHaveLength(1);
  });

  test.each(elsewhereCases)('nobody is asked when $reason', ({ change }) => {
    expect(issueCommentMessages({ ...created, ...change }, 421)).toEqual([]);
  });

  test('the title and the description of a pull request ask for its plan, and for nothing else', () => {
    const messages = pullRequestMessages({ ...from, action: 'opened', pull_request: { number: 3, title: body, body } });
    expect(messages.map(({ type }) => type)).toEqual(['PlanPullRequest']);
  });
});

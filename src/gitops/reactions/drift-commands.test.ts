import { describe, expect, test } from 'vitest';
import { driftFinding } from '../../../test/support/drift-findings.ts';
import { ownerTenant } from '../../../test/support/gitops-world.ts';
import { shopFiles } from '../../../test/support/proposals-world.ts';
import { driftBranch, driftCheckName, remediationWorld, type RemediationWorld } from '../../../test/support/remediation-world.ts';
import type { DriftFinding } from '../../kernel/messages/drift-detection.ts';

const approvers = 'apiVersion: trueup.dev/v1\nkind: RepositoryPolicy\nenvironments: { prod: { approvers: [approver] } }\n';
const finding = driftFinding();
const concerns = new Set(['AcknowledgeDrift', 'ProposeRemediation', 'RollbackDeployment']);

async function drifted(open: readonly DriftFinding[] = [finding], files = shopFiles): Promise<RemediationWorld> {
  const world = await remediationWorld(files);
  for (const login of ['maintainer', 'approver']) world.github.setPermission(login, 'write');
  world.github.setPermission('reader', 'read');
  await world.found(open);
  world.github.openPull(12, world.github.branch('main') ?? '');
  return world;
}

interface Said {
  readonly sent: readonly unknown[];
  readonly said: string;
}

async function after(world: RemediationWorld, number: number, act: () => Promise<unknown>): Promise<Said> {
  const from = world.store.emitted.length;
  await act();
  const sent = world.store.emitted.slice(from).filter(({ type, payload }) => concerns.has(type) && !('choice' in payload && payload.choice === null));
  return { sent: sent.map(({ type, tenantId, payload }) => ({ type, tenantId, ...payload })), said: world.github.comment(number) ?? '' };
}

let comments = 50;
/** On the pull request that answers the drift, where nothing else is said. */
function say(world: RemediationWorld, body: string, { number = world.open() ?? 0, author = 'maintainer' } = {}): Promise<Said> {
  world.clock.advance(60_000);
  world.github.addComment({ id: ++comments, author, authorIsBot: false, body });
  return after(world, number, () => world.settle('AnswerComment', { number, commentId: comments }));
}

function press(world: RemediationWorld, action: string, { login = 'maintainer', name = driftCheckName, commit = world.github.branch(driftBranch) ?? '', isOurs = true } = {}): Promise<Said> {
  world.clock.advance(60_000);
  world.github.setCheckRun(900, { name, commit, isOurs });
  return after(world, world.open() ?? 0, () => world.settle('PressButton', { checkRunId: 900, action, login }));
}

const proposes = (choice: string) => [{ type: 'ProposeRemediation', tenantId: '100.7', environment: 'prod', service: 'checkout', choice, by: 'maintainer' }];
const acknowledges = (until: string | null) => [{ type: 'AcknowledgeDrift', tenantId: ownerTenant, environment: 'prod', service: 'checkout', findings: ['f1'], by: 'maintainer', until, reason: expect.stringMatching(/^\/trueup ack on pull request \d+$/) }];
const aWeekLater = '2026-12-01T00:01:01.002Z';

describe('commands on drift', () => {
  test.each([
    { body: '/trueup adopt', sent: proposes('keep-live'), says: 'The drift of `checkout` in `prod` (1 change) is answered by a pull request that makes Git say what runs.' },
    { body: '/trueup reapply', sent: proposes('keep-git'), says: 'that has Git applied again when it is merged.' },
    { body: '/trueup ack', sent: acknowledges(null), says: 'The drift of `checkout` in `prod` (1 finding) is left as it is until Azure changes again.' },
    { body: '/trueup ack 7D', sent: acknowledges(aWeekLater), says: 'is left as it is until 2026-12-01 00:01 UTC.' },
  ])('$body on the pull request that answers it', async ({ body, sent, says }) => {
    const world = await drifted();
    const answer = await say(world, body);
    expect(answer.sent.map((one) => withoutMs(one))).toEqual(sent.map((one) => withoutMs(one)));
    expect(answer.said).toContain(says);
    expect([...(world.github.reactions.get(comments) ?? [])]).toEqual(['+1']);
  });

  test.each([
    { body: '/trueup ack checkout prod 7d', sent: 1, says: 'is left as it is until' },
    { body: '/trueup adopt prod checkout', sent: 1, says: 'makes Git say what runs' },
    { body: '/trueup adopt', sent: 0, says: 'Which service, and where? Say `/trueup adopt SERVICE ENV`.' },
    { body: '/trueup ack 7d', sent: 0, says: 'with a time such as `7d` behind it' },
    { body: '/trueup ack checkout prod 91d', sent: 0, says: '`91d` is out of range: say a time from `1m` to `90d`' },
    { body: '/trueup reapply chekout prod', sent: 0, says: 'Did you mean `checkout`?' },
    { body: '/trueup reapply catalog prod', sent: 0, says: 'No drift of `catalog` is open in `prod` that a pull request could answer.' },
    { body: '/trueup ack checkout staging', sent: 0, says: 'Nobody has looked for drift in `staging` yet.' },
  ])('$body elsewhere: "$says"', async ({ body, sent, says }) => {
    const world = await drifted();
    const answer = await say(world, body, { number: 12 });
    expect(answer.said).toContain(says);
    expect(answer.sent).toHaveLength(sent);
  });

  test('what is acknowledged is what the pull request shows, and not what was found since', async () => {
    const world = await drifted();
    world.scanned([finding, driftFinding({ id: 'f2', path: 'tags.owner' })]);
    expect((await say(world, '/trueup ack')).sent).toMatchObject([{ findings: ['f1'] }]);
  });

  test('a rollback there is of its service', async () => {
    const world = await drifted();
    world.stands('prod', []);
    expect((await say(world, '/trueup rollback')).said).toContain('`prod` has no earlier known-good release of `checkout`.');
  });

  test.each([
    { body: '/trueup ack', sent: 0, reason: 'it silences what watches the environment' },
    { body: '/trueup adopt', sent: 1, reason: 'it only changes a branch' },
    { body: '/trueup reapply', sent: 1, reason: 'it only changes a branch' },
  ])('$body of somebody who is no approver: $sent, $reason', async ({ body, sent }) => {
    const world = await drifted([finding], { ...shopFiles, '.github/trueup.yml': approvers });
    expect((await say(world, body)).sent).toHaveLength(sent);
    expect((await say(world, body, { author: 'approver' })).sent).toHaveLength(1);
  });
});

function withoutMs(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'until' in value && typeof value.until === 'string' ? { ...value, until: value.until.slice(0, 19) } : value;
}

describe('a button', () => {
  test.each([
    { action: 'keep-live', sent: proposes('keep-live'), says: '`Keep Azure` by maintainer' },
    { action: 'keep-git', sent: proposes('keep-git'), says: '`Keep Git` by maintainer' },
    { action: 'ack-7d', sent: acknowledges(aWeekLater), says: '`Acknowledge 7d` by maintainer' },
  ])('$action does what its command does', async ({ action, sent, says }) => {
    const world = await drifted();
    const answer = await press(world, action);
    expect(answer.sent.map((one) => withoutMs(one))).toEqual(sent.map((one) => withoutMs(one)));
    expect(answer.said).toContain(says);
  });

  test.each([
    { over: { login: 'reader' }, action: 'keep-live', reason: 'who may only read' },
    { over: { isOurs: false }, action: 'keep-live', reason: "another App's check of that name" },
    { over: { name: 'trueup/plan' }, action: 'keep-live', reason: 'a check of ours that is about something else' },
    { over: { name: 'trueup/drift (prod, catalog)' }, action: 'keep-live', reason: 'a service without a pull request' },
    { over: {}, action: 'constructor', reason: 'a button that there is not' },
  ])('does nothing: $reason', async ({ over, action }) => {
    const world = await drifted();
    const writes = world.github.writes.length;
    expect((await press(world, action, over)).sent).toEqual([]);
    expect(world.github.writes.slice(writes)).toEqual([]);
  });

  test('at an older commit is not what the person sees', async () => {
    const world = await drifted();
    const answer = await press(world, 'ack-7d', { commit: world.github.branch('main') ?? '' });
    expect([answer.sent, answer.said]).toEqual([[], expect.stringContaining('It stands at an older commit of the branch.')]);
  });

  test('pressed twice is two wishes, and one delivery of it that is repeated is one answer', async () => {
    const world = await drifted([finding], { ...shopFiles, '.github/trueup.yml': approvers });
    expect((await press(world, 'ack-7d')).said).toContain('is no approver of `prod`');
    expect((await press(world, 'ack-7d', { login: 'approver' })).sent).toHaveLength(1);
  });
});

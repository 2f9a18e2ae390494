import { describe, expect, test } from 'vitest';
import { desiredEnvironment, desiredService } from '../../../test/support/desired.ts';
import { gitopsWorld, ownerTenant, type GitopsWorld } from '../../../test/support/gitops-world.ts';
import { deploymentProgress } from '../../../test/support/progress.ts';
import { canary, failedCanary, knownGood, movingStanding, pausedStanding, standing } from '../../../test/support/rollout-samples.ts';
import { manifest, tinyPolicy, tinyPolicyPath, unreadable } from '../../../test/support/tiny-language.ts';
import type { EmittedMessage } from '../../kernel/envelope.ts';
import type { EnvironmentStanding } from '../../kernel/standing.ts';

const services = [desiredService(), desiredService({ name: 'cart' })];
const promoted = services.map((service) => ({ ...service, promotion: { from: 'staging', values: [] } }));
const manifests = {
  'trueup/staging.yaml': manifest({ environment: desiredEnvironment({ services }) }),
  'trueup/prod.yaml': manifest({ environment: desiredEnvironment({ name: 'prod', services: promoted }) }),
};
const approvers = { [tinyPolicyPath]: tinyPolicy('trueup/', { prod: { approvers: ['Approver'] } }) };

interface Setting {
  readonly body: string;
  readonly login?: string;
  readonly bot?: boolean;
  readonly pull?: 'open' | 'merged' | 'fork' | 'merged fork';
  readonly standings?: Readonly<Record<string, EnvironmentStanding>>;
  readonly files?: Readonly<Record<string, string>>;
}

const contexts = new Set(['AbortDeployment', 'RollbackDeployment', 'PauseDeployments', 'ResumeDeployments', 'ProposePromotion']);

interface Asked {
  readonly world: GitopsWorld;
  readonly said: string;
  readonly reaction: readonly string[];
  readonly sent: readonly EmittedMessage[];
}

/** One comment, answered to the end. */
async function asked({ body, login = 'maintainer', bot = false, pull = 'open', standings = {}, files = {} }: Setting): Promise<Asked> {
  const world = gitopsWorld();
  const head = world.github.commit('main', { ...manifests, ...files });
  const isMerged = pull.startsWith('merged');
  const headRepositoryId = pull.endsWith('fork') ? 99 : 7;
  world.github.openPull(12, head, { headRepositoryId, ...(isMerged && { state: 'closed', merged: true, mergeCommit: head }) });
  for (const one of ['maintainer', 'approver', 'APPROVER']) world.github.setPermission(one, 'write');
  world.github.setPermission('reader', 'read');
  for (const [name, one] of Object.entries(standings)) world.standings.set(`${ownerTenant} ${name}`, one);
  await world.settle('SyncRepository', { reason: 'push' });
  world.github.addComment({ id: 5, author: login, authorIsBot: bot, body });
  const from = world.store.emitted.length;
  await world.settle('AnswerComment', { number: 12, commentId: 5 });
  const sent = world.store.emitted.slice(from).filter(({ type }) => contexts.has(type));
  return { world, said: world.github.comment(12) ?? '', reaction: [...(world.github.reactions.get(5) ?? [])], sent };
}

const running = standing();
const serves = (tag: string): EnvironmentStanding['deployment'] => deploymentProgress({ state: 'Completed', services: [canary({ step: 'done', weight: 100, revision: knownGood(tag).revision })] });
const completed = standing({ deployment: serves('1.4.2') });
const held = standing({ deployment: deploymentProgress({ state: 'Held', services: [failedCanary()] }) });
const goingBack = standing({ deployment: deploymentProgress({ state: 'RollingBack', services: [failedCanary({ step: 'restoring' })] }) });
const wentBack = standing({ deployment: deploymentProgress({ state: 'RolledBack', services: [failedCanary({ step: 'restored', weight: 0, previousRevision: knownGood('1.4.2').revision })] }) });
const unknownServes = standing({ deployment: deploymentProgress({ state: 'Completed', services: [canary({ step: 'done', revision: 'checkout--tby-hand000', weight: 100 })] }) });
const first = standing({ deployment: serves('1.5.0'), services: [{ service: 'checkout', tenant: 'contoso', knownGood: [knownGood('1.5.0')], quarantined: [] }] });
const frozen = standing({ deployment: deploymentProgress({ services: [canary()], hold: { why: 'frozen', detail: 'x', until: '2026-11-25T06:00:00Z' } }) });

describe('commands to what runs', () => {
  test.each([
    { body: '/trueup abort prod', standings: { prod: running }, type: 'AbortDeployment', payload: { environment: 'prod', by: 'maintainer', reason: '/trueup abort on pull request 12' }, says: 'The deployment of `c0ffee0` to `prod` is stopped and taken back.', reason: 'what runs is stopped' },
    { body: '/trueup abort prod', standings: { prod: held }, type: 'AbortDeployment', payload: { environment: 'prod' }, says: 'is stopped and taken back', reason: 'what is held runs' },
    { body: '/trueup rollback prod checkout', standings: { prod: completed }, type: 'RollbackDeployment', payload: { environment: 'prod', services: ['checkout'], by: 'maintainer' }, says: '`checkout` goes back to `contoso.azurecr.io/checkout:1.3.0` of `130aaaa`, known good since 2026-11-13 09:30 UTC', reason: 'a service goes back to what was known good before' },
    { body: '/trueup rollback checkout prod', standings: { prod: held }, type: 'RollbackDeployment', payload: { services: ['checkout'] }, says: 'that runs in `prod` is taken back as a whole', reason: 'what is held goes back' },
    { body: '/trueup rollback checkout prod', standings: { prod: unknownServes }, type: 'RollbackDeployment', payload: { services: ['checkout'] }, says: 'goes back to `contoso.azurecr.io/checkout:1.4.2`', reason: 'what serves is not known good, so it goes back to the newest that is' },
    { body: '/trueup abort prod', standings: { prod: { ...completed, next: 'feed'.padEnd(40, '0') } }, type: 'AbortDeployment', payload: { environment: 'prod' }, says: 'The deployment of `feed000` to `prod`', reason: 'the next one is about to begin' },
    { body: '/trueup rollback prod', standings: { prod: completed }, type: 'RollbackDeployment', payload: { services: ['checkout'] }, says: 'goes back to', reason: 'all of the last deployment' },
    { body: '/trueup rollback checkout prod', standings: { prod: wentBack }, type: 'RollbackDeployment', payload: { services: ['checkout'] }, says: 'goes back to `contoso.azurecr.io/checkout:1.3.0`', reason: 'one that is named goes further back' },
    { body: '/trueup pause prod', standings: {}, type: 'PauseDeployments', payload: { environment: 'prod', by: 'maintainer' }, says: 'No deployment of `prod` moves forward until `/trueup resume prod`', reason: 'also before the first deployment' },
    { body: '/trueup resume prod', standings: { prod: pausedStanding }, type: 'ResumeDeployments', payload: { environment: 'prod', by: 'maintainer' }, says: 'move forward again', reason: 'what is paused goes on' },
    { body: '/trueup resume prod', standings: { prod: held }, type: 'ResumeDeployments', payload: { environment: 'prod' }, says: 'What is held in `prod` is judged anew.', reason: 'what is held is judged anew' },
    { body: '/trueup promote prod', standings: {}, type: 'ProposePromotion', payload: { from: 'staging', to: 'prod', asked: true }, says: 'known good in `staging` is proposed to `prod`', reason: 'where its services take their releases from' },
  ])('$body: $reason', async ({ body, standings, type, payload, says }) => {
    const { sent, said, reaction } = await asked({ body, standings });
    expect(sent).toEqual([expect.objectContaining({ type, tenantId: type === 'ProposePromotion' ? '100.7' : ownerTenant, payload: expect.objectContaining(payload) })]);
    expect(reaction).toEqual(['+1']);
    expect(said).toContain(says);
    expect(said).toMatch(/`\/trueup [a-z ]+` by maintainer, \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  });

  test.each([
    { body: '/trueup abort prod', standings: {}, says: 'Nothing runs in `prod`.', reason: 'nothing was ever deployed' },
    { body: '/trueup abort prod', standings: { prod: completed }, says: 'Nothing runs in `prod`.', reason: 'the last deployment has ended' },
    { body: '/trueup abort prod', standings: { prod: goingBack }, says: 'is on its way back already', reason: 'it goes back' },
    { body: '/trueup rollback prod', standings: {}, says: 'Nothing was ever deployed to `prod`.', reason: 'nothing was ever deployed' },
    { body: '/trueup rollback checkout prod', standings: { prod: first }, says: '`prod` has no earlier known-good release of `checkout`.', reason: 'the first release has nothing before it' },
    { body: '/trueup rollback cart prod', standings: { prod: completed }, says: '`prod` has no earlier known-good release of `cart`.', reason: 'the service was never known good' },
    { body: '/trueup rollback prod', standings: { prod: wentBack }, says: 'Nothing that the last deployment of `prod` brought serves. To take a service further back, name it: `/trueup rollback SERVICE prod`.', reason: 'it was taken back already, and what served before stays' },
    { body: '/trueup pause prod', standings: { prod: pausedStanding }, says: '`prod` is paused already, by octocat since 2026-11-24 08:00 UTC.', reason: 'somebody did' },
    { body: '/trueup resume prod', standings: { prod: running }, says: 'Nothing is paused or held in `prod`.', reason: 'it moves' },
    { body: '/trueup resume prod', standings: { prod: frozen }, says: '`prod` is in a freeze window until 2026-11-25 06:00 UTC, which no command opens', reason: 'a freeze is declared in Git' },
    { body: '/trueup promote staging', standings: {}, says: 'No service of `staging` declares where it takes its releases from (`promotion.from`).', reason: 'nothing is declared' },
    { body: '/trueup abort prd', standings: { prod: running }, says: 'Did you mean `prod`?', reason: 'a typing error' },
    { body: '/trueup abort', standings: { prod: running }, says: 'Which environment?', reason: 'an open pull request was deployed nowhere' },
  ])('$body sends nothing: $reason', async ({ body, standings, says }) => {
    const { sent, said, reaction } = await asked({ body, standings });
    expect(sent).toEqual([]);
    expect(reaction).toEqual(['confused']);
    expect(said).toContain(says);
  });

  test('on a merged pull request they mean where it was deployed, and abort what runs there', async () => {
    const { sent, said } = await asked({ body: '/trueup abort', pull: 'merged', standings: { prod: running } });
    expect(sent.map(({ type, payload }) => [type, payload])).toEqual([['AbortDeployment', expect.objectContaining({ environment: 'prod' })]]);
    expect(said).not.toContain('Nothing runs in');
    const idle = await asked({ body: '/trueup abort', pull: 'merged' });
    expect(idle.said).toContain('Nothing runs in `prod`.\n\nNothing runs in `staging`.');
  });

  test('status shows every environment and changes nothing', async () => {
    const { sent, said, reaction } = await asked({ body: '/trueup status', standings: { prod: movingStanding } });
    expect([sent, reaction]).toEqual([[], ['+1']]);
    expect(said).toContain('**prod**: Deployment of `c0ffee0`: checkout at 10 %');
    expect(said).toContain('**staging**: Nothing was ever deployed there.');
  });
});

test('status tells a freeze window also while nothing runs', async () => {
  const always = [{ cron: '* * * * *', timezone: 'UTC', durationMs: 3_600_000, reason: 'year end' }];
  const files = { 'trueup/prod.yaml': manifest({ environment: desiredEnvironment({ name: 'prod', services, freezes: always }) }) };
  const { said } = await asked({ body: '/trueup status', standings: { prod: completed }, files });
  expect(said).toMatch(/\*\*prod\*\*: ⏸️ In a freeze window until \d{4}-\d\d-\d\d \d\d:\d\d UTC \(year end\)\. Last deployment of/);
  expect(said).toContain('**staging**: Nothing was ever deployed there.');
});

describe('who may', () => {
  const rollback = { body: '/trueup rollback checkout prod', standings: { prod: completed }, files: approvers };
  test.each([
    { ...rollback, login: 'approver', reaction: '+1', sends: 1, says: 'goes back to', reason: 'an approver' },
    { ...rollback, login: 'APPROVER', reaction: '+1', sends: 1, says: 'goes back to', reason: 'logins have no case' },
    { ...rollback, login: 'maintainer', reaction: '-1', sends: 0, says: '`maintainer` is no approver of `prod`. Its approvers: `approver`.', reason: 'somebody with write access who is no approver' },
    { ...rollback, login: 'maintainer', body: '/trueup resume prod', standings: { prod: held }, reaction: '-1', sends: 0, says: 'is no approver', reason: 'resume moves forward' },
    { ...rollback, login: 'maintainer', body: '/trueup promote prod', reaction: '-1', sends: 0, says: 'is no approver', reason: 'promotion moves forward' },
    { ...rollback, login: 'maintainer', body: '/trueup abort prod', standings: { prod: running }, reaction: '+1', sends: 1, says: 'is stopped', reason: 'stopping needs nobody\'s consent' },
    { ...rollback, login: 'maintainer', body: '/trueup pause prod', reaction: '+1', sends: 1, says: 'moves forward until', reason: 'nor does a pause' },
    { ...rollback, login: 'maintainer', body: '/trueup rollback checkout staging', standings: { staging: completed }, reaction: '+1', sends: 1, says: 'goes back to', reason: 'an environment without a list' },
    { ...rollback, login: 'reader', reaction: '-1', sends: 0, says: '', reason: 'who may only read' },
    { ...rollback, login: 'stranger', reaction: '-1', sends: 0, says: '', reason: 'a stranger' },
    { ...rollback, login: 'approver', pull: 'fork', reaction: '-1', sends: 0, says: 'comes from a fork', reason: 'a pull request of a fork' },
    { ...rollback, login: 'approver', pull: 'merged fork', reaction: '+1', sends: 1, says: 'goes back to', reason: 'one that was merged is ours' },
    { ...rollback, login: 'approver', body: '/trueup status', pull: 'fork', reaction: '-1', sends: 0, says: 'comes from a fork', reason: 'a fork is not shown what runs' },
  ] as const)('$body by $login: $reason', async ({ reaction, sends, says, ...setting }) => {
    const answered = await asked(setting);
    expect([answered.reaction, answered.sent.length]).toEqual([[reaction], sends]);
    expect(answered.said).toContain(says);
    if (says === '') expect(answered.said).toBe('');
  });

  test.each([
    { body: '> /trueup abort prod', bot: false, reason: 'quoted' },
    { body: '```\n/trueup abort prod\n```', bot: false, reason: 'in a code block' },
    { body: 'please /trueup abort prod', bot: false, reason: 'in the middle of a line' },
    { body: '/trueup abort prod', bot: true, reason: 'a bot' },
  ])('nobody is answered: $reason', async ({ body, bot }) => {
    const answered = await asked({ body, bot, standings: { prod: running } });
    expect([answered.reaction, answered.sent, answered.said]).toEqual([[], [], '']);
  });

  test('a policy that is wrong lets nobody pass', async () => {
    const { world } = await asked({ body: 'nothing', standings: { prod: completed }, files: approvers });
    world.github.commit('main', { ...manifests, [tinyPolicyPath]: unreadable });
    world.github.addComment({ id: 6, author: 'approver', authorIsBot: false, body: '/trueup rollback checkout prod' });
    await world.settle('AnswerComment', { number: 12, commentId: 6 });
    expect([...(world.github.reactions.get(6) ?? [])]).toEqual(['-1']);
    expect(world.github.comment(12)).toContain('nobody can be seen to be an approver');
  });

  test('a pull request names no approvers: the policy is the default branch\'s', async () => {
    const { world } = await asked({ body: 'nothing', standings: { prod: completed }, files: approvers });
    const mine = world.github.commit(null, { ...manifests, [tinyPolicyPath]: tinyPolicy('trueup/', { prod: { approvers: ['maintainer'] } }) });
    world.github.changePull(12, { headSha: mine });
    world.github.addComment({ id: 6, author: 'maintainer', authorIsBot: false, body: '/trueup rollback checkout prod' });
    await world.settle('AnswerComment', { number: 12, commentId: 6 });
    expect([...(world.github.reactions.get(6) ?? [])]).toEqual(['-1']);
  });
});

describe('once', () => {
  test('a comment acts once, delivered twice and edited', async () => {
    const { world, sent } = await asked({ body: '/trueup abort prod', standings: { prod: running } });
    expect(sent).toHaveLength(1);
    const from = world.store.emitted.length;
    await world.settle('AnswerComment', { number: 12, commentId: 5 });
    world.github.addComment({ id: 5, author: 'maintainer', authorIsBot: false, body: '/trueup rollback checkout prod' });
    await world.settle('AnswerComment', { number: 12, commentId: 5 });
    expect(world.store.emitted.slice(from)).toEqual([]);
  });

  test('who was refused is not let in by an edit or by other rights', async () => {
    const { world } = await asked({ body: '/trueup abort prod', login: 'reader', standings: { prod: running } });
    world.github.setPermission('reader', 'write');
    const from = world.store.emitted.length;
    await world.settle('AnswerComment', { number: 12, commentId: 5 });
    expect(world.store.emitted.slice(from)).toEqual([]);
  });

  test('the newest answers are kept, the newest first', async () => {
    const { world } = await asked({ body: '/trueup abort prod' });
    for (let id = 6; id < 16; id += 1) {
      world.clock.advance(60_000);
      world.github.addComment({ id, author: 'maintainer', authorIsBot: false, body: `/trueup abort nowhere-${id}` });
      await world.settle('AnswerComment', { number: 12, commentId: id });
    }
    const shown = world.github.comment(12)?.match(/abort nowhere-\d+/g);
    expect(shown).toEqual([15, 14, 13, 12, 11].map((id) => `abort nowhere-${id}`));
  });
});

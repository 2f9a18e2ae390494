import { reaction, type Reaction } from '../../kernel/context.ts';
import { emit, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, type Outcome } from '../../kernel/outcome.ts';
import { answerCommand } from '../answering/answer-command.ts';
import { mayWrite } from '../answering/approval.ts';
import { knownTo } from '../answering/known-environments.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { PullRequest } from '../ports.ts';
import { driftButtons, placeOfCheck, type DriftButton } from '../proposals/drift-check.ts';
import { driftId, loadProposal } from '../records/proposal.ts';
import { loadPullRequestAnswers, noAnswers, withAnswer } from '../records/pull-request-answers.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'repository' | 'commits' | 'standing' | 'drift'>;

/** Does what the command of the same meaning does, for whom it does it. The check, the pull request and the permission are read again. */
export function whenPressButton(needs: Needs): Reaction {
  return reaction({
    on: 'PressButton',
    name: 'when-press-button',
    writes: ({ payload }) => `press/${payload.checkRunId}`,
    urgent: () => true,
    handle: (envelope) => pressButton(needs, envelope),
  });
}

interface Pressed {
  readonly button: DriftButton;
  readonly environment: string;
  readonly service: string;
  readonly pull: PullRequest;
  /** A newer commit stands on the branch: what the person saw is another proposal. */
  readonly isOld: boolean;
}

async function pressButton(needs: Needs, { tenantId, payload }: Envelope<'PressButton'>): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const pressed = await pressedOn(needs, tenant, payload);
  if (pressed === null) return done();
  if (!(await mayWrite(needs, tenant, payload.login))) return done();
  const { button, environment, service, pull, isOld } = pressed;
  const { label } = driftButtons[button];
  const { emits, text } = isOld
    ? { emits: [], text: 'It stands at an older commit of the branch. Look at what is proposed, and press it at the newest one.' }
    : await answerCommand(needs, tenant, await knownTo(needs.store, tenant, pull), { ...commandOf(button, service, environment), by: payload.login, pull: pull.number });
  const answers = await loadPullRequestAnswers(needs.store, tenant, pull.number);
  const answered = { commentId: null, asked: label, by: payload.login, at: new Date(needs.clock.now()).toISOString(), text };
  return done([answers.save(withAnswer(answers.value ?? noAnswers, answered))], [...emits, emit('ReportPullRequest', tenant, { number: pull.number })]);
}

/** Null for what is no button of ours, and where no pull request is open. */
async function pressedOn({ store, repository }: Needs, tenant: TenantId, { checkRunId, action }: Envelope<'PressButton'>['payload']): Promise<Pressed | null> {
  const button = isButton(action) ? action : null;
  const run = button === null ? null : await repository.checkRun(tenant, checkRunId);
  const place = run?.isOurs === true ? placeOfCheck(run.name) : null;
  if (button === null || run === null || place === null) return null;
  const { value } = await loadProposal(store, tenant, driftId(place.environment, place.service));
  const number = value?.pullRequest?.number ?? null;
  const pull = number === null ? null : await repository.pullRequest(tenant, number);
  return pull?.state === 'open' ? { button, ...place, pull, isOld: pull.headSha !== run.commit } : null;
}

function isButton(action: string): action is DriftButton {
  return Object.hasOwn(driftButtons, action);
}

function commandOf(button: DriftButton, service: string, environment: string): { readonly name: 'adopt' | 'reapply' | 'ack'; readonly words: readonly string[] } {
  switch (button) {
    case 'keep-git':
      return { name: 'reapply', words: [service, environment] };
    case 'keep-live':
      return { name: 'adopt', words: [service, environment] };
    case 'ack-7d':
      return { name: 'ack', words: [service, environment, '7d'] };
  }
}

import type { WriteReason } from '../../kernel/audit.ts';
import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import { emit, type EmittedMessage, type Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { done, type Outcome, type Save } from '../../kernel/outcome.ts';
import { answerCommand, type CommandAnswer, type EnvironmentCommand } from '../answering/answer-command.ts';
import { mayWrite } from '../answering/approval.ts';
import { knownTo } from '../answering/known-environments.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { IssueComment, PullRequest } from '../ports.ts';
import { commandedOnceMore, loadAskedOften } from '../records/asked-often.ts';
import { loadCommentWritten } from '../records/comment-written.ts';
import type { Loaded } from '../records/load-record.ts';
import { isAnswered, loadPullRequestAnswers, noAnswers, withAnswer, withAnswered, type PullRequestAnswers } from '../records/pull-request-answers.ts';
import { askedCommand, helpText, type AskedCommand } from '../report/commands.ts';

type Needs = Pick<GitopsNeeds, 'store' | 'clock' | 'repository' | 'reports' | 'commits' | 'standing' | 'drift'>;

/** Reads the comment again: what the webhook said of it and of its author is a hint. Answers each comment once, however it is edited. */
export function whenAnswerComment(needs: Needs): Reaction {
  return reaction({
    on: 'AnswerComment',
    name: 'when-answer-comment',
    writes: ({ payload }) => `answer/${payload.number}`,
    urgent: () => true,
    handle: (envelope, delivery) => answerComment(needs, envelope, delivery),
  });
}

interface Question {
  readonly tenant: TenantId;
  readonly comment: IssueComment;
  readonly pull: PullRequest;
  readonly answers: Loaded<PullRequestAnswers>;
}

async function answerComment(needs: Needs, { tenantId, payload, occurredAt }: Envelope<'AnswerComment'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { repository, reports } = needs;
  const { number, commentId } = payload;
  const answers = await loadPullRequestAnswers(needs.store, tenant, number);
  if (isAnswered(answers.value ?? noAnswers, commentId)) return done();
  const comment = await repository.comment(tenant, commentId);
  if (comment === null || comment.authorIsBot) return done();
  const asked = askedCommand(comment.body);
  if (asked === null) return done();
  const pull = await repository.pullRequest(tenant, number);
  if (pull === null) return done();
  const may = await mayWrite(needs, tenant, comment.author);
  if (!may) {
    await delivery.write(whyOf(pull), () => reports.react(tenant, commentId, '-1', delivery.signal));
    return done([answers.save(withAnswered(answers.value ?? noAnswers, commentId))]);
  }
  const question = { tenant, comment, pull, answers };
  const { isAutomatic, saves } = await counted(needs, question, occurredAt);
  const outcome = await (isAutomatic ? leftUnanswered : answer)(needs, question, asked, delivery);
  return { ...outcome, saves: [...outcome.saves, ...saves] };
}

/** Counts who asks, over all pull requests of the repository: a program answers wherever something is written. */
async function counted({ store, clock }: Needs, { tenant, comment, pull }: Question, at: string): Promise<{ readonly isAutomatic: boolean; readonly saves: readonly Save[] }> {
  const [often, written] = await Promise.all([loadAskedOften(store, tenant, 'commands'), loadCommentWritten(store, tenant, pull.number)]);
  const { asked, isAutomatic } = commandedOnceMore(often.value ?? {}, comment.author, clock.now(), { at, written: [pull.openedAt, ...(written.value === null ? [] : [written.value.at])] });
  return { isAutomatic, saves: [often.save(asked)] };
}

/** To a program that answers each answer nothing more is said, so that it ends; what stops something is done all the same. */
async function leftUnanswered(needs: Needs, question: Question, asked: AskedCommand, delivery: Delivery): Promise<Outcome> {
  const stops = asked.name === 'abort' || asked.name === 'pause' ? await commandAnswer(needs, question, asked) : null;
  const { tenant, comment, pull, answers } = question;
  await delivery.write(whyOf(pull), () => needs.reports.react(tenant, comment.id, stops?.reaction ?? 'confused', delivery.signal));
  return done([answers.save(withAnswered(answers.value ?? noAnswers, comment.id))], stops?.emits ?? []);
}

function whyOf({ headSha }: PullRequest): WriteReason {
  return { commit: headSha, policy: 'answer to a comment' };
}

async function answer(needs: Needs, question: Question, asked: AskedCommand, delivery: Delivery): Promise<Outcome> {
  const { tenant, comment, pull, answers } = question;
  const isAnsweredNow = answers.save(withAnswered(answers.value ?? noAnswers, comment.id));
  const react = (sign: 'eyes' | '+1' | '-1' | 'confused'): Promise<void> => delivery.write(whyOf(pull), () => needs.reports.react(tenant, comment.id, sign, delivery.signal));
  switch (asked.name) {
    case 'plan': {
      // Nothing is planned of what is merged or closed.
      const isOpen = pull.state === 'open';
      await react(isOpen ? 'eyes' : 'confused');
      return done([isAnsweredNow], isOpen ? [emit('PlanPullRequest', tenant, { number: pull.number })] : []);
    }
    case 'help':
      await react('+1');
      return told(needs, question, 'help', helpText(null));
    case 'unknown':
      await react('confused');
      return told(needs, question, asked.word, helpText(asked.word));
    default: {
      const { reaction: sign, emits, text } = await commandAnswer(needs, question, asked);
      await react(sign);
      return told(needs, question, [asked.name, ...asked.words].join(' '), text, emits);
    }
  }
}

/** The answer is kept, and shown in the pull request's comment. */
function told({ clock }: Needs, { tenant, comment, pull, answers }: Question, asked: string, text: string, emits: readonly EmittedMessage[] = []): Outcome {
  const answered = { commentId: comment.id, asked: `/trueup ${asked}`, by: comment.author, at: new Date(clock.now()).toISOString(), text };
  return done([answers.save(withAnswer(answers.value ?? noAnswers, answered))], [...emits, emit('ReportPullRequest', tenant, { number: pull.number })]);
}

/** What runs is neither shown nor changed from a fork's pull request before somebody merged it. */
async function commandAnswer(needs: Needs, { tenant, comment, pull }: Question, asked: { readonly name: EnvironmentCommand; readonly words: readonly string[] }): Promise<CommandAnswer> {
  const isFork = pull.headRepositoryId !== pull.baseRepositoryId;
  if (isFork && !pull.merged) return { reaction: '-1', emits: [], text: 'This pull request comes from a fork: what runs is neither shown nor changed from here. Say it on one of this repository.' };
  return answerCommand(needs, tenant, await knownTo(needs.store, tenant, pull), { ...asked, by: comment.author, pull: pull.number });
}

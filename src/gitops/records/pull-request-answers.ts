import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';

const answer = z.strictObject({
  /** Null where no comment asked: a button was pressed. */
  commentId: z.number().int().positive().nullable(),
  /** The command, as it was understood, or the button. */
  asked: z.string(),
  /** Login of who asked. */
  by: z.string(),
  /** ISO-8601. */
  at: z.string(),
  /** Markdown that our own renderer made: inert. */
  text: z.string(),
});

const pullRequestAnswers = z.strictObject({
  /** Ids of the comments that were answered, rising. */
  answered: z.array(z.number().int().positive()),
  /** The last answers, newest last. */
  answers: z.array(answer),
});

/** What commands in comments of a pull request came to. Each comment is answered once. */
export type PullRequestAnswers = z.infer<typeof pullRequestAnswers>;
export type Answer = PullRequestAnswers['answers'][number];

export const noAnswers: PullRequestAnswers = { answered: [], answers: [] };

export function loadPullRequestAnswers(store: Store, tenant: TenantId, number: number): Promise<Loaded<PullRequestAnswers>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: 'PullRequestAnswers', id: String(number) }, pullRequestAnswers);
}

const idsKept = 200;
const answersKept = 5;

/** Ids grow with time: what is older than the oldest that is kept was answered, or is too old to act on. */
export function isAnswered({ answered }: PullRequestAnswers, commentId: number): boolean {
  const [oldest] = answered;
  return answered.includes(commentId) || (answered.length >= idsKept && oldest !== undefined && commentId < oldest);
}

export function withAnswered(known: PullRequestAnswers, commentId: number): PullRequestAnswers {
  return { ...known, answered: [...known.answered, commentId].sort((a, b) => a - b).slice(-idsKept) };
}

export function withAnswer(known: PullRequestAnswers, one: Answer): PullRequestAnswers {
  return { ...(one.commentId === null ? known : withAnswered(known, one.commentId)), answers: [...known.answers, one].slice(-answersKept) };
}

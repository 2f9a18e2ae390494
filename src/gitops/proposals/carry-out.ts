import type { Delivery } from '../../kernel/context.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { ProposedFile } from '../ports.ts';
import { withCommit, withEnd, withMerged, withRefused, type ProposalRecord } from '../records/proposal.ts';

/** A change that somebody is asked to merge. */
export interface Wanted {
  /** Hash of what is proposed: once it was closed it is not proposed again. */
  readonly content: string;
  /** The head of the default branch. */
  readonly base: string;
  readonly baseRef: string;
  readonly files: readonly ProposedFile[];
  readonly title: string;
  readonly body: string;
}

/** One sentence why nothing is to be proposed. */
export interface NotWanted {
  readonly why: string;
}

export interface CarriedOut {
  readonly record: ProposalRecord;
  /** The record has to be saved before the next write: deliver once more. */
  readonly isHalf: boolean;
}

/** Why it is delivered once more. */
export const isHalfDone = 'what is about to be written is remembered first';

type Needs = Pick<GitopsNeeds, 'proposals' | 'repository'>;

interface About {
  readonly tenant: TenantId;
  readonly delivery: Delivery;
  /** A person wants it, also when it was closed before. */
  readonly asked: boolean;
  /** What wants it, for the audit. */
  readonly policy: string;
}

const leftNote = '> Somebody else committed to this branch, so Trueup leaves it as it is. What is said here may be newer than what the branch holds.';

/** Takes the next step towards what is wanted. */
export async function carryOut(needs: Needs, known: ProposalRecord, wanted: Wanted | NotWanted, about: About): Promise<CarriedOut> {
  return 'why' in wanted ? withdraw(needs, known, wanted.why, about) : propose(needs, known, wanted, about);
}

/**
 * The commit is made and remembered before anything refers to it: so after a crash at
 * any call the branch stands at a commit that is known to be ours.
 */
async function propose(needs: Needs, before: ProposalRecord, wanted: Wanted, { tenant, delivery, asked, policy }: About): Promise<CarriedOut> {
  const written = digestOf([wanted.files, wanted.title, wanted.body]);
  if (before.written === written && !before.isClosing && !asked) return finished(before);
  const record = { ...(await afterLook(needs, tenant, before)), isClosing: false };
  if (record.refused.includes(wanted.content) && !asked) return finished({ ...record, why: 'It was proposed before, and somebody closed it' });
  // How the last one ended is remembered, and heard, before another takes its place.
  if (before.pullRequest !== null && record.pullRequest === null) return { record, isHalf: true };
  const files = digestOf(wanted.files);
  const why = { commit: wanted.base, policy };
  if (record.made?.files !== files) {
    const made = await delivery.write(why, () => needs.proposals.commit(tenant, { base: wanted.base, message: `${wanted.title}\n`, files: wanted.files }, delivery.signal));
    return { record: withCommit(record, files, made), isHalf: true };
  }
  const { branch, commits: ours, made, pullRequest } = record;
  const { title, body, baseRef, content } = wanted;
  const bodyWhenLeft = `${leftNote}\n\n${body}`;
  const proposal = { branch, baseRef, commit: made.commit, ours, number: pullRequest?.number ?? null, title, body, bodyWhenLeft };
  const proposed = await delivery.write(why, () => needs.proposals.propose(tenant, proposal, delivery.signal));
  const refused = record.refused.filter((one) => one !== content);
  const next = { ...record, content, written, refused };
  if (proposed === null) return finished({ ...next, written: null, pullRequest: null, why: `The branch ${branch} is somebody else's` });
  const known = { ...next, pullRequest: { number: proposed.number, url: proposed.url }, why: null };
  return finished(proposed.state === 'open' ? known : ended(record, proposed.state === 'merged' ? proposed.headSha : null));
}

/** Nothing is to be proposed: what is open and ours is closed without a word, once it is remembered that nobody else did it. */
async function withdraw(needs: Needs, known: ProposalRecord, why: string, { tenant, delivery, policy }: About): Promise<CarriedOut> {
  const record = { ...(await afterLook(needs, tenant, known)), why };
  const open = record.pullRequest;
  if (open === null) return finished(withEnd(record));
  if (!record.isClosing) return { record: { ...record, isClosing: true }, isHalf: true };
  const commit = record.made?.commit ?? record.commits.at(-1) ?? '';
  const closed = await delivery.write({ commit, policy }, () => needs.proposals.close(tenant, open.number, record.commits, delivery.signal));
  return finished(closed.state === 'open' ? { ...record, isClosing: false } : withEnd(record));
}

/** What people made of the pull request meanwhile. */
async function afterLook({ repository }: Needs, tenant: TenantId, record: ProposalRecord): Promise<ProposalRecord> {
  if (record.pullRequest === null) return record;
  const pull = await repository.pullRequest(tenant, record.pullRequest.number);
  return pull?.state === 'open' ? record : ended(record, pull?.merged === true ? pull.headSha : null);
}

/** What somebody closed is not wanted: the same is not proposed again. */
function ended(record: ProposalRecord, mergedHead: string | null): ProposalRecord {
  if (mergedHead !== null) return withMerged(record, mergedHead);
  return record.isClosing ? withEnd(record) : withRefused(record);
}

function finished(record: ProposalRecord): CarriedOut {
  return { record, isHalf: false };
}

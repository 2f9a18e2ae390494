import { z } from 'zod';
import { repositoryTenantId, type TenantId } from '../../kernel/ids.ts';
import { commit } from '../../kernel/messages/shapes.ts';
import type { Store } from '../../kernel/ports.ts';
import { loadRecord, type Loaded } from './load-record.ts';
import { pullRequestLink, remediation } from './remediation.ts';

const proposal = z.strictObject({
  branch: z.string(),
  /** Commits that were made for the branch or merged from it, the newest last: one that is none of these is somebody else's. */
  commits: z.array(commit),
  /** The newest of them, and the hash of the files that it changes; null when it is merged or there is none. */
  made: z.strictObject({ files: z.string(), commit }).nullable(),
  /** The pull request that is open as far as is known. */
  pullRequest: pullRequestLink.nullable(),
  /** Hash of what is proposed, however it is told. */
  content: z.string().nullable(),
  /** Hash of all that was written: the same again makes no call. */
  written: z.string().nullable(),
  /** Hashes of what was proposed and closed by somebody, the newest last: not wanted. */
  refused: z.array(z.string()),
  /** Why nothing is proposed; null while something is. */
  why: z.string().nullable(),
  /** It is about to be closed because nothing is to be proposed: so nobody else closed it. */
  isClosing: z.boolean().default(false),
  /** Only of one that answers drift. */
  remediation: remediation.nullable().default(null),
});

/** A pull request of this App, from before its first commit to after its end. */
export type ProposalRecord = z.infer<typeof proposal>;

const kept = 20;

export function emptyProposal(branch: string): ProposalRecord {
  return { branch, commits: [], made: null, pullRequest: null, content: null, written: null, refused: [], why: null, isClosing: false, remediation: null };
}

/** `id` is unique among the repository's proposals. */
export function loadProposal(store: Store, tenant: TenantId, id: string): Promise<Loaded<ProposalRecord>> {
  return loadRecord(store, { tenantId: repositoryTenantId(tenant), type: 'Proposal', id }, proposal);
}

export function revertId(environment: string, at: string): string {
  return `revert.${environment}.${at}`;
}

export function promotionId(from: string, to: string): string {
  return `promote.${from}.${to}`;
}

export function driftId(environment: string, service: string): string {
  return `drift.${environment}.${service}`;
}

export function withCommit(record: ProposalRecord, files: string, made: string): ProposalRecord {
  return { ...withKnown(record, made), made: { files, commit: made } };
}

function withKnown(record: ProposalRecord, known: string): ProposalRecord {
  return { ...record, commits: [...record.commits.filter((one) => one !== known), known].slice(-kept) };
}

/** Somebody closed it. */
export function withRefused(record: ProposalRecord): ProposalRecord {
  const refused = record.content === null ? record.refused : [...record.refused.filter((one) => one !== record.content), record.content].slice(-kept);
  return { ...record, pullRequest: null, isClosing: false, refused };
}

/** It was merged at this head. The branch may leave it, also where somebody else made it: nothing of it is lost. */
export function withMerged(record: ProposalRecord, head: string): ProposalRecord {
  return withEnd(withKnown(record, head));
}

/** It was merged, or was closed because nothing is to be proposed. A commit that is merged cannot be proposed again. */
export function withEnd(record: ProposalRecord): ProposalRecord {
  return { ...record, pullRequest: null, isClosing: false, made: null, content: null, written: null };
}

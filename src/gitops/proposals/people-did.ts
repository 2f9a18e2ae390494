import { emit, type EmittedMessage } from '../../kernel/envelope.ts';
import { tenantIn, type TenantId } from '../../kernel/ids.ts';
import { mayWrite, notApproved } from '../answering/approval.ts';
import type { KnownEnvironment } from '../answering/targets.ts';
import type { GitopsNeeds } from '../needs.ts';
import type { PullRequest } from '../ports.ts';
import { withEnd, withMerged, withRefused, type ProposalRecord } from '../records/proposal.ts';
import { noRemediation, type Remediation } from '../records/remediation.ts';

/** A proposal that answers drift. */
export interface RemediationRecord extends ProposalRecord {
  readonly remediation: Remediation;
}

export interface Place {
  readonly tenant: TenantId;
  readonly environment: string;
  /** As it was synced last; null where Git does not declare it. */
  readonly declared: KnownEnvironment | null;
  readonly service: string;
  /** ISO-8601: when it is looked. */
  readonly at: string;
}

/** What people made of the pull request since the record was saved. */
export interface Looked {
  readonly record: RemediationRecord;
  /** Where its branch stands; null where none is open. */
  readonly head: string | null;
  readonly emits: readonly EmittedMessage[];
}

type Needs = Pick<GitopsNeeds, 'repository' | 'commits'>;

export async function peopleDid(needs: Needs, record: RemediationRecord, place: Place): Promise<Looked> {
  const { pullRequest, remediation } = record;
  const known = pullRequest ?? remediation.closed;
  if (known === null) return { record, head: null, emits: [] };
  const pull = await needs.repository.pullRequest(place.tenant, known.number);
  if (pull?.state === 'open') return pullRequest === null ? openedAgain(record, pull, place) : { record, head: pull.headSha, emits: [] };
  if (pull?.merged === true) return { record: merged(record, pull, place), head: null, emits: [] };
  if (pullRequest === null) return { record, head: null, emits: [] };
  if (record.isClosing) return { record: { ...record, ...withEnd(record), remediation: ended(remediation) }, head: null, emits: [] };
  return { record: { ...record, ...withRefused(record), remediation: { ...ended(remediation), closed: pullRequest } }, head: null, emits: pull === null ? [] : await acknowledged(needs, record, pull, place) };
}

/** What is over leaves no wish behind; which wishes were heard stays known. */
export function ended({ heardAt, merged: last }: Remediation): Remediation {
  return { ...noRemediation, heardAt, merged: last };
}

function merged(record: RemediationRecord, pull: PullRequest, { at }: Place): RemediationRecord {
  const { findings, since } = record.remediation;
  return { ...record, ...withMerged(record, pull.headSha), remediation: { ...ended(record.remediation), merged: { number: pull.number, at: pull.mergedAt ?? at, since, findings } } };
}

/** Who closed it leaves it as it is. A bot decides nothing for people, and who may not acknowledge only stops the pull request: GitHub lets more people close than write. */
async function acknowledged(needs: Needs, { remediation }: RemediationRecord, { number }: PullRequest, { tenant, declared, service }: Place): Promise<readonly EmittedMessage[]> {
  if (declared === null || remediation.findings.length === 0) return [];
  const closer = await needs.repository.closedBy(tenant, number);
  if (closer === null || closer.isBot || !(await mayWrite(needs, tenant, closer.login))) return [];
  if ((await notApproved(needs, tenant, { name: 'ack', by: closer.login, environments: [declared] })) !== null) return [];
  const said = { findings: [...remediation.findings], by: closer.login, until: null, reason: `Pull request ${number} was closed` };
  return [emit('AcknowledgeDrift', tenantIn(tenant, declared.tenant), { environment: declared.name, service, ...said })];
}

/** Then what was acknowledged before is answered again. Who opened it GitHub does not say. */
function openedAgain(record: RemediationRecord, { number, htmlUrl, headSha }: PullRequest, { at }: Place): Looked {
  const remediation = { ...record.remediation, closed: null, asked: { by: '', at } };
  return { record: { ...record, pullRequest: { number, url: htmlUrl }, refused: [], written: null, remediation }, head: headSha, emits: [] };
}

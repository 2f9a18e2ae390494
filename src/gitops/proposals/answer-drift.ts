import type { Delivery } from '../../kernel/context.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { DriftStanding } from '../../kernel/drift-standing.ts';
import { emit, type EmittedMessage } from '../../kernel/envelope.ts';
import { done, wait, type Outcome, type Save } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { savedIfOther, type Loaded } from '../records/load-record.ts';
import type { ProposalRecord } from '../records/proposal.ts';
import { waitsWhy } from '../report/drift-answers.ts';
import { linkDrift } from '../records/pull-request-report.ts';
import { answeredBy, inTurn, oldestOf } from './answered-findings.ts';
import { carryOut, isHalfDone } from './carry-out.ts';
import { draftRemediation, type WantedRemediation } from './draft-remediation.ts';
import { ended, peopleDid, type Looked, type Place, type RemediationRecord } from './people-did.ts';
import { driftCheck } from './drift-check.ts';

export type AnswerNeeds = Pick<GitopsNeeds, 'store' | 'commits' | 'repository' | 'reports' | 'proposals' | 'editor' | 'live'>;

export interface Answering {
  readonly loaded: Loaded<ProposalRecord>;
  readonly place: Place;
  readonly standing: DriftStanding;
  readonly delivery: Delivery;
}

/** The next step towards what is open: at most one write to GitHub, and what it was for is remembered before the next. */
export async function answerDrift(needs: AnswerNeeds, { record, head }: Pick<Looked, 'record' | 'head'>, about: Answering): Promise<Outcome> {
  const settled = await tellSettled(needs, record, about);
  if (settled !== null) return settled;
  const { place, standing, loaded, delivery } = about;
  if (isWaiting(record, standing, place.service)) return told(about, { ...record, why: waitsWhy });
  const drafted = await draftRemediation(needs, { ...place, standing }, record.remediation, delivery.signal);
  if ('keep' in drafted) return told(about, record.pullRequest === null ? { ...record, why: drafted.keep } : record);
  if ('why' in drafted) return withdraw(needs, record, drafted.why, about);
  const { record: carried, isHalf } = await carryOut(needs, record, drafted, { tenant: place.tenant, delivery, asked: false, policy: 'answer to drift' });
  const over = await endedMeanwhile(needs, record, carried, about);
  if (over !== null) return over;
  const isTold = carried.pullRequest !== null && carried.written !== record.written;
  const next = { ...carried, remediation: { ...record.remediation, ...(isTold && shownBy(drafted)) } };
  if (isHalf) return wait(1, isHalfDone, savedIfOther(loaded, next));
  if (next.pullRequest === null) return told(about, next);
  const linked = await linkDrift(needs.store, place.tenant, next.pullRequest.number, { environment: place.environment, service: place.service, closed: null });
  if (isTold) return wait(1, 'its check follows', [...savedIfOther(loaded, next), ...linked], toldAlso(about, next));
  return writeCheck(needs, next, { ...about, drafted, linked, head });
}

function shownBy({ about: { answered } }: WantedRemediation): Pick<RemediationRecord['remediation'], 'findings' | 'since'> {
  return { findings: answered.map(({ id }) => id).toSorted(), since: oldestOf(answered) };
}

interface Checking extends Answering {
  readonly drafted: WantedRemediation;
  readonly linked: readonly Save[];
  /** Where the branch stands, whoever committed to it. */
  readonly head: string | null;
}

/** The buttons, where people look at the branch. */
async function writeCheck({ reports }: AnswerNeeds, record: RemediationRecord, { loaded, place, drafted, linked, head, delivery }: Checking): Promise<Outcome> {
  const at = head ?? record.made?.commit ?? null;
  if (at === null) return done([...savedIfOther(loaded, record), ...linked]);
  const report = driftCheck(drafted.about, at);
  const checked = digestOf(report);
  if (record.remediation.checked !== checked) {
    await delivery.write({ commit: at, policy: 'answer to drift' }, () => reports.check(place.tenant, report, delivery.signal));
  }
  return done([...savedIfOther(loaded, { ...record, remediation: { ...record.remediation, checked } }), ...linked]);
}

async function withdraw(needs: AnswerNeeds, record: RemediationRecord, why: string, about: Answering): Promise<Outcome> {
  const { remediation } = record;
  const { record: carried, isHalf } = await carryOut(needs, record, { why }, { tenant: about.place.tenant, delivery: about.delivery, asked: false, policy: 'answer to drift' });
  const meanwhile = await endedMeanwhile(needs, record, carried, about);
  if (meanwhile !== null) return meanwhile;
  // One that somebody else closed can be opened again by them.
  const over = { ...ended(remediation), closed: remediation.closed };
  const next = { ...carried, remediation: carried.pullRequest === null ? over : remediation };
  return isHalf ? wait(1, isHalfDone, savedIfOther(about.loaded, next)) : told(about, next);
}

/** People merged or closed it after the look: what follows from that is decided as if the look had seen it. Null where nobody did. */
async function endedMeanwhile(needs: AnswerNeeds, before: RemediationRecord, carried: ProposalRecord, about: Answering): Promise<Outcome | null> {
  if (before.pullRequest === null || carried.pullRequest !== null) return null;
  const { record, emits } = await peopleDid(needs, before, about.place);
  const isOurs = before.isClosing && record.remediation.merged === before.remediation.merged;
  if (record.pullRequest !== null || isOurs) return null;
  return wait(1, 'its pull request has ended', savedIfOther(about.loaded, record), [...emits, ...toldAlso(about, record)]);
}

/** Others come first. Whoever asks for it does not wait. */
function isWaiting({ pullRequest, remediation }: RemediationRecord, { open }: DriftStanding, service: string): boolean {
  return pullRequest === null && remediation.asked === null && answeredBy(remediation, open, service).length > 0 && !inTurn(open).has(service);
}

/** The end of a look. The health check says which pull request answers the drift, or why none does. */
function told(about: Answering, record: RemediationRecord): Outcome {
  return done(savedIfOther(about.loaded, record), toldAlso(about, record));
}

function toldAlso({ loaded, place: { tenant, environment } }: Answering, { pullRequest, why }: RemediationRecord): readonly EmittedMessage[] {
  const isSame = pullRequest?.number === loaded.value?.pullRequest?.number && why === (loaded.value?.why ?? null);
  return isSame ? [] : [emit('ReportHealth', tenant, { environment })];
}

/** Null while nothing was merged, or what it was merged for is still open. */
async function tellSettled({ store }: AnswerNeeds, record: RemediationRecord, { loaded, place, standing }: Answering): Promise<Outcome | null> {
  const { merged } = record.remediation;
  if (merged === null || standing.open.some(({ id }) => merged.findings.includes(id))) return null;
  const seen = standing.scannedAt ?? place.at;
  const closed = { at: seen > merged.at ? seen : merged.at, mergedAt: merged.at, since: merged.since };
  const told = await linkDrift(store, place.tenant, merged.number, { environment: place.environment, service: place.service, closed });
  const saves = savedIfOther(loaded, { ...record, remediation: { ...record.remediation, merged: null } });
  return wait(1, 'what else is open follows', [...saves, ...told], [emit('ReportPullRequest', place.tenant, { number: merged.number })]);
}

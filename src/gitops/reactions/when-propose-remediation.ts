import { reaction, type Delivery, type Reaction } from '../../kernel/context.ts';
import type { DriftStanding } from '../../kernel/drift-standing.ts';
import type { Envelope } from '../../kernel/envelope.ts';
import { repositoryTenantId, tenantIn } from '../../kernel/ids.ts';
import { done, wait, type Outcome } from '../../kernel/outcome.ts';
import type { GitopsNeeds } from '../needs.ts';
import { answerDrift, type AnswerNeeds } from '../proposals/answer-drift.ts';
import { answeredBy } from '../proposals/answered-findings.ts';
import { peopleDid, type Place, type RemediationRecord } from '../proposals/people-did.ts';
import { savedIfOther } from '../records/load-record.ts';
import { driftId, emptyProposal, loadProposal, type ProposalRecord } from '../records/proposal.ts';
import { noRemediation, withWish } from '../records/remediation.ts';
import { loadRepositorySync, type SyncedEnvironment } from '../records/repository-sync.ts';

type Needs = AnswerNeeds & Pick<GitopsNeeds, 'clock' | 'drift'>;

/** While a deployment owns the app. What happens meanwhile wakes it. */
const suppressedWaitMs = 5 * 60_000;

/** The only writer of the one pull request that answers the drift of a service in an environment. */
export function whenProposeRemediation(needs: Needs): Reaction {
  const key = ({ payload }: Envelope<'ProposeRemediation'>): string => `drift/${payload.environment}/${payload.service}`;
  return reaction({
    on: 'ProposeRemediation',
    name: 'when-propose-remediation',
    // What a person asks for must not be taken for what is asked by itself.
    latestWins: (envelope) => `${key(envelope)}/${envelope.payload.choice ?? ''}`,
    writes: key,
    urgent: ({ payload }) => payload.choice !== null,
    handle: (envelope, delivery) => proposeRemediation(needs, envelope, delivery),
  });
}

async function proposeRemediation(needs: Needs, { tenantId, payload, occurredAt }: Envelope<'ProposeRemediation'>, delivery: Delivery): Promise<Outcome> {
  const tenant = repositoryTenantId(tenantId);
  const { environment, service } = payload;
  const [loaded, sync] = await Promise.all([loadProposal(needs.store, tenant, driftId(environment, service)), loadRepositorySync(needs.store, tenant)]);
  const synced = sync.value?.environments[environment] ?? null;
  const known = remediating(loaded.value, environment, service);
  const wish = withWish(known.remediation, payload, occurredAt);
  // What was closed before is wanted again by whoever asks.
  const record = wish === null ? known : { ...known, refused: [], written: null, remediation: wish };
  const standing = synced === null ? undeclared : await needs.drift(tenantIn(tenant, synced.tenant), environment);
  // Before the first scan nothing is known, which is not the same as nothing to answer.
  if (standing === null || (standing.scannedAt === null && synced !== null)) return done();
  if (!isConcerned(record, standing, service)) return done();
  if (standing.suppressed || standing.deploying.includes(service)) return wait(suppressedWaitMs, 'a deployment owns the app', savedIfOther(loaded, record));
  const place: Place = { tenant, environment, declared: synced && named(environment, synced), service, at: new Date(needs.clock.now()).toISOString() };
  const looked = await peopleDid(needs, record, place);
  // What they decided is heard before anything is made of what is open without it.
  if (looked.emits.length > 0) return done(savedIfOther(loaded, looked.record), looked.emits);
  return answerDrift(needs, looked, { loaded, place, standing, delivery });
}

/** Of what Git does not declare, nothing is to be answered. */
const undeclared: DriftStanding = { open: [], scannedAt: null, watchedSince: '', suppressed: false, deploying: [] };

function remediating(known: ProposalRecord | null, environment: string, service: string): RemediationRecord {
  const record = known ?? emptyProposal(`trueup/drift/${environment}/${service}`);
  return { ...record, remediation: record.remediation ?? noRemediation };
}

/** There is one to look after, or something to answer. */
function isConcerned({ pullRequest, made, remediation }: RemediationRecord, { open }: DriftStanding, service: string): boolean {
  return pullRequest !== null || made !== null || remediation.merged !== null || remediation.closed !== null || answeredBy(remediation, open, service).length > 0;
}

function named(name: string, { tenant, commit, services }: SyncedEnvironment): Place['declared'] {
  return { name, tenant, commit, services: Object.keys(services) };
}

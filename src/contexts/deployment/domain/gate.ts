import type { ObservedRevision } from '../../../kernel/container-app.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import type { ServiceRollout } from './service-rollout.ts';

/** What is known about a new revision at one look. */
export interface GateEvidence {
  /** Null: there is no such revision. */
  readonly revision: ObservedRevision | null;
  /** Status of this look's request; null when there was no answer; `not-asked` when the service cannot be reached from outside. */
  readonly probe: number | null | 'not-asked';
  readonly before: GateMemory;
}

/** What one look leaves for the next. */
type GateMemory = ServiceRollout['gate'];

/** Inconclusive and no data are not failures: they hold the gate until its time is over. */
export type GateAnswer = 'pass' | 'fail' | 'inconclusive' | 'no-data';

export interface GateResult {
  readonly answer: GateAnswer;
  readonly detail: string;
  readonly memory: GateMemory;
}

type Judged = Pick<DesiredService, 'replicas' | 'ingress' | 'health'>;

/** Restarts since the first look that are a crash loop. */
const restartLimit = 3;

/**
 * Judges the revision itself: an operation that succeeded says nothing about it. A pass needs `wanted` good looks in a row, with every
 * container of every replica ready and no restart in between.
 */
export function judge(service: Judged, evidence: GateEvidence, wanted: number): GateResult {
  const { revision, before } = evidence;
  if (revision === null) return { answer: 'no-data', detail: 'The revision is not there yet', memory: { ...before, successes: 0 } };
  const last = revision.containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const restarts = { first: before.restarts?.first ?? last, last };
  const finding = brokenBecause(revision, last - restarts.first) ?? unreadyBecause(service, revision) ?? badAnswer(service, evidence);
  if (finding !== null) return { ...finding, memory: { successes: 0, restarts } };
  if (last > (before.restarts?.last ?? last)) return { answer: 'inconclusive', detail: 'A container has restarted', memory: { successes: 0, restarts } };
  const successes = before.successes + 1;
  return { answer: successes >= wanted ? 'pass' : 'inconclusive', detail: `Ready ${successes} of ${wanted} times`, memory: { successes, restarts } };
}

type Finding = Pick<GateResult, 'answer' | 'detail'>;

function brokenBecause({ provisioningState, runningState }: ObservedRevision, restarts: number): Finding | null {
  if (provisioningState === 'Failed') return { answer: 'fail', detail: 'Azure could not provision the revision, or its container does not stay up' };
  if (runningState === 'Failed') return { answer: 'fail', detail: 'The revision has failed: its container does not stay up' };
  return restarts >= restartLimit ? { answer: 'fail', detail: `Its containers restarted ${restarts} times` } : null;
}

function unreadyBecause(service: Judged, revision: ObservedRevision): Finding | null {
  const { containers, runningState, provisioningState } = revision;
  if (provisioningState !== 'Provisioned') return { answer: 'inconclusive', detail: 'The revision is being provisioned' };
  const mayRest = service.replicas.min === 0 && service.ingress === null && runningState === 'ScaledToZero';
  if (containers.length === 0) return mayRest ? null : { answer: 'no-data', detail: 'No replica runs yet' };
  const ready = containers.filter((container) => container.ready).length;
  return ready < containers.length ? { answer: 'inconclusive', detail: `${ready} of ${containers.length} containers are ready` } : null;
}

/** A declared readiness path has to answer 2xx or 3xx; without one, any answer but a server error shows that it listens. */
function badAnswer({ health }: Judged, { probe }: GateEvidence): Finding | null {
  if (probe === 'not-asked') return null;
  if (probe === null) return { answer: 'inconclusive', detail: 'The revision does not answer' };
  if (probe < (health.readiness === null ? 500 : 400)) return null;
  return { answer: 'inconclusive', detail: `The revision answers with status ${probe}` };
}

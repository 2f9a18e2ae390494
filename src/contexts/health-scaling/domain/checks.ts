import type { ObservedRevision } from '../../../kernel/container-app.ts';
import type { DesiredService } from '../../../kernel/desired-state.ts';
import type { PayloadOf } from '../../../kernel/messages/catalogue.ts';
import type { Verdict } from '../../../kernel/messages/health-scaling.ts';

export type ServiceHealth = PayloadOf<'HealthCheckCompleted'>['services'][number];
export type Check = ServiceHealth['checks'][number];

/** Worst first. No data is worse than healthy: silence never makes anything green. */
const worstFirst: readonly Verdict[] = ['unhealthy', 'degraded', 'no-data', 'healthy'];

/** Nothing measured is no data. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return worstFirst.find((verdict) => verdicts.includes(verdict)) ?? 'no-data';
}

export interface LivenessFacts {
  readonly revision: ObservedRevision | null;
  readonly service: Pick<DesiredService, 'replicas'>;
  /** Whether its replicas were looked at; without, its own state has to be enough. */
  readonly isCounted: boolean;
  /** Restarts of all its containers at the evaluation before; null when nobody counted. */
  readonly restartsBefore: number | null;
}

/** What Azure says about the revision that serves. */
export function liveness({ revision, service, isCounted, restartsBefore }: LivenessFacts): Check {
  const say = (verdict: Verdict, detail: string): Check => ({ kind: 'liveness', verdict, detail });
  if (revision === null) return say('unhealthy', 'The revision that should serve does not exist');
  const { provisioningState, runningState, containers } = revision;
  if (!revision.active) return say('unhealthy', 'The revision that should serve is not active');
  if (provisioningState === 'Failed' || runningState === 'Failed') return say('unhealthy', 'The revision has failed');
  if (!isCounted && revision.replicas > 0 && isSteady(revision, service)) return say('healthy', `${count(revision.replicas, 'replica')} up`);
  if (containers.length === 0) return withoutReplicas(revision, service.replicas.min, say);
  const ready = containers.filter((container) => container.ready).length;
  if (ready === 0) return say('unhealthy', `None of ${containers.length} containers is ready`);
  if (ready < containers.length) return say('degraded', `${ready} of ${containers.length} containers are ready`);
  if (restartsBefore !== null && restartsOf(revision) > restartsBefore) return say('degraded', 'A container has restarted since the last check');
  if (revision.healthState === 'Unhealthy') return say('degraded', 'Azure reports the revision as unhealthy');
  return say('healthy', `${count(containers.length, 'container')} ready`);
}

/** What Azure says of the revision itself shows that its replicas would say nothing else. */
export function isSteady({ active, provisioningState, runningState, healthState, replicas }: ObservedRevision, { replicas: { min } }: Pick<DesiredService, 'replicas'>): boolean {
  if (!active || provisioningState !== 'Provisioned') return false;
  if (replicas === 0) return min === 0 && runningState === 'ScaledToZero';
  return runningState.startsWith('Running') && healthState === 'Healthy' && replicas >= min;
}

function withoutReplicas({ runningState }: ObservedRevision, min: number, say: (verdict: Verdict, detail: string) => Check): Check {
  const isStarting = ['processing', 'activating', 'unknown'].includes(runningState.toLowerCase());
  if (isStarting) return say('no-data', 'No replica runs yet');
  if (min > 0) return say('unhealthy', `No replica runs, at least ${min} declared`);
  return runningState === 'ScaledToZero' ? say('healthy', 'Scaled to zero, as declared') : say('no-data', 'No replica runs, and Azure does not say that it rests');
}

export function restartsOf(revision: ObservedRevision): number {
  return revision.containers.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Tries of one evaluation before a service counts as degraded, and evaluations in a row before it counts as unhealthy. */
export const probeTries = 3;
const unhealthyAfter = 3;

/** `statuses` are this evaluation's answers, the last one decides; null: no answer. */
export function readiness(statuses: readonly (number | null)[], hasDeclaredPath: boolean, failuresBefore: number): { readonly check: Check; readonly failures: number } {
  const last = statuses.at(-1) ?? null;
  if (isGoodAnswer(last, hasDeclaredPath)) return { check: { kind: 'readiness', verdict: 'healthy', detail: `Answers with status ${last}` }, failures: 0 };
  const failures = failuresBefore + 1;
  const detail = last === null ? 'Does not answer' : `Answers with status ${last}`;
  return { check: { kind: 'readiness', verdict: failures >= unhealthyAfter ? 'unhealthy' : 'degraded', detail }, failures };
}

/** A declared path has to answer 2xx or 3xx; without one, any answer but a server error shows that it listens. */
export function isGoodAnswer(status: number | null, hasDeclaredPath: boolean): boolean {
  return status !== null && status < (hasDeclaredPath ? 400 : 500);
}

/** Through its own ingress from outside; a request to a service that may rest at zero would keep it awake for ever. */
export function isProbed({ ingress, replicas }: Pick<DesiredService, 'ingress' | 'replicas'>): boolean {
  return ingress?.external === true && replicas.min > 0;
}

export interface RequestShare {
  readonly total: number;
  readonly serverErrors: number;
}

const fewestRequests = 20;
const degradedShare = 0.05;
const unhealthyShare = 0.5;

/** What the service stands on: its managed environment, and what its requests say. Too few requests say nothing. */
export function dependencies(environmentState: string | null, requests: RequestShare | null): Check {
  const environment = environmentVerdict(environmentState);
  if (environment !== 'healthy') return { kind: 'dependency', verdict: environment, detail: `The managed environment is ${environmentState ?? 'gone'}` };
  if (requests === null) return { kind: 'dependency', verdict: 'healthy', detail: 'The managed environment is up; no request data' };
  const { total, serverErrors } = requests;
  if (total < fewestRequests) return { kind: 'dependency', verdict: 'healthy', detail: `The managed environment is up; ${count(total, 'request')}, too few to judge` };
  const share = serverErrors / total;
  const verdict = share >= unhealthyShare ? 'unhealthy' : share >= degradedShare ? 'degraded' : 'healthy';
  return { kind: 'dependency', verdict, detail: `${Math.round(share * 100)} % of ${total} requests answered with a server error` };
}

/** By Azure's names of its states: null is a managed environment that is gone, and a name that is not here says nothing. */
function environmentVerdict(state: string | null): Verdict {
  if (state === null || ['Failed', 'Canceled', 'ScheduledForDelete'].includes(state)) return 'unhealthy';
  if (state === 'UpgradeFailed') return 'degraded';
  return state === 'Succeeded' || state === 'UpgradeRequested' ? 'healthy' : 'no-data';
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

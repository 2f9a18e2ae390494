import type { DesiredService } from '../../../../kernel/desired-state.ts';
import type { GateRecord, OwnRequests, ServiceRollout } from '../service-rollout.ts';
import { runningStage } from '../stage-moves.ts';
import type { Stage } from '../stages.ts';
import type { Timing } from '../timing.ts';
import type { StageEvidence } from './evidence.ts';
import { ownGates, type Finding } from './finding.ts';
import { httpVerdict } from './http-verdict.ts';
import { latency } from './latency.ts';
import { beyondLimit, inShort } from './limits.ts';
import { logNumber } from './log-number.ts';
import { decidesFrom, lateMs, seldomMs } from './next-look.ts';
import { ownRequestsSince, withOwnRequest } from './own-requests.ts';
import { readiness } from './readiness.ts';
import { merged } from './records.ts';
import { hasRestarted, restarts, restartsAt } from './restarts.ts';
import { mayRest, revisionState } from './revision-state.ts';
import { gateNames, stageGates, type StageGates } from './stage-gates.ts';
import { countedFrom, healthRequests } from './stage-minutes.ts';
import { successRate } from './success-rate.ts';

export interface StageJudged {
  /** With its gates' records, what is remembered for the next look, and `reason` as its detail. */
  readonly rollout: ServiceRollout;
  readonly verdict: 'pass' | 'wait' | 'fail';
  /** Our own sentence: why it fails or what it waits for; null for a pass. */
  readonly reason: string | null;
}

/**
 * One look at the stage that runs. It passes when its bake is over and every one of its gates passed at a look since; a gate that fails
 * beyond its limit fails the release, and everything else holds it where it is. `now`: when its evidence was there.
 * @throws when the rollout is in no stage: a bug.
 */
export function judgeStage(service: DesiredService, before: ServiceRollout, evidence: StageEvidence, now: number, timing: Timing): StageJudged {
  const stage = runningStage(before);
  if (stage === null || before.stageSince === null) throw new Error(`${before.service} is in no stage that could be judged`);
  const bakeEnd = before.stageSince + stage.bakeMs;
  const { findings, remembered } = look(service, before, evidence, now, timing);
  const wanted = stageGates(service, stage, before.stages);
  const gates = merged(gateNames(wanted), before.gates, findings, { now: evidence.askedAt, patienceMs: 2 * seldomMs(timing) });
  const after = { ...before, ...remembered, gates: [...gates] };
  const deciding = gates.filter((record) => !isMissedByNobody(record, wanted));
  const failing = deciding.flatMap((record) => beyondLimit(record, { limits: service.rollout.gate.limits, bakeEnd, now, graceMs: graceOf(record, stage.bakeMs, timing) }) ?? []);
  if (failing.length > 0) return judged(after, 'fail', failing.join('. '));
  const open = deciding.find(({ answer }) => answer !== 'pass');
  if (open !== undefined) return judged(after, 'wait', inShort(open));
  const isSaid = (name: string): boolean => gates.some(({ gate, at }) => gate === name && at >= decidesFrom(name, wanted, bakeEnd, before.stageSince ?? now, timing));
  const isComplete = now >= bakeEnd && gateNames(wanted).every(isSaid);
  return isComplete ? { rollout: { ...after, detail: null }, verdict: 'pass', reason: null } : judged(after, 'wait', now < bakeEnd ? 'Every gate passes; the bake goes on' : 'Not every gate was asked yet');
}

function judged(rollout: ServiceRollout, verdict: 'wait' | 'fail', reason: string): StageJudged {
  return { rollout: { ...rollout, detail: reason }, verdict, reason };
}

/** Where nothing served before there may be no users: their silence says nothing, neither for nor against it. */
function isMissedByNobody({ gate, answer }: GateRecord, { requests }: StageGates): boolean {
  return gate === ownGates.successRate && requests === 'when-known' && answer === 'no-data';
}

/** What starts, and what counts from zero, has no data at first; what comes late has none before it can be there. */
function graceOf({ gate, answer }: GateRecord, bakeMs: number, timing: Timing): number {
  const own: readonly string[] = [ownGates.revision, ownGates.readiness, ownGates.restarts, ownGates.latency];
  if (own.includes(gate)) return seldomMs(timing);
  return gate === ownGates.successRate && answer === 'no-data' ? Math.max(0, lateMs(timing) - bakeMs) : 0;
}

interface Look {
  readonly findings: readonly Finding[];
  readonly remembered: Pick<ServiceRollout, 'gate' | 'probes'>;
}

function look(service: DesiredService, before: ServiceRollout, evidence: StageEvidence, now: number, timing: Timing): Look {
  const { gate } = service.rollout;
  const base = proving(service, before, evidence, now, timing);
  const { probes } = base.remembered;
  const slow = gate.latencyP95Ms === null ? [] : [latency(gate.latencyP95Ms, probes)];
  return { findings: [...base.findings, ...slow, ...rated(service, { ...before, probes }, evidence.requests, now), ...declared(gate, evidence)], remembered: base.remembered };
}

function rated(service: DesiredService, rollout: ServiceRollout, asked: StageEvidence['requests'], now: number): readonly Finding[] {
  const { successRate: least, minSamples } = service.rollout.gate;
  const stage = runningStage(rollout);
  if (least === null || stage === null) return [];
  const from = countedFrom(rollout) ?? now;
  const health = service.ingress?.external === true ? healthRequests(rollout.weight, now - from) : 0;
  const found = successRate({ successRate: least, minSamples }, asked, { ...ownRequestsSince(rollout.probes, from), health });
  if (found === null) return [];
  const isUnawaited = found.answer === 'no-data' && stageGates(service, stage, rollout.stages).requests === 'when-known';
  return [isUnawaited ? { ...found, detail: `${found.detail}; nobody is waited for, because nothing served before` } : found];
}

function declared({ logs, http }: Pick<StageGates, 'logs' | 'http'>, evidence: StageEvidence): readonly Finding[] {
  const numbers = logs.flatMap((one) => evidence.logs.flatMap(({ name, answer }) => (name === one.name ? (logNumber(one, answer) ?? []) : [])));
  const verdicts = http.flatMap((one) => evidence.http.flatMap(({ name, answer }) => (name === one.name ? (httpVerdict(name, answer) ?? []) : [])));
  return [...numbers, ...verdicts];
}

type Base = Pick<StageEvidence, 'revision' | 'probe'>;

/** State, readiness and restarts: what counts for every service. */
function proving(service: DesiredService, before: ServiceRollout, { revision, probe }: Base, now: number, timing: Timing): Look {
  const state = revisionState(service, revision);
  const counted = restartsAt(before.gate.restarts, revision);
  const restarted = hasRestarted(before.gate.restarts, counted) ? 'A container has restarted' : null;
  const steady = { probe, unsteady: state.answer === 'pass' ? restarted : state.detail, successes: before.gate.successes };
  const ready = readiness(service, steady, wantedLooks(runningStage(before), timing));
  const isSilent = revision === null || (revision.containers.length === 0 && !mayRest(service, revision));
  const probes: OwnRequests = probe === 'not-asked' ? before.probes : withOwnRequest(before.probes, probe, { at: now, from: countedFrom(before) ?? now, isTimed: before.stage > 0 || before.gate.successes > 0 });
  return {
    findings: [state, ready.finding, restarts(service.rollout.gate.restarts, counted, isSilent)],
    remembered: { gate: { successes: ready.successes, restarts: counted }, probes },
  };
}

function wantedLooks(stage: Stage | null, timing: Timing): number {
  return stage?.purpose === 'ready' ? timing.gateSuccesses : 1;
}

/** Whether what counts for every service passes at this look: other systems are not asked about what does not stand yet. */
export function isProven(service: DesiredService, rollout: ServiceRollout, base: Base, now: number, timing: Timing): boolean {
  return proving(service, rollout, base, now, timing).findings.every(({ answer }) => answer === 'pass');
}

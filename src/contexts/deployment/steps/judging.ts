import { isBusy, type ObservedRevision } from '../../../kernel/container-app.ts';
import { Rejected } from '../../../kernel/errors.ts';
import { judgeStage, type StageJudged } from '../domain/gates/judge-stage.ts';
import { nextLookMs } from '../domain/gates/next-look.ts';
import { inWords } from '../domain/outside-refusal.ts';
import { heldAsChanged, isEndedByOthers, trafficChange, type OutsideChange } from '../domain/outside-change.ts';
import { blamed, withService } from '../domain/runtime-deployment.ts';
import { atStep, isHeld, isOnWayBack, type ServiceRollout } from '../domain/service-rollout.ts';
import { isLastStage, stageGoesOn } from '../domain/stage-moves.ts';
import { failing, heldBack } from './failing.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { appOf, declaredService, folded, type Fold, type Run } from './run.ts';
import { whyWritten } from './why-written.ts';

/** Looked at together: a gate of many services takes as long as one. */
const together = 10;

/**
 * Looks at every revision whose time has come. One failure takes back what it belongs to; silence holds it until its time is over. What
 * has passed is looked at further until it moves: days may pass in between.
 */
export async function judging(run: Run, fold: Fold): Promise<Fold> {
  const now = run.ports.clock.now();
  const isDue = (one: ServiceRollout): boolean => isJudged(one) && (one.lookAt ?? 0) <= now;
  const due = fold.deployment.services.filter(isDue);
  let after = fold;
  for (let from = 0; from < due.length && !after.hasWritten && after.deployment.state === fold.deployment.state; from += together) {
    const looks = await Promise.all(due.slice(from, from + together).map((rollout) => look(run, rollout).catch((error: unknown) => refused(rollout, error))));
    for (const one of looks) after = folded(after, seen(run, one, now));
    after = withFailures(run, after, looks);
    const asleep = looks.find(({ isAsleep }) => isAsleep);
    if (asleep !== undefined && after.deployment.state === fold.deployment.state) after = await wake(run, after, asleep.rollout);
  }
  const next = after.deployment.services.filter(isJudged).map(({ lookAt }) => Math.max(0, (lookAt ?? 0) - now));
  return { ...after, againMs: Math.min(after.againMs, ...next) };
}

function isJudged(rollout: ServiceRollout): boolean {
  return (rollout.step === 'gating' || rollout.step === 'ready') && !isHeld(rollout) && !isOnWayBack(rollout);
}

interface Look extends StageJudged {
  /** The revision was there before and is not active. */
  readonly isAsleep: boolean;
  readonly change: OutsideChange | null;
}

/** Asked again it would be refused again: the service did not pass, and no other is to blame. */
function refused(rollout: ServiceRollout, error: unknown): Look {
  if (!(error instanceof Rejected)) throw error;
  const reason = `Azure refuses to show or to probe it${inWords(error)}`;
  return { rollout: { ...rollout, detail: reason }, verdict: 'fail', reason, isAsleep: false, change: null };
}

async function look(run: Run, rollout: ServiceRollout): Promise<Look> {
  const evidence = await gatherEvidence(run, rollout);
  const change = await changed(run, rollout, evidence.revision);
  const waits = { rollout, verdict: 'wait', reason: null, change } as const;
  if (change !== null) return { ...waits, isAsleep: false };
  if (isStopped(evidence.revision)) return { ...waits, isAsleep: true };
  return { change, ...judgeStage(declaredService(run, rollout), rollout, evidence, run.ports.clock.now(), run.timing), isAsleep: false };
}

/** The revision says it first, and the app, which is read only then, for certain. */
async function changed(run: Run, rollout: ServiceRollout, revision: ObservedRevision | null): Promise<OutsideChange | null> {
  if (isEndedByOthers(rollout, revision)) return { reason: 'Somebody else ended its revision', weight: rollout.weight };
  if (revision === null || revision.trafficWeight === rollout.weight || declaredService(run, rollout).ingress === null) return null;
  const app = await run.ports.apps.observe(run.tenantId, appOf(run, rollout), run.delivery.signal);
  return app === null || isBusy(app) ? null : trafficChange(rollout, app);
}

function isStopped(revision: ObservedRevision | null): boolean {
  return revision !== null && !revision.active;
}

/** Where it stands after the look, and when it is looked at next. */
function seen(run: Run, { rollout, verdict, change }: Look, now: number): ServiceRollout {
  if (change !== null) return heldAsChanged(rollout, change, now);
  if (verdict === 'pass' && isLastStage(rollout)) return atStep(rollout, 'promoted', rollout.detail);
  if (verdict === 'pass') return { ...rollout, step: 'ready', lookAt: now + Math.max(nextLookMs(rollout, now, run.timing), waitingMs(run)) };
  const before = stageGoesOn(rollout, now);
  return { ...before, lookAt: now + nextLookMs(before, now, run.timing) };
}

/** It waits for others, or for whoever holds it: nobody is in a hurry. */
function waitingMs({ deployment, timing }: Run): number {
  return deployment.hold === null && deployment.state !== 'Held' ? 5 * timing.lookMs : timing.heldLookMs;
}

function withFailures(run: Run, fold: Fold, looks: readonly Look[]): Fold {
  const failed = looks.filter(({ verdict }) => verdict === 'fail');
  const isToHold = ({ rollout }: Look): boolean => declaredService(run, rollout).rollout.onFailure === 'hold';
  const back = failed.filter((one) => !isToHold(one));
  const deployment = failed.filter(isToHold).reduce((all, { rollout, reason }) => withService(all, heldBack(rollout, whyOf({ rollout, reason }))), fold.deployment);
  const [first] = back;
  if (first === undefined) return { ...fold, deployment };
  const reason = `${first.rollout.service} did not pass its gate: ${whyOf(first)}`;
  const known = back.reduce((all, one) => withService(all, blamed(one.rollout, whyOf(one))), deployment);
  return { ...fold, againMs: 0, deployment: failing(known, back.map(({ rollout }) => rollout.service), run.ports.clock.now(), { reason }) };
}

function whyOf({ reason, rollout }: Pick<Look, 'reason' | 'rollout'>): string {
  return reason ?? rollout.detail ?? 'A gate failed';
}

/** A template that ran before gets its revision back, and Azure does not always wake it. */
async function wake(run: Run, fold: Fold, rollout: ServiceRollout): Promise<Fold> {
  try {
    await run.delivery.write(whyWritten(run, rollout), () => run.ports.apps.activate(run.tenantId, appOf(run, rollout), rollout.revision ?? '', run.delivery.signal));
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const reason = `${rollout.service}: its revision was there before and Azure refuses to start it${inWords(error)}`;
    const needs = `Merge a change of ${rollout.service} that makes another revision.`;
    return { ...fold, againMs: 0, deployment: failing(fold.deployment, [rollout.service], run.ports.clock.now(), { reason, needs }) };
  }
  return folded(fold, { ...rollout, detail: 'Its revision was there before and is being started', lookAt: run.ports.clock.now() + run.timing.lookMs }, { wrote: true, againMs: run.timing.lookMs });
}

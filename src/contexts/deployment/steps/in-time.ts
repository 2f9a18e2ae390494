import { durationInWords } from '../domain/duration-in-words.ts';
import { lateIn, type Late } from '../domain/overdue.ts';
import { inState, withService, type RuntimeDeployment } from '../domain/runtime-deployment.ts';
import { atStep, isFinished, type ServiceRollout } from '../domain/service-rollout.ts';
import { limitOf } from '../domain/timing.ts';
import { byHand } from '../domain/what-to-do.ts';
import { failing } from './failing.ts';
import { backOut, type Run, type Turn } from './run.ts';

/**
 * What has taken too long goes back, or ends; a way back that takes too long needs a person. Judged after a look, so that time in which
 * nobody looked is not held against a release.
 */
export function inTime(run: Run, after: Turn): Turn {
  if (after.deployment.state !== run.deployment.state) return after;
  if (after.deployment.state === 'HealthGating' || after.deployment.state === 'Promoting' || after.deployment.state === 'Held') return eachInTime(run, after);
  return wholeInTime(run, after);
}

function wholeInTime({ ports, timing }: Run, after: Turn): Turn {
  const { deployment } = after;
  const now = ports.clock.now();
  const limit = limitOf(deployment.state, timing);
  if (limit === null || deployment.hold !== null || now - deployment.stateSince <= limit) return after;
  if (deployment.state === 'RollingBack') {
    return { ...after, deployment: inState(deployment, 'Failed', now, { reason: `The way back did not end within ${durationInWords(limit)}`, needs: byHand }) };
  }
  const open = deployment.services.filter((one) => !isFinished(one) && one.step !== 'ready' && one.detail !== null);
  const details = open.slice(0, 5).map(({ service, detail }) => `${service}: ${detail}`);
  const known = deployment.reason === null ? details : [deployment.reason, ...details];
  const reason = [`Not done within ${durationInWords(limit)}`, ...known].join('. ');
  return { ...after, deployment: backOut(deployment, now, { reason, needs: deployment.needs }, isHeldUp) };
}

/** Its own write did not end; what never began is not to blame. */
function isHeldUp({ step, sent }: ServiceRollout): boolean {
  return ['creating', 'pinning', 'applying'].includes(step) && sent > 0;
}

function eachInTime(run: Run, after: Turn): Turn {
  const late = after.deployment.services.flatMap((rollout) => {
    const found = lateOf(run, rollout);
    return found === null ? [] : [{ rollout, ...found }];
  });
  const deployment = late.reduce((all, { rollout, what, limitMs }) => (all.state === after.deployment.state ? overdue(run, all, rollout, { what, limitMs }) : all), after.deployment);
  return late.length === 0 ? after : { ...after, deployment, againMs: 0 };
}

function lateOf({ desired, ports, timing }: Run, rollout: ServiceRollout): Late | null {
  const limits = desired.services.find(({ name }) => name === rollout.service)?.rollout.gate.limits;
  return limits === undefined ? null : lateIn(rollout, limits, ports.clock.now(), timing);
}

function overdue(run: Run, deployment: RuntimeDeployment, rollout: ServiceRollout, { what, limitMs }: Late): RuntimeDeployment {
  const now = run.ports.clock.now();
  switch (what) {
    case 'way back':
      return { ...withService(deployment, atStep(rollout, 'kept', `Its way back did not end within ${durationInWords(limitMs)}`)), needs: byHand };
    case 'old revisions':
      return withService(deployment, atStep(rollout, 'done', 'Azure keeps old revisions active'));
    case 'stage':
    case 'weight': {
      const reason = `Not done within ${durationInWords(limitMs)}. ${rollout.service}: ${rollout.detail ?? 'it did not answer'}`;
      return failing(deployment, [rollout.service], now, { reason, needs: deployment.needs });
    }
  }
}

import { expect, it } from 'vitest';
import { desiredRollout, desiredService } from '../../../../../test/support/desired.ts';
import { observedRevision } from '../../../../../test/support/observed.ts';
import { newRollout, type ServiceRollout } from '../service-rollout.ts';
import { defaultTiming } from '../timing.ts';
import { judgeStage } from './judge-stage.ts';
import { dueSources, nextLookMs } from './next-look.ts';
import { countedFrom } from './stage-minutes.ts';

const minute = 60_000;
const began = 100.5 * minute;
const service = desiredService({ rollout: desiredRollout({ strategy: 'canary', gate: { successRate: 99 } }) });

/** Of a bake in which every gate passes: its looks, and its calls of Azure Resource Manager (a look reads a revision and its replicas). */
function spent(bakeMs: number): { readonly looks: number; readonly calls: number } {
  let rollout: ServiceRollout = { ...newRollout('checkout'), stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }, { weight: 10, bakeMs, purpose: 'step' }], stage: 1, stageSince: began, weight: 10 };
  let looks = 0;
  let counts = 0;
  for (let now = began; ; now += nextLookMs(rollout, now, defaultTiming)) {
    looks += 1;
    const isDue = dueSources(service, rollout, now, defaultTiming).requests;
    const isCounted = isDue && (countedFrom(rollout) ?? now) <= now;
    counts += isCounted ? 1 : 0;
    const requests = isDue ? { value: isCounted ? { total: 1_000_000, serverErrors: 0 } : null } : 'not-asked';
    const judged = judgeStage(service, rollout, { askedAt: now, revision: observedRevision(), probe: { status: 200, ms: 5 }, requests, logs: [], http: [] }, now, defaultTiming);
    if (judged.verdict === 'pass') return { looks, calls: 2 * looks + counts };
    rollout = judged.rollout;
  }
}

it.each([
  { bake: '5 minutes', bakeMs: 5 * minute, looks: 11, calls: 27 },
  { bake: '30 minutes', bakeMs: 30 * minute, looks: 31, calls: 92 },
  { bake: '7 days', bakeMs: 7 * 24 * 60 * minute, looks: 10_081, calls: 30_242 },
])('a bake of $bake costs $looks looks and $calls calls of Azure Resource Manager, as its README says', ({ bakeMs, looks, calls }) => {
  expect(spent(bakeMs)).toEqual({ looks, calls });
});

import { describe, expect, it } from 'vitest';
import { desiredRollout, desiredService } from '../../../../../test/support/desired.ts';
import { fc, test } from '../../../../../test/support/property.ts';
import { newRollout, type GateRecord, type ServiceRollout } from '../service-rollout.ts';
import type { Stage } from '../stages.ts';
import { defaultTiming } from '../timing.ts';
import { dueSources, nextLookMs } from './next-look.ts';

const second = 1000;
const minute = 60_000;
const began = 100 * minute;

function at(stage: Stage, change: Partial<ServiceRollout> = {}): ServiceRollout {
  const stages = stage.purpose === 'ready' ? [stage] : [ready, stage];
  return { ...newRollout('checkout'), stages, stage: stages.length - 1, stageSince: began, gate: { successes: 3, restarts: null }, ...change };
}

const ready: Stage = { weight: 0, bakeMs: 0, purpose: 'ready' };
const preview: Stage = { weight: 0, bakeMs: 10 * minute, purpose: 'ready' };
const step = (bakeMs: number): Stage => ({ weight: 10, bakeMs, purpose: 'step' });
const record = (name: string, asked: number): GateRecord => ({ gate: name, answer: 'pass', detail: 'd', samples: null, threshold: null, since: asked, at: asked, failures: 0 });
const unproven = { gate: { successes: 1, restarts: null } };

describe('the next look', () => {
  it.each([
    { reason: 'soon while it proves itself', rollout: at(ready, unproven), after: 0, ms: 2 * second },
    { reason: 'soon also when that takes long', rollout: at(ready, unproven), after: 5 * minute, ms: 2 * second },
    { reason: 'soon for what else its first stage waits for', rollout: at(ready), after: 30 * second, ms: 2 * second },
    { reason: 'less often when that takes long', rollout: at(ready), after: 5 * minute, ms: 10 * second },
    { reason: 'soon in a preview until it is proven', rollout: at(preview, unproven), after: 0, ms: 2 * second },
    { reason: 'a tenth of a preview', rollout: at(preview), after: 0, ms: minute },
    { reason: 'a tenth of a bake', rollout: at(step(5 * minute)), after: 0, ms: 30 * second },
    { reason: 'at least once a minute', rollout: at(step(60 * minute)), after: 0, ms: minute },
    { reason: 'at most every ten seconds', rollout: at(step(minute)), after: 0, ms: 10 * second },
    { reason: 'at the very end of the bake', rollout: at(step(5 * minute)), after: 5 * minute - 3 * second, ms: 3 * second },
    { reason: 'of a bake shorter than ten seconds', rollout: at(step(4 * second)), after: 0, ms: 4 * second },
    { reason: 'after the bake, for what holds it', rollout: at(step(5 * minute)), after: 6 * minute, ms: 10 * second },
    { reason: 'after the bake, less often for what Azure Monitor alone holds', rollout: at(step(5 * minute), { gates: [record('revision', 0), { ...record('success rate', 0), answer: 'no-data' }] }), after: 6 * minute, ms: 30 * second },
    { reason: 'after the bake, when something else is open, too', rollout: at(step(5 * minute), { gates: [{ ...record('revision', 0), answer: 'inconclusive' }, { ...record('success rate', 0), answer: 'no-data' }] }), after: 6 * minute, ms: 10 * second },
    { reason: 'while its weight is being set', rollout: at(step(5 * minute), { stageSince: null }), after: 0, ms: 2 * second },
  ])('$reason', ({ rollout, after, ms }) => {
    expect(nextLookMs(rollout, began + after, defaultTiming)).toBe(ms);
  });

  test('never passes over the end of a bake, and never stands still', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 * 24 * 60 * minute }), fc.nat(), (bakeMs, pick) => {
        const now = began + (pick % bakeMs);
        const ms = nextLookMs(at(step(bakeMs)), now, defaultTiming);
        expect(ms).toBeGreaterThan(0);
        expect(now + ms).toBeLessThanOrEqual(began + bakeMs);
      }),
    );
  });
});

const gate = {
  successRate: 99,
  logs: [{ name: 'errors', workspace: 'w', query: 'q', passes: { comparison: '<=' as const, value: 5 } }],
  http: [{ name: 'desk', url: 'https://desk.example.com/', timeoutMs: 5000 }],
};
const service = desiredService({ rollout: desiredRollout({ gate }) });
const bake = 5 * minute;
const askedAt = (asked: number): Partial<ServiceRollout> => ({ gates: ['success rate', 'errors', 'desk'].map((name) => record(name, asked)) });

describe('the sources whose turn it is', () => {
  it.each([
    { reason: 'all at the first look', rollout: at(step(bake)), now: began, due: ['requests', 'errors', 'desk'] },
    { reason: 'none when all were just asked', rollout: at(step(bake), askedAt(began)), now: began + 9 * second, due: [] },
    { reason: 'a system of the user sooner than what comes late', rollout: at(step(bake), askedAt(began)), now: began + 10 * second, due: ['desk'] },
    { reason: 'once a minute what comes late', rollout: at(step(bake), askedAt(began)), now: began + minute, due: ['requests', 'errors', 'desk'] },
    { reason: 'all at the end of the bake', rollout: at(step(bake), askedAt(began + bake - 1)), now: began + bake, due: ['requests', 'errors', 'desk'] },
    { reason: 'not again when they were asked at the end', rollout: at(step(bake), askedAt(began + bake)), now: began + bake + second, due: [] },
    { reason: 'a first stage without a bake has neither users nor logs', rollout: at(ready), now: began, due: ['desk'] },
    { reason: 'where nothing served before, users are asked for all the same', rollout: at(step(bake), { stages: [{ ...ready, weight: 100 }, step(bake)] }), now: began, due: ['requests', 'errors', 'desk'] },
    { reason: 'logs of a short bake when they can be there', rollout: at(step(minute), askedAt(began + bake - 1)), now: began + bake, due: ['errors'] },
    { reason: 'a preview has no users', rollout: at(preview), now: began, due: ['errors', 'desk'] },
    { reason: 'none while the weight is being set', rollout: at(step(bake), { stageSince: null }), now: began, due: [] },
  ])('$reason', ({ rollout, now, due }) => {
    const { requests, logs, http } = dueSources(service, rollout, now, defaultTiming);
    expect([...(requests ? ['requests'] : []), ...[...logs, ...http].map(({ name }) => name)]).toEqual(due);
  });
});

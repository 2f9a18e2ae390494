import { describe, expect, it } from 'vitest';
import type { DesiredGate } from '../../../../kernel/desired-state.ts';
import { gateAnswers, type GateAnswer } from '../../../../kernel/messages/deployment.ts';
import { desiredRollout, desiredService } from '../../../../../test/support/desired.ts';
import { observedRevision } from '../../../../../test/support/observed.ts';
import { fc, test } from '../../../../../test/support/property.ts';
import { newRollout, type ServiceRollout } from '../service-rollout.ts';
import { defaultTiming } from '../timing.ts';
import type { StageEvidence } from './evidence.ts';
import { judgeStage } from './judge-stage.ts';

const minute = 60_000;
const began = 100 * minute;
const bakeMs = 5 * minute;
const atEnd = began + bakeMs;
const limits = { failures: 2, inconclusiveMs: 3 * minute, noDataMs: 4 * minute };
const logGate = (name: string): DesiredGate['logs'][number] => ({ name, workspace: 'w', query: 'q', passes: { comparison: '<=', value: 5 } });
const httpGate = (name: string): DesiredGate['http'][number] => ({ name, url: 'https://desk.example.com/', timeoutMs: 5000 });

function serviceWith(gate: Partial<DesiredGate>): ReturnType<typeof desiredService> {
  return desiredService({ rollout: desiredRollout({ strategy: 'canary', gate: { limits, ...gate } }) });
}

const inStep: ServiceRollout = { ...newRollout('checkout'), stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }, { weight: 10, bakeMs, purpose: 'step' }], stage: 1, stageSince: began, weight: 10 };
const well: StageEvidence = { askedAt: began, revision: observedRevision(), probe: { status: 200, ms: 5 }, requests: 'not-asked', logs: [], http: [] };
const desk = serviceWith({ http: [httpGate('desk')] });
const saying = (verdict: GateAnswer): StageEvidence => ({ ...well, http: [{ name: 'desk', answer: { value: { verdict, detail: null } } }] });

interface Told {
  readonly at: number;
  /** Null: it is not its turn. */
  readonly answer: GateAnswer | null;
}

/** The verdict after the last of these looks. */
function after(looks: readonly Told[], before = inStep): ReturnType<typeof judgeStage> {
  const step = (rollout: ServiceRollout, { at, answer }: Told) => judgeStage(desk, rollout, { ...(answer === null ? well : saying(answer)), askedAt: at }, at, defaultTiming);
  const last = looks.at(-1);
  if (last === undefined) throw new Error('no look');
  return step(looks.slice(0, -1).reduce((rollout, look) => step(rollout, look).rollout, before), last);
}

/** Looks with one answer, half a minute apart. */
const lasting = (answer: GateAnswer, from: number, to: number): readonly Told[] => Array.from({ length: Math.floor((to - from) / 30_000) + 1 }, (_, index) => ({ at: from + index * 30_000, answer }));

describe('a stage', () => {
  const rows: readonly { reason: string; looks: readonly Told[]; verdict: string; says: string | null }[] = [
    { reason: 'passes at the end of its bake', looks: [{ at: atEnd, answer: 'pass' }], verdict: 'pass', says: null },
    { reason: 'is baked to its end', looks: [{ at: atEnd - 1, answer: 'pass' }], verdict: 'wait', says: 'Every gate passes; the bake goes on' },
    { reason: 'does not pass by what was said before the end', looks: [{ at: atEnd - 1, answer: 'pass' }, { at: atEnd, answer: null }], verdict: 'wait', says: 'Not every gate was asked yet' },
    { reason: 'passes by what was said since the end', looks: [{ at: atEnd, answer: 'pass' }, { at: atEnd + 1, answer: null }], verdict: 'pass', says: null },
    { reason: 'does not pass a gate that was never asked', looks: [{ at: atEnd, answer: null }], verdict: 'wait', says: 'Not every gate was asked yet' },
    { reason: 'bears one failing look of two', looks: [{ at: atEnd, answer: 'fail' }], verdict: 'wait', says: 'desk: Its system fails it' },
    { reason: 'fails by the second in a row, also in its bake', looks: [{ at: began, answer: 'fail' }, { at: began + minute, answer: 'fail' }], verdict: 'fail', says: 'desk: Its system fails it, at 2 looks in a row' },
    { reason: 'a look at other gates is none of this one', looks: [{ at: began, answer: 'fail' }, { at: began + 10_000, answer: null }], verdict: 'wait', says: 'desk: Its system fails it' },
    { reason: 'counts failing looks in a row only', looks: [{ at: began, answer: 'fail' }, { at: began + minute, answer: 'pass' }, { at: began + 2 * minute, answer: 'fail' }], verdict: 'wait', says: 'desk: Its system fails it' },
    { reason: 'a look that says nothing ends no row of failing ones', looks: [{ at: began, answer: 'fail' }, { at: began + minute, answer: 'no-data' }, { at: began + 2 * minute, answer: 'inconclusive' }, { at: began + 3 * minute, answer: 'fail' }], verdict: 'fail', says: 'desk: Its system fails it, at 2 looks in a row' },
    { reason: 'is held while a gate does not know', looks: lasting('inconclusive', began, atEnd + 2.5 * minute), verdict: 'wait', says: 'desk: Its system does not know' },
    { reason: 'fails when a gate does not know for too long after the bake', looks: lasting('inconclusive', began, atEnd + 3 * minute), verdict: 'fail', says: 'desk: Its system does not know, inconclusive for 3 minutes after the bake' },
    { reason: 'no data has a limit of its own', looks: lasting('no-data', began, atEnd + 3.5 * minute), verdict: 'wait', says: 'desk: Its system has no data' },
    { reason: 'fails without data', looks: lasting('no-data', began, atEnd + 4 * minute), verdict: 'fail', says: 'desk: Its system has no data, without data for 4 minutes after the bake' },
    { reason: 'passes when data came in time', looks: [...lasting('no-data', began, atEnd + 3 * minute), { at: atEnd + 3.5 * minute, answer: 'pass' }], verdict: 'pass', says: null },
    { reason: 'time in which nobody looked is not held against it', looks: [{ at: atEnd, answer: 'inconclusive' }, { at: atEnd + 600 * minute, answer: 'inconclusive' }], verdict: 'wait', says: 'desk: Its system does not know' },
  ];

  it.each(rows)('$reason', ({ looks, verdict, says }) => {
    const { reason, rollout, verdict: given } = after(looks);
    expect({ verdict: given, reason }).toEqual({ verdict, reason: says });
    expect(rollout.detail).toBe(says);
  });

  it.each([{ first: 'fail', second: 'pass' }, { first: 'pass', second: 'fail' }, { first: 'pass', second: 'no-data' }] as const)('of two gates of one name the worse one counts: $first and $second', ({ first, second }) => {
    const twice = serviceWith({ limits: { ...limits, failures: 1 }, http: [httpGate('desk')] });
    const http = [first, second].map((verdict) => ({ name: 'desk', answer: { value: { verdict, detail: null } } }));
    const { verdict } = judgeStage(twice, inStep, { ...well, askedAt: atEnd, http }, atEnd, defaultTiming);
    expect(verdict).toBe(second === 'no-data' ? 'wait' : 'fail');
  });

  it('does not pass by what was asked before its end and answered after it', () => {
    expect(judgeStage(desk, inStep, { ...saying('pass'), askedAt: atEnd - 1 }, atEnd + minute, defaultTiming)).toMatchObject({ verdict: 'wait', reason: 'Not every gate was asked yet' });
  });

  it.each([
    { reason: 'at the end of a short bake no log has come yet', after: minute, verdict: 'wait' },
    { reason: 'a moment too soon', after: 5 * minute - 1, verdict: 'wait' },
    { reason: 'what it began with can be there', after: 5 * minute, verdict: 'pass' },
  ])('a query of logs decides a stage of one minute late: $reason', ({ after: ms, verdict }) => {
    const service = serviceWith({ logs: [logGate('errors')] });
    const short: ServiceRollout = { ...inStep, stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }, { weight: 10, bakeMs: minute, purpose: 'step' }] };
    const evidence: StageEvidence = { ...well, askedAt: began + ms, logs: [{ name: 'errors', answer: { value: 0 } }] };
    expect(judgeStage(service, short, evidence, began + ms, defaultTiming).verdict).toBe(verdict);
  });

  it('whatever limits are declared, requests have the five minutes that Azure takes to show them', () => {
    const service = serviceWith({ successRate: 99, limits: { ...limits, noDataMs: 0 } });
    const short: ServiceRollout = { ...inStep, stages: [{ weight: 0, bakeMs: 0, purpose: 'ready' }, { weight: 10, bakeMs: minute, purpose: 'step' }] };
    const looked = (ms: number, before: ServiceRollout) => judgeStage(service, before, { ...well, askedAt: began + ms, requests: { value: null } }, began + ms, defaultTiming);
    const first = looked(minute, short);
    expect(first.verdict).toBe('wait');
    const second = looked(3 * minute, first.rollout);
    expect(second.verdict).toBe('wait');
    expect(looked(5 * minute, second.rollout).verdict).toBe('fail');
  });

  describe('of a first release', () => {
    const service = serviceWith({ successRate: 99, limits: { failures: 1, inconclusiveMs: 0, noDataMs: 0 } });
    const watched: ServiceRollout = { ...inStep, stages: [{ weight: 100, bakeMs: 0, purpose: 'ready' }, { weight: 100, bakeMs, purpose: 'watch' }], weight: 100 };
    const many = (serverErrors: number) => ({ value: { total: 500, serverErrors } });

    it.each([
      { reason: 'nobody came', requests: { value: null }, verdict: 'pass', answer: 'no-data', says: 'Azure has counted no request in this step yet; nobody is waited for, because nothing served before' },
      { reason: 'a few came', requests: { value: { total: 15, serverErrors: 15 } }, verdict: 'pass', answer: 'no-data', says: '4 requests of users, at least 10 are needed; nobody is waited for, because nothing served before' },
      { reason: 'enough came and were served', requests: many(0), verdict: 'pass', answer: 'pass', says: '500 of 500 requests without a server error: 100 %' },
      { reason: 'enough came and met errors', requests: many(100), verdict: 'fail', answer: 'fail', says: '400 of 500 requests without a server error: 80 %' },
      { reason: 'Azure does not show them, which is not their silence', requests: { unreadable: 'x', isWrong: false }, verdict: 'fail', answer: 'inconclusive', says: 'x' },
    ])('$verdict: $reason', ({ requests, verdict, answer, says }) => {
      const judged = judgeStage(service, watched, { ...well, probe: 'not-asked', askedAt: atEnd, requests }, atEnd, defaultTiming);
      expect(judged.verdict).toBe(verdict);
      expect(judged.rollout.gates.find(({ gate }) => gate === 'success rate')).toMatchObject({ answer, detail: says });
    });

    it('the errors of its first users end it before its time is over', () => {
      expect(judgeStage(service, watched, { ...well, askedAt: began + 2 * minute, requests: many(100) }, began + 2 * minute, defaultTiming).verdict).toBe('fail');
    });
  });

  it('says since when a gate answers what it answers', () => {
    const { rollout } = after([{ at: began, answer: 'fail' }, { at: began + minute, answer: 'pass' }, { at: began + 2 * minute, answer: 'pass' }]);
    expect(rollout.gates.find(({ gate }) => gate === 'desk')).toMatchObject({ since: began + minute, at: began + 2 * minute, failures: 0 });
  });

  it('that a wrong query can never pass is a failure, by its own limit', () => {
    const service = serviceWith({ logs: [logGate('errors')], limits: { ...limits, failures: 1 } });
    const evidence: StageEvidence = { ...well, logs: [{ name: 'errors', answer: { unreadable: 'The query is wrong (BadArgumentError)', isWrong: true } }] };
    expect(judgeStage(service, inStep, evidence, began, defaultTiming)).toMatchObject({ verdict: 'fail', reason: 'errors: The query is wrong (BadArgumentError)' });
  });

  it('whatever limits are declared, a revision has a minute to start', () => {
    const service = serviceWith({ limits: { failures: 1, inconclusiveMs: 0, noDataMs: 0 } });
    const first = { ...inStep, stage: 0 };
    const starting = { ...well, revision: null, probe: 'not-asked' } as const;
    const begins = judgeStage(service, first, starting, began, defaultTiming);
    expect(begins.verdict).toBe('wait');
    expect(judgeStage(service, begins.rollout, starting, began + minute, defaultTiming).verdict).toBe('fail');
  });

  it('requests are judged where users are sent, and not before', () => {
    const service = serviceWith({ successRate: 99 });
    const first = { ...inStep, stages: [{ weight: 100, bakeMs: 0, purpose: 'ready' as const }], stage: 0, gate: { successes: 2, restarts: null } };
    expect(judgeStage(service, first, well, began, defaultTiming).verdict).toBe('pass');
    expect(judgeStage(service, inStep, well, atEnd, defaultTiming).verdict).toBe('wait');
  });
});

const gate: Partial<DesiredGate> = { successRate: 99, latencyP95Ms: 300, logs: [logGate('errors'), logGate('orders')], http: [httpGate('desk'), httpGate('lab')] };
const names = ['errors', 'orders', 'desk', 'lab'] as const;
// Mostly well, so that a pass is met often.
const perhaps = fc.option(fc.oneof({ weight: 8, arbitrary: fc.constant<GateAnswer>('pass') }, { weight: 1, arbitrary: fc.constantFrom(...gateAnswers) }), { freq: 8 });
const looks = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 1, max: 4 * minute }),
    status: fc.constantFrom(200, 200, 200, 200, 200, 200, 503, null),
    ready: fc.integer({ min: 0, max: 9 }).map((one) => one > 0),
    counted: fc.option(fc.record({ total: fc.integer({ min: 0, max: 99 }), bad: fc.constantFrom(0, 0, 0, 3) })),
    said: fc.tuple(perhaps, perhaps, perhaps, perhaps),
  }),
  { minLength: 1, maxLength: 16 },
);
type Looked = typeof looks extends fc.Arbitrary<readonly (infer Look)[]> ? Look : never;

function evidenceOf({ status, ready, counted, said }: Looked, askedAt: number): StageEvidence {
  const number = { pass: { value: 1 }, fail: { value: 9 }, 'no-data': { value: null }, inconclusive: { unreadable: 'x', isWrong: false } };
  const told = names.map((name, index) => ({ name, answer: said[index] ?? null }));
  return {
    askedAt,
    revision: observedRevision(ready ? {} : { provisioningState: 'Provisioning' }),
    probe: { status, ms: 100 },
    requests: counted === null ? 'not-asked' : { value: { total: counted.total, serverErrors: counted.bad } },
    logs: told.slice(0, 2).map(({ name, answer }) => ({ name, answer: answer === null ? 'not-asked' : number[answer] })),
    http: told.slice(2).map(({ name, answer }) => ({ name, answer: answer === null ? 'not-asked' : { value: { verdict: answer, detail: null } } })),
  };
}

function judgedAll(service: ReturnType<typeof desiredService>, all: readonly Looked[], turned: (evidence: StageEvidence) => StageEvidence = (same) => same): readonly ReturnType<typeof judgeStage>[] {
  let rollout = inStep;
  let now = began;
  return all.map((one) => {
    now += one.afterMs;
    const result = judgeStage(service, rollout, turned(evidenceOf(one, now)), now, defaultTiming);
    rollout = result.rollout;
    return result;
  });
}

describe('whatever gates answer', () => {
  test('a stage passes only when every one of them passed since the end of its bake', () => {
    let passed = 0;
    fc.assert(
      fc.property(looks, (all) => {
        for (const { verdict, rollout } of judgedAll(serviceWith(gate), all)) {
          if (verdict !== 'pass') continue;
          passed += 1;
          expect(rollout.gates.map((one) => one.gate).toSorted()).toEqual(['desk', 'errors', 'lab', 'latency', 'orders', 'readiness', 'restarts', 'revision', 'success rate']);
          expect(rollout.gates.filter(({ answer, at }) => answer !== 'pass' || at < atEnd)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
    expect(passed, 'passes that were met').toBeGreaterThan(0);
  });

  test('the order in which they are declared and answer does not matter', () => {
    const turned = { ...gate, logs: gate.logs?.toReversed() ?? [], http: gate.http?.toReversed() ?? [] };
    fc.assert(
      fc.property(looks, (all) => {
        const backwards = (evidence: StageEvidence): StageEvidence => ({ ...evidence, logs: evidence.logs.toReversed(), http: evidence.http.toReversed() });
        const verdicts = (judged: ReturnType<typeof judgedAll>): readonly string[] => judged.map(({ verdict }) => verdict);
        expect(verdicts(judgedAll(serviceWith(turned), all, backwards))).toEqual(verdicts(judgedAll(serviceWith(gate), all)));
      }),
    );
  });

  test('requests of users below the minimum never pass and never fail', () => {
    fc.assert(
      fc.property(looks, (all) => {
        for (const { rollout } of judgedAll(serviceWith(gate), all)) {
          const rate = rollout.gates.find((one) => one.gate === 'success rate');
          if (rate === undefined || (rate.samples ?? 0) >= 10) continue;
          expect(rate.answer).toBe('no-data');
        }
      }),
    );
  });
});

import { judgeStage } from '../../src/contexts/deployment/domain/gates/judge-stage.ts';
import type { Asked, StageEvidence } from '../../src/contexts/deployment/domain/gates/evidence.ts';
import { newRollout, type ServiceRollout } from '../../src/contexts/deployment/domain/service-rollout.ts';
import { defaultTiming } from '../../src/contexts/deployment/domain/timing.ts';
import type { HttpVerdict } from '../../src/contexts/deployment/ports.ts';
import type { DesiredGate } from '../../src/kernel/desired-state.ts';
import { gateAnswers } from '../../src/kernel/messages/deployment.ts';
import { desiredRollout, desiredService } from '../support/desired.ts';
import { observedContainer, observedRevision } from '../support/observed.ts';
import type { Dice } from './p15-dice.ts';
import type { Told } from './p15-worlds.ts';

const began = 6_000_000;
const bakeMs = 300_000;
const atEnd = began + bakeMs;
const logGate: DesiredGate['logs'][number] = { name: 'errors', workspace: 'w', query: 'q', passes: { comparison: '<=', value: 5 } };
const httpGate: DesiredGate['http'][number] = { name: 'desk', url: 'https://desk.example.com/', timeoutMs: 5000 };
const limits = { failures: 99, inconclusiveMs: 1e9, noDataMs: 1e9 };

/** One look at the end of a stage that nobody looked at before: what it does not show, nobody has seen. */
export function gate(dice: Dice): readonly Told[] {
  const gates = { successRate: dice.one([null, 99]), latencyP95Ms: dice.one([null, 500]), logs: dice.one([[], [logGate]]), http: dice.one([[], [httpGate]]) };
  const service = desiredService({ rollout: desiredRollout({ strategy: 'canary', gate: { ...gates, limits } }) });
  const hasServedBefore = dice.one([true, false]);
  const before: ServiceRollout = { ...newRollout('checkout'), stages: [{ weight: hasServedBefore ? 0 : 100, bakeMs: 0, purpose: 'ready' }, { weight: 10, bakeMs, purpose: 'step' }], stage: 1, stageSince: began, weight: 10, probes: { minutes: [], ms: dice.weighted([[5, [5, 5, 5, 5, 5]], [1, []]]) } };
  const asked = <T>(value: T): Asked<T> => dice.weighted<Asked<T>>([[8, { value }], [1, 'not-asked'], [1, { unreadable: 'Azure did not answer', isWrong: false }]]);
  const containers = dice.weighted([[6, [observedContainer()]], [1, []], [1, [observedContainer({ ready: false })]]]);
  const revision = dice.weighted([[8, observedRevision({ containers, provisioningState: dice.weighted([[8, 'Provisioned'], [1, 'Unknown']]) })], [1, null]]);
  const status = dice.weighted([[6, 200], [1, 503], [1, null]]);
  const requests = asked(dice.weighted([[5, { total: 500, serverErrors: 0 }], [1, { total: 3, serverErrors: 0 }], [1, null]]));
  const log = asked(dice.weighted([[5, 0], [1, null], [1, Number.NaN]]));
  const http = asked<HttpVerdict>({ verdict: dice.weighted([[6, 'pass'], [1, dice.one(gateAnswers)]]), detail: null });
  const late = dice.weighted([[6, 0], [1, 1]]);
  const evidence: StageEvidence = { askedAt: atEnd - late, revision, probe: { status, ms: 5 }, requests, logs: gates.logs.map(({ name }) => ({ name, answer: log })), http: gates.http.map(({ name }) => ({ name, answer: http })) };
  const { verdict } = judgeStage(service, before, evidence, atEnd, defaultTiming);
  return [{ isGreen: verdict === 'pass', unknown: unknownOf(gates, { revision, status, requests, log, http, late, hasServedBefore, timed: before.probes.ms.length }) }];
}

interface Seen {
  readonly revision: StageEvidence['revision'];
  readonly status: number | null;
  readonly requests: StageEvidence['requests'];
  readonly log: Asked<number | null>;
  readonly http: Asked<HttpVerdict>;
  /** Milliseconds before the end of the bake at which it was asked. */
  readonly late: number;
  readonly hasServedBefore: boolean;
  readonly timed: number;
}

function unknownOf(gates: Pick<DesiredGate, 'successRate' | 'latencyP95Ms' | 'logs' | 'http'>, seen: Seen): readonly string[] {
  const { revision, status, requests, log, http } = seen;
  const said = <T>(asked: Asked<T>, isGood: (value: T) => boolean): boolean => asked !== 'not-asked' && 'value' in asked && isGood(asked.value);
  const isUnread = requests === 'not-asked' || 'unreadable' in requests;
  const few = said(requests, (counted) => counted === null || counted.total < 10);
  const kinds: Readonly<Record<string, boolean>> = {
    'gate: no revision': revision === null,
    'gate: no replica': revision?.containers.length === 0,
    'gate: not provisioned or not ready': revision !== null && (revision.provisioningState !== 'Provisioned' || revision.containers.some(({ ready }) => !ready)),
    'gate: no good answer': status !== 200,
    'gate: requests unread': gates.successRate !== null && isUnread,
    'gate: too few requests': gates.successRate !== null && few && seen.hasServedBefore,
    'gate: too few times': gates.latencyP95Ms !== null && seen.timed === 0,
    'gate: no number of a log': gates.logs.length > 0 && !said(log, (value) => value !== null && value <= 5),
    'gate: no verdict of a system': gates.http.length > 0 && !said(http, ({ verdict }) => verdict === 'pass'),
    'gate: asked before the end of the bake': seen.late > 0,
  };
  return Object.entries(kinds).flatMap(([kind, holds]) => (holds ? [kind] : []));
}

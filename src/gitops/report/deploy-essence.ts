import { digestOf } from '../../kernel/digest.ts';
import type { ServiceProgress } from '../../kernel/messages/deployment.ts';
import type { DeployReport } from '../records/deploy-report.ts';

/** Hash of what people wait for: stages, weights, states, holds, what each gate answers. Without what every look changes, such as samples. */
export function essenceOf({ progress, refusals, prepared, supersededBy, revert, promotion, generation }: DeployReport): string {
  const { sequence: _sequence, services = [], ...state } = progress ?? {};
  return digestOf([state, services.map(essential), refusals, prepared, supersededBy, revert, promotion, generation]);
}

function essential({ detail: _detail, gates, ...rest }: ServiceProgress): object {
  return { ...rest, answers: gates.map(({ gate, answer }) => [gate, answer]) };
}

const leastMs = 30_000;
const mostMs = 5 * 60_000;
/** A stage shows other numbers about this often, however long it lasts. */
const perStage = 8;

/** Milliseconds after which numbers alone are worth a write. */
export function numbersPaceMs({ progress }: DeployReport): number {
  const bakes = (progress?.services ?? []).flatMap(({ stages }) => stages.flatMap(({ standing, bakeMs }) => (standing === 'judging' ? [bakeMs] : [])));
  return Math.min(mostMs, Math.max(leastMs, ...bakes.map((bakeMs) => bakeMs / perStage)));
}

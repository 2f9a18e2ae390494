import type { ServiceProgress } from '../../kernel/messages/deployment.ts';
import { prose } from './inert.ts';
import { dayAndTime, lasting, timeOfDay } from './times.ts';

export type StageProgress = ServiceProgress['stages'][number];

const longBakeMs = 12 * 3_600_000;

/** `ready`, `preview 10m`, `10 % 5m`, `watch 30m`. A stage that is being judged says until when, one that is over no time. */
export function stageWords({ stages, until }: Pick<ServiceProgress, 'stages' | 'until'>, stage: StageProgress): string {
  const name = stageName(stages, stage);
  if (stage.standing === 'judging' && until !== null) return `${name} until ${stage.bakeMs < longBakeMs ? timeOfDay(until) : dayAndTime(until)}`;
  return stage.bakeMs === 0 || isOver(stage) ? name : `${name} ${lasting(stage.bakeMs)}`;
}

function isOver({ standing }: StageProgress): boolean {
  return standing === 'passed' || standing === 'failed';
}

function stageName(stages: readonly StageProgress[], { purpose, weight, bakeMs }: StageProgress): string {
  if (purpose === 'ready') return bakeMs > 0 && stages.length > 1 ? 'preview' : 'ready';
  return purpose === 'step' ? `${weight} %` : bakeMs > 0 ? 'watch' : '100 %';
}

/** `stage 2 of 4`: the one that runs, failed or comes next, or the last where all have passed. Null before the app was looked at, and after its end. */
export function stageCount({ stages, step }: Pick<ServiceProgress, 'stages' | 'step'>): string | null {
  if (stages.length === 0 || isEndedService({ step })) return null;
  const running = stages.findIndex(({ standing }) => standing !== 'passed');
  return `stage ${running === -1 ? stages.length : running + 1} of ${stages.length}`;
}

export function strategyWords({ strategy, independent }: Pick<ServiceProgress, 'strategy' | 'independent'>): string {
  return independent ? `${strategy}, independent` : strategy;
}

/** By the deployment's names of its steps. A name that is not here is shown as it is. */
const words: ReadonlyMap<string, string> = new Map([
  ['waiting', 'waiting'],
  ['creating', 'the app is being created'],
  ['taking-over', 'is taken over as it runs'],
  ['pinning', 'what serves is being pinned'],
  ['applying', 'the revision is being created'],
  ['gating', 'being judged'],
  ['ready', 'passed, waits to move on'],
  ['promoting', 'traffic moves'],
  ['promoted', 'good'],
  ['retiring', 'good, the old revision ends'],
  ['done', 'deployed'],
  ['unchanged', 'ran already'],
  ['reviving', 'goes back'],
  ['restoring', 'goes back'],
  ['dismissing', 'went back, its revision ends'],
  ['restored', 'taken back'],
  ['kept', 'stays as it is'],
  ['untouched', 'nothing was changed'],
]);

/** How far a service is, for people. */
export function stepWords({ step, failure }: Pick<ServiceProgress, 'step' | 'failure'>): string {
  if (step === 'gating' && failure !== null) return 'held';
  return words.get(step) ?? prose(step);
}

/** What is declared of it runs. */
export function isDeployed({ step }: Pick<ServiceProgress, 'step'>): boolean {
  return step === 'done' || step === 'unchanged';
}

const ended: ReadonlySet<string> = new Set(['done', 'unchanged', 'restored', 'kept', 'untouched']);

export function isEndedService({ step }: Pick<ServiceProgress, 'step'>): boolean {
  return ended.has(step);
}

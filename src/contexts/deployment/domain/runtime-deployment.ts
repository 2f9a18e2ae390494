import { z } from 'zod';
import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { deploymentStates, type DeploymentProgress, type DeploymentState, type GateReading, type ServiceProgress } from '../../../kernel/messages/deployment.ts';
import type { MessageType } from '../../../kernel/messages/catalogue.ts';
import { commit, generation, name } from '../../../kernel/messages/shapes.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import { isSameJson } from '../../../kernel/same-json.ts';
import { isFinished, isLeftOut, isOnWayBack, serviceRollout, type GateRecord, type ServiceRollout } from './service-rollout.ts';
import { runningStage } from './stage-moves.ts';
import { previewLabel } from './stages.ts';
import { newsOf, numbersPaceMs } from './news.ts';
import { mayMove } from './transitions.ts';

export const runtimeDeployment = z.strictObject({
  deploymentId: z.string(),
  environment: name,
  project: z.string().nullable(),
  commit,
  generation,
  /** Of the envelope that asked for it; also the tag `trueup-trace` of what it writes. */
  trace: z.string(),
  sequence: z.number().int().positive(),
  state: z.enum(deploymentStates),
  /** Milliseconds since the epoch. */
  stateSince: z.number(),
  services: z.array(serviceRollout),
  reason: z.string().nullable(),
  needs: z.string().nullable(),
  /** Why it does not move forward although nothing failed. */
  hold: z.strictObject({ why: z.enum(['paused', 'frozen']), detail: z.string(), until: z.string().nullable() }).nullable().default(null),
  /** Since when it waits for Azure, which does not answer, in milliseconds since the epoch. */
  awaitsAzureSince: z.number().nullable().default(null),
  /** How often it has asked anew for what it waits for in this state. */
  askedAgain: z.number().int().default(0),
  /** When it was announced last, in milliseconds since the epoch. */
  toldAt: z.number().default(0),
  /** Numbers have changed since then. */
  isUntold: z.boolean().default(false),
});

/** An environment brought to one commit: all services that the commit changes in it, as one. */
export type RuntimeDeployment = z.infer<typeof runtimeDeployment>;

export function deploymentKey(tenantId: TenantId, deploymentId: string): AggregateKey {
  return { tenantId, type: 'RuntimeDeployment', id: deploymentId };
}

/** As it begins. `at`: milliseconds since the epoch. */
export function newDeployment(asked: Omit<RuntimeDeployment, 'stateSince' | 'needs' | 'hold' | 'awaitsAzureSince' | 'askedAgain' | 'toldAt' | 'isUntold'>, at: number): RuntimeDeployment {
  return { ...asked, stateSince: at, needs: null, hold: null, awaitsAzureSince: null, askedAgain: 0, toldAt: at, isUntold: false };
}

/** Where something may still have to move forward. */
const forward: ReadonlySet<DeploymentState> = new Set(['RollingOut', 'HealthGating', 'Promoting']);

/** The same deployment in another state. @throws when the table does not allow it: a bug, never a circumstance. */
export function inState(
  deployment: RuntimeDeployment,
  state: DeploymentState,
  at: number,
  why: { readonly reason?: string | null; readonly needs?: string | null } = {},
): RuntimeDeployment {
  if (!mayMove(deployment.state, state)) throw new Error(`a deployment cannot go from ${deployment.state} to ${state}`);
  const hold = forward.has(state) ? deployment.hold : null;
  return { ...deployment, state, stateSince: at, hold, awaitsAzureSince: null, reason: why.reason ?? deployment.reason, needs: why.needs ?? deployment.needs };
}

/** What could be brought is there. Green only when that is everything. */
export function broughtAll(deployment: RuntimeDeployment, at: number): RuntimeDeployment {
  const out = deployment.services.filter((one) => isLeftOut(one) || isOnWayBack(one));
  if (out.length === 0) return inState(deployment, 'Completed', at);
  const shown = out.slice(0, 5).map((one) => `${one.service}: ${whyNot(one)}`);
  const more = out.length > shown.length ? [`${out.length - shown.length} more`] : [];
  const brought = out.length < deployment.services.length ? 'The others are deployed. ' : '';
  const needs = [...new Set(out.flatMap(needsOf))].slice(0, 3).join(' ');
  return inState(deployment, 'Failed', at, { reason: `${brought}Not deployed: ${[...shown, ...more].join('. ')}`.slice(0, 2000), needs: needs === '' ? null : needs.slice(0, 2000) });
}

function whyNot({ refusal, failure }: ServiceRollout): string {
  return refusal?.reason ?? failure?.reason ?? 'It went back with another';
}

function needsOf({ service, refusal, failure }: ServiceRollout): readonly string[] {
  if (refusal !== null) return refusal.needs === null ? [] : [refusal.needs];
  return failure === null ? [] : [`Merge a fix of ${service}.`];
}

/** The services that stand in its way. `reason`: what is kept of it with each. */
export function blaming(deployment: RuntimeDeployment, isToBlame: (rollout: ServiceRollout) => boolean, reason: string): RuntimeDeployment {
  return { ...deployment, services: deployment.services.map((one) => (isToBlame(one) ? blamed(one, reason) : one)) };
}

/** What it failed by first stays. */
export function blamed(rollout: ServiceRollout, reason: string): ServiceRollout {
  return { ...rollout, failed: true, failure: rollout.failure ?? { weight: rollout.weight, reason: reason.slice(0, 2000), gates: rollout.gates } };
}

export function withService(deployment: RuntimeDeployment, changed: ServiceRollout): RuntimeDeployment {
  return { ...deployment, services: deployment.services.map((one) => (one.service === changed.service ? changed : one)) };
}

export function progressOf(deployment: RuntimeDeployment): DeploymentProgress {
  const { deploymentId, environment, sequence, state, reason, needs, hold } = deployment;
  const services = deployment.services.map(serviceProgress);
  const awaits = deployment.awaitsAzureSince === null ? {} : { awaits: { system: 'Azure' as const, since: new Date(deployment.awaitsAzureSince).toISOString() } };
  return { deploymentId, environment, commit: deployment.commit, generation: deployment.generation, sequence, state, services, reason, needs, hold, ...awaits };
}

function serviceProgress(rollout: ServiceRollout): ServiceProgress {
  const { service, tenant, image, configuration, secrets, revision, previous, step, url, strategy, weight, independent } = rollout;
  const stages = rollout.stages.map((one, index) => ({ ...one, standing: standingOf(rollout, index) }));
  const running = runningStage(rollout);
  const isJudged = step === 'gating' && rollout.failure === null && !isOnWayBack(rollout);
  const until = running === null || rollout.stageSince === null || !isJudged ? null : new Date(rollout.stageSince + running.bakeMs).toISOString();
  const failure = rollout.failure && { ...rollout.failure, gates: rollout.failure.gates.map(readingOf) };
  return { service, tenant, image, configuration, secrets, revision, previousRevision: previous?.revision ?? null, step, detail: detailOf(rollout), url, strategy, stages, weight, gates: rollout.gates.map(readingOf), until, failure, independent };
}

/** With the address at which people see a blue-green release before it has traffic. */
function detailOf({ detail, url, strategy, step, stage, weight, goesBack }: ServiceRollout): string | null {
  const isPreviewed = strategy === 'blue-green' && stage === 0 && weight === 0 && (step === 'gating' || step === 'ready') && !goesBack;
  if (!isPreviewed || url === null) return detail;
  return `${detail === null ? '' : `${detail}. `}Preview: ${url.replace('.', `---${previewLabel}.`)}`;
}

function standingOf(rollout: ServiceRollout, index: number): ServiceProgress['stages'][number]['standing'] {
  if (index < rollout.stage || ['promoted', 'retiring'].includes(rollout.step) || isFinished(rollout)) return 'passed';
  if (index > rollout.stage) return 'open';
  if (rollout.failure !== null) return 'failed';
  if (isOnWayBack(rollout)) return 'open';
  if (rollout.step === 'ready') return 'passed';
  return rollout.stageSince === null ? 'moving' : 'judging';
}

function readingOf({ gate, answer, detail, samples, threshold }: GateRecord): GateReading {
  return { gate, answer, detail, samples, threshold };
}

type ProgressMessage = Extract<MessageType, `RuntimeDeployment${string}`>;

const eventOf: Partial<Record<DeploymentState, ProgressMessage>> = {
  Requested: 'RuntimeDeploymentRequested',
  Completed: 'RuntimeDeploymentCompleted',
  RolledBack: 'RuntimeDeploymentRolledBack',
  Failed: 'RuntimeDeploymentFailed',
  Superseded: 'RuntimeDeploymentSuperseded',
};

export function announce(tenantId: TenantId, deployment: RuntimeDeployment): EmittedMessage {
  const type = eventOf[deployment.state] ?? 'RuntimeDeploymentProgressed';
  return emit(type, tenantId, progressOf(deployment), { projectId: deployment.project ?? undefined });
}

/**
 * The deployment with the next sequence number and its event. What people decide on is told at once; numbers alone, which every look
 * changes, only now and then, and with the next news at the latest: what a stage ends with is told with its end.
 */
export function announced(tenantId: TenantId, before: RuntimeDeployment, after: RuntimeDeployment, now: number): { readonly deployment: RuntimeDeployment; readonly emits: readonly EmittedMessage[] } {
  const [told, seen] = [progressOf(before), progressOf(after)];
  const isUntold = before.isUntold || !isSameJson(told, seen);
  if (!isUntold) return { deployment: after, emits: [] };
  if (isSameJson(newsOf(told), newsOf(seen)) && now - before.toldAt < numbersPaceMs) return { deployment: { ...after, isUntold }, emits: [] };
  const deployment = { ...after, sequence: before.sequence + 1, toldAt: now, isUntold: false };
  return { deployment, emits: [announce(tenantId, deployment)] };
}

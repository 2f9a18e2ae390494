import { z } from 'zod';
import { emit, type EmittedMessage } from '../../../kernel/envelope.ts';
import type { TenantId } from '../../../kernel/ids.ts';
import { deploymentStates, type DeploymentProgress, type DeploymentState } from '../../../kernel/messages/deployment.ts';
import type { MessageType } from '../../../kernel/messages/catalogue.ts';
import { commit, generation, name } from '../../../kernel/messages/shapes.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';
import { isLeftOut, serviceRollout, type ServiceRollout } from './service-rollout.ts';
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
  /** How often it has asked anew for what it waits for in this state. */
  askedAgain: z.number().int().default(0),
});

/** An environment brought to one commit: all services that the commit changes in it, as one. */
export type RuntimeDeployment = z.infer<typeof runtimeDeployment>;

export function deploymentKey(tenantId: TenantId, deploymentId: string): AggregateKey {
  return { tenantId, type: 'RuntimeDeployment', id: deploymentId };
}

/** The same deployment in another state. @throws when the table does not allow it: a bug, never a circumstance. */
export function inState(
  deployment: RuntimeDeployment,
  state: DeploymentState,
  at: number,
  why: { readonly reason?: string | null; readonly needs?: string | null } = {},
): RuntimeDeployment {
  if (!mayMove(deployment.state, state)) throw new Error(`a deployment cannot go from ${deployment.state} to ${state}`);
  return { ...deployment, state, stateSince: at, reason: why.reason ?? deployment.reason, needs: why.needs ?? deployment.needs };
}

/** What could be brought is there. Green only when that is everything. */
export function broughtAll(deployment: RuntimeDeployment, at: number): RuntimeDeployment {
  const out = deployment.services.filter(isLeftOut);
  if (out.length === 0) return inState(deployment, 'Completed', at);
  const shown = out.slice(0, 5).map(({ service, refusal }) => `${service}: ${refusal?.reason}`);
  const more = out.length > shown.length ? [`${out.length - shown.length} more`] : [];
  const brought = out.length < deployment.services.length ? 'The others are deployed. ' : '';
  const needs = [...new Set(out.flatMap(({ refusal }) => refusal?.needs ?? []))].slice(0, 3).join(' ');
  return inState(deployment, 'Failed', at, { reason: `${brought}Not deployed: ${[...shown, ...more].join('. ')}`.slice(0, 2000), needs: needs === '' ? null : needs.slice(0, 2000) });
}

/** The services that stand in its way. */
export function blaming(deployment: RuntimeDeployment, isToBlame: (rollout: ServiceRollout) => boolean): RuntimeDeployment {
  return { ...deployment, services: deployment.services.map((one) => (isToBlame(one) ? { ...one, failed: true } : one)) };
}

export function withService(deployment: RuntimeDeployment, changed: ServiceRollout): RuntimeDeployment {
  return { ...deployment, services: deployment.services.map((one) => (one.service === changed.service ? changed : one)) };
}

function progressOf(deployment: RuntimeDeployment): DeploymentProgress {
  const { deploymentId, environment, sequence, state, reason, needs } = deployment;
  const services = deployment.services.map(({ service, tenant, image, revision, previous, step, detail, url }) => ({
    service,
    tenant,
    image,
    revision,
    previousRevision: previous?.revision ?? null,
    step,
    detail,
    url,
  }));
  return { deploymentId, environment, commit: deployment.commit, generation: deployment.generation, sequence, state, services, reason, needs };
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

/** The deployment with the next sequence number and its event; neither when nothing that people see has changed. */
export function announced(tenantId: TenantId, before: RuntimeDeployment, after: RuntimeDeployment): { readonly deployment: RuntimeDeployment; readonly emits: readonly EmittedMessage[] } {
  if (JSON.stringify(progressOf(before)) === JSON.stringify(progressOf(after))) return { deployment: after, emits: [] };
  const deployment = { ...after, sequence: before.sequence + 1 };
  return { deployment, emits: [announce(tenantId, deployment)] };
}

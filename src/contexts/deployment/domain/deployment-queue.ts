import { z } from 'zod';
import type { TenantId } from '../../../kernel/ids.ts';
import type { Save } from '../../../kernel/outcome.ts';
import type { AggregateKey, Stored } from '../../../kernel/ports.ts';
import { handledCommands } from './handled-commands.ts';
import { owedServices } from './owed.ts';

export const deploymentQueue = z.strictObject({
  /** The deployment that was started last, ended or not. */
  current: z.string().nullable(),
  /** The one that takes over at the next checkpoint. */
  next: z.string().nullable(),
  /** The highest generation that was asked for. */
  generation: z.number().int(),
  /** Newest last; what falls off is removed. */
  history: z.array(z.string()),
  owed: owedServices.default({}),
  /** Nothing moves forward until a person resumes it. `at`: ISO-8601. */
  paused: z.strictObject({ by: z.string(), at: z.string() }).nullable().default(null),
  /** Revisions that stay active without traffic until then, in milliseconds since the epoch: a way back without a start. */
  warm: z.array(z.strictObject({ service: z.string(), revision: z.string(), until: z.number() })).default([]),
  /** Tenants of the services that were ever asked for and that Git still declared at the last request, by name. */
  services: z.record(z.string(), z.string()).default({}),
  handled: handledCommands.default([]),
});

export type WarmRevision = DeploymentQueue['warm'][number];

/** Which deployment of an environment runs, and which one follows: never two at a time. */
export type DeploymentQueue = z.infer<typeof deploymentQueue>;

export const emptyQueue: Stored<DeploymentQueue> = {
  version: 0,
  value: { current: null, next: null, generation: 0, history: [], owed: {}, paused: null, warm: [], services: {}, handled: [] },
};

export function queueKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: queueType, id: environment };
}

export const queueType = 'DeploymentQueue';

export function saveQueue(tenantId: TenantId, environment: string, { version, value }: Stored<DeploymentQueue>, change: Partial<DeploymentQueue>): Save {
  return { key: queueKey(tenantId, environment), expectedVersion: version, value: { ...value, ...change } };
}

const kept = 20;

/** The history with one more, and what fell off. */
export function remember(history: readonly string[], id: string): { readonly history: string[]; readonly dropped: readonly string[] } {
  const all = [...history, id];
  return { history: all.slice(-kept), dropped: all.slice(0, -kept) };
}

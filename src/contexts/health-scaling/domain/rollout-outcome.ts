import { z } from 'zod';
import type { TenantId } from '../../../kernel/ids.ts';
import type { AggregateKey } from '../../../kernel/ports.ts';

/** How the last deployment of an environment ended, as far as scaling has to know. */
export const rolloutOutcome = z.strictObject({
  /** The highest generation whose deployment ended, other than by being superseded. */
  generation: z.number().int(),
  isCompleted: z.boolean(),
});

export function outcomeKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: 'RolloutOutcome', id: environment };
}

/** The highest generation for which a deployment was asked: above the one that ended, it runs or is about to. */
export const rolloutRequest = z.strictObject({ generation: z.number().int() });

export function requestKey(tenantId: TenantId, environment: string): AggregateKey {
  return { tenantId, type: 'RolloutRequest', id: environment };
}

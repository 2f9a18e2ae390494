import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { fromRepository, pullRequestNumber, repositoryTenant } from './payload.ts';

const schema = fromRepository.extend({
  action: z.string(),
  pull_request: z.object({ number: pullRequestNumber }),
  changes: z.object({ base: z.unknown().optional() }).optional(),
});

const planned = new Set(['opened', 'synchronize', 'reopened', 'ready_for_review']);

/** Whatever can change the plan: its head, its base, or that it is open. */
export function pullRequestMessages(payload: unknown): readonly EmittedMessage[] {
  const event = schema.parse(payload);
  const otherBase = event.action === 'edited' && event.changes?.base !== undefined;
  if (!planned.has(event.action) && !otherBase) return [];
  return [emit('PlanPullRequest', repositoryTenant(event), { number: event.pull_request.number })];
}

import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { fromRepository, pullRequestNumber, repositoryTenant } from './payload.ts';

const schema = fromRepository.extend({
  action: z.string(),
  pull_request: z.object({ number: pullRequestNumber }),
  changes: z.object({ base: z.unknown().optional() }).optional(),
  sender: z.object({ type: z.string() }).optional(),
});

const planned = new Set(['opened', 'synchronize', 'reopened', 'ready_for_review']);

/** What a person does to one that answers drift. A bot's deeds, ours above all, are not answered. */
const followed = new Set(['synchronize', 'closed', 'reopened']);

/** Whatever can change the plan: its head, its base, or that it is open. */
export function pullRequestMessages(payload: unknown): readonly EmittedMessage[] {
  const event = schema.parse(payload);
  const otherBase = event.action === 'edited' && event.changes?.base !== undefined;
  const [tenant, about] = [repositoryTenant(event), { number: event.pull_request.number }];
  const isPersons = event.sender !== undefined && event.sender.type !== 'Bot';
  return [
    ...(planned.has(event.action) || otherBase ? [emit('PlanPullRequest', tenant, about)] : []),
    ...(followed.has(event.action) && isPersons ? [emit('FollowPullRequest', tenant, about)] : []),
  ];
}

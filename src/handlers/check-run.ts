import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import type { TenantId } from '../kernel/ids.ts';
import { check, fromRepository, repositoryTenant } from './payload.ts';

const schema = fromRepository.extend({
  action: z.string(),
  check_run: check.extend({ id: z.number().int().positive(), name: z.string() }),
  requested_action: z.object({ identifier: z.string().max(20) }).optional(),
  sender: z.object({ login: z.string().min(1).max(100), type: z.string() }).optional(),
});

/** "Re-run" and buttons on our own checks: plans are made again, buttons that answer drift are pressed, everything else is looked at again from Git. */
export function checkRunMessages(payload: unknown, appId: number): readonly EmittedMessage[] {
  const event = schema.parse(payload);
  if (event.check_run.app?.id !== appId || !['rerequested', 'requested_action'].includes(event.action)) return [];
  const tenant = repositoryTenant(event);
  if (event.check_run.name.startsWith('trueup/drift')) return aboutDrift(event, tenant);
  const plans = event.check_run.pull_requests.map(({ number }) => emit('PlanPullRequest', tenant, { number }));
  const confirmed = event.action === 'rerequested' ? [emit('ConfirmChecks', tenant, { commit: event.check_run.head_sha })] : [];
  // GitHub names no pull request for a fork's commit: its plan is made again with its next push or `/trueup plan`.
  if (event.check_run.name.startsWith('trueup/plan')) return [...confirmed, ...plans];
  return [...confirmed, emit('SyncRepository', tenant, { reason: 'check run requested again', recheck: true })];
}

/** What the button means, and who may, is read later. Running it again leaves it as it was: what drifted is looked at by the clock. */
function aboutDrift({ action, check_run: run, requested_action: asked, sender }: z.infer<typeof schema>, tenant: TenantId): readonly EmittedMessage[] {
  if (action === 'rerequested') return [emit('ConfirmChecks', tenant, { commit: run.head_sha })];
  return asked === undefined || sender === undefined || sender.type === 'Bot' ? [] : [emit('PressButton', tenant, { checkRunId: run.id, action: asked.identifier, login: sender.login })];
}

import { z } from 'zod';
import { emit, type EmittedMessage } from '../kernel/envelope.ts';
import { check, fromRepository, repositoryTenant } from './payload.ts';

const schema = fromRepository.extend({
  action: z.string(),
  check_run: check.extend({ name: z.string() }),
});

/** "Re-run" and buttons on our own checks: plans are made again, everything else is looked at again from Git. */
export function checkRunMessages(payload: unknown, appId: number): readonly EmittedMessage[] {
  const event = schema.parse(payload);
  if (event.check_run.app?.id !== appId || !['rerequested', 'requested_action'].includes(event.action)) return [];
  const tenant = repositoryTenant(event);
  const plans = event.check_run.pull_requests.map(({ number }) => emit('PlanPullRequest', tenant, { number }));
  const confirmed = event.action === 'rerequested' ? [emit('ConfirmChecks', tenant, { commit: event.check_run.head_sha })] : [];
  // GitHub names no pull request for a fork's commit: its plan is made again with its next push or `/trueup plan`.
  if (event.check_run.name.startsWith('trueup/plan')) return [...confirmed, ...plans];
  return [...confirmed, emit('SyncRepository', tenant, { reason: 'check run requested again', recheck: true })];
}
